//! Writes a made-up table as a page: `cargo run -p fairway-service --example table -- FILE`.

use fairway_service::{TableDocument, TableRow, TableTotal};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("name a file")?;
    let row = |values: [&str; 2], number: &str, share: &str| TableRow {
        values: values.map(str::to_owned).to_vec(),
        number: number.into(),
        measure: Some(share.into()),
    };
    let table = TableDocument {
        title: "Adult social care: people by Gender and <Age>".into(),
        dataset: "asc-cld".into(),
        by: vec!["Gender".into(), "Der_Working_Age_Band".into()],
        only: vec!["Event_Type: Service".into()],
        counted: "people".into(),
        measure: Some("Percent of Gender".into()),
        period: ["2025-04-01".into(), "2026-03-31".into()],
        senders: vec!["313".into()],
        profile: "asc_default".into(),
        agreement: None,
        made_on: "2026-11-23".into(),
        notes: vec!["[c]: 1 to 7.".into(), "Other numbers are rounded to the nearest 5.".into()],
        rows: vec![
            row(["Female", "18 to 64"], "[w]", "[w]"),
            row(["Female", "65 and above"], "[c]", "[c]"),
            row(["Male", "18 to 64"], "40", "44"),
            row(["", "65 and above"], "50", "56"),
        ],
        totals: vec![TableTotal { values: vec![None, None], number: "[w]".into() }],
    };
    std::fs::write(file, table.html()?)?;
    Ok(())
}
