//! The sample agreement, and a request that it grants.

use fairway_domain::{Column, ColumnKind, OrganisationCode, PrivacyClass};
use fairway_governance::{
    Agreement, BirthClue, Decision, GrantedExtract, OfferedColumn, ReleaseRequest, ReleaseTerms, decide,
};
use jiff::civil::{Date, date};

pub const SAMPLE: &str = include_str!("../../../../agreements/sample.yaml");

pub fn sample() -> Agreement {
    Agreement::parse(SAMPLE).unwrap()
}

/// A day within the sample's term.
pub fn today() -> Date {
    date(2022, 5, 4)
}

pub fn code(text: &str) -> OrganisationCode {
    text.parse().unwrap()
}

fn offered(name: &str, class: PrivacyClass, birth_clue: Option<BirthClue>) -> OfferedColumn {
    OfferedColumn { column: Column::new(name, ColumnKind::Text, class), birth_clue }
}

/// A request for all that the sample entitles to, out of a table with more.
pub fn request() -> ReleaseRequest {
    use PrivacyClass::{Direct, Plain, Quasi, Sensitive};
    let mut available: Vec<_> = ["Der_Birth_Year", "Der_Age_Band", "Gender", "Der_NHS_LA_Combined_Person_ID"]
        .map(|name| offered(name, Quasi, None))
        .into();
    available.extend(["LA_Code", "Der_Postcode_yr2011_LSOA"].map(|name| offered(name, Plain, None)));
    available.extend(
        ["Client_Type", "Primary_Support_Reason", "Event_Type", "Event_Outcome", "Service_Type", "Service_Component"]
            .map(|name| offered(name, Sensitive, None)),
    );
    available.extend([
        offered("Event_Start_Date", Quasi, Some(BirthClue::DayOfAge)),
        offered("Event_End_Date", Quasi, None),
        offered("Der_Birth_Month", Quasi, Some(BirthClue::BirthMonth)),
        offered("Der_Age_Event_Start_Date", Quasi, Some(BirthClue::AgeOnDay)),
        offered("Ethnicity", Sensitive, None),
        offered("Slipped_Through", Direct, None),
    ]);
    ReleaseRequest {
        available,
        safe_haven: vec!["NHS_Number".into(), "Date_of_Birth".into(), "Event_Start_Date".into()],
        known_areas: ["816", "102", "503"].map(code).into(),
        areas_with_data: ["503", "816"].map(code).into(),
        ..ReleaseRequest::new("asc-cld", ReleaseTerms::published().unwrap())
    }
}

pub fn granted(agreement: &Agreement, request: &ReleaseRequest) -> GrantedExtract {
    match decide(agreement, request, today()) {
        Decision::Granted(extract) => extract,
        Decision::Refused(refusal) => panic!("refused: {refusal}"),
    }
}
