//! The demo's agreements: two that release, one that asks for too much and is over.

use jiff::ToSpan;
use jiff::civil::Date;

/// File name and text of each agreement.
pub fn all(today: Date, from: Date, to: Date) -> Vec<(&'static str, String)> {
    let signed = today.checked_sub(1.month()).unwrap_or(today);
    let end = today.checked_add(1.year()).unwrap_or(today);
    let over = today.yesterday().unwrap_or(today);
    let last_year = today.checked_sub(2.years()).unwrap_or(today);
    let first = Terms {
        reference: "DARS-NIC-000001-A1B2C-v1.0",
        title: "Care after a stay in hospital",
        recipient: ("QOP", "NHS Greater Manchester Integrated Care Board"),
        columns: &[
            "LA_Code",
            "Der_NHS_LA_Combined_Person_ID",
            "Der_NHS_Number_Traced_Pseudo",
            "Der_LA_Person_Unique_Identifier_Pseudo",
            "Der_Unique_Record_ID",
            "Der_Birth_Year",
            "Der_Age_Band",
            "Gender",
            "Ethnicity",
            "Der_Postcode_yr2011_LSOA",
            "Client_Type",
            "Primary_Support_Reason",
            "Event_Type",
            "Event_Start_Date",
            "Event_End_Date",
            "Event_Outcome",
            "Service_Type",
            "Service_Component",
            "Unit_Cost",
        ],
        period: (from, to),
        dates: (signed, end, signed),
    };
    let second = Terms {
        reference: "DARS-NIC-000002-D3E4F-v1.0",
        title: "Unpaid carers and those they care for",
        recipient: ("QWO", "NHS West Yorkshire Integrated Care Board"),
        columns: &[
            "LA_Code",
            "Der_NHS_LA_Combined_Person_ID",
            "Der_NHS_Number_Traced_Pseudo",
            "Der_LA_Person_Unique_Identifier_Pseudo",
            "Der_Unique_Record_ID",
            "Der_Adult_1_Linked_Person_ID_Pseudo",
            "Der_Working_Age_Band",
            "Gender",
            "Der_Postcode_Sector",
            "Client_Type",
            "Event_Type",
            "Event_Start_Date",
            "Total_Hrs_Caring_per_week",
        ],
        period: (from, to),
        dates: (signed, end, signed),
    };
    let third = Terms {
        reference: "DARS-NIC-000003-G5H6J-v1.0",
        title: "An agreement that is over and asks for too much",
        recipient: ("QOP", "NHS Greater Manchester Integrated Care Board"),
        columns: &["LA_Code", "NHS_Number", "Postcode", "Favourite_Colour", "Event_Type"],
        period: (from, to),
        dates: (last_year, over, last_year),
    };
    vec![("care-after-hospital.yaml", first.text()), ("carers.yaml", second.text()), ("over.yaml", third.text())]
}

struct Terms<'a> {
    reference: &'a str,
    title: &'a str,
    recipient: (&'a str, &'a str),
    columns: &'a [&'a str],
    period: (Date, Date),
    /// First day, last day, day of the signatures.
    dates: (Date, Date, Date),
}

impl Terms<'_> {
    fn text(&self) -> String {
        let columns: String = self.columns.iter().map(|column| format!("  - {column}\n")).collect();
        let (code, name) = self.recipient;
        let (start, end, signed) = self.dates;
        format!(
            "# Made up for the demo.\n\
             reference: {}\n\
             title: {}\n\
             recipient:\n  organisation: {code}\n  name: {name}\n\
             controllers:\n  - organisation: {code}\n    name: {name}\n\
             purpose: To plan adult social care together with health services for the people of the area.\n\
             legal_basis: Health and Social Care Act 2012, section 261(5)(d)\n\
             dataset: asc-cld\n\
             columns:\n{columns}\
             period:\n  from: {}\n  to: {}\n\
             areas: all\n\
             start: {start}\n\
             end: {end}\n\
             key_epoch: 1\n\
             signed:\n  - organisation: {code}\n    by: Senior Information Risk Owner\n    date: {signed}\n",
            self.reference, self.title, self.period.0, self.period.1
        )
    }
}
