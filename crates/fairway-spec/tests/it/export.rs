//! A specification in the forms that others read.

use fairway_spec::{ExportFormat, export};
use serde_json::Value;

use crate::support::spec;

fn written(name: &str, format: ExportFormat) -> String {
    export(&spec(name), format).unwrap()
}

#[test]
fn the_table_schema_has_the_lists_as_enums() {
    let schema: Value = serde_json::from_str(&written("asc-cld/r2", ExportFormat::TableSchema)).unwrap();
    let fields = schema["fields"].as_array().unwrap();
    assert_eq!(fields.len(), 50);
    let field = |name: &str| fields.iter().find(|field| field["name"] == name).unwrap();
    assert_eq!(field("Client Type")["constraints"]["enum"][0], "Service user");
    assert_eq!(field("Client Type")["constraints"]["required"], true);
    assert_eq!(field("Date of Birth")["format"], "%d/%m/%Y");
    assert_eq!(field("Event Type")["constraints"]["required"], Value::Null);
    assert_eq!(field("Unit Cost")["type"], "number");
    assert_eq!(schema["missingValues"], serde_json::json!(["", "NULL"]));
}

#[test]
fn the_whole_document_holds_fields_lists_rules_and_derived_columns() {
    let document: Value = serde_json::from_str(&written("asc-cld/r2", ExportFormat::Json)).unwrap();
    assert_eq!(document["name"], "asc-cld/r2");
    assert_eq!(document["fields"].as_array().unwrap().len(), 50);
    assert_eq!(document["code_lists"].as_object().unwrap().len(), 25);
    assert_eq!(document["code_lists"]["client_type"]["earlier"]["Carer"], "Unpaid carer");
    assert_eq!(document["derived"].as_array().unwrap().len(), 50);
    let rules = document["rules"].as_array().unwrap();
    let rule = |id: &str| rules.iter().find(|rule| rule["id"] == id).unwrap();
    assert_eq!(rule("age-under-18")["holds"], "years(\"Date of Birth\", \"Event End Date\") >= 18");
    assert_eq!(rule("mandatory-blank")["built_in"], true);
}

#[test]
fn the_csv_has_one_row_a_field() {
    let text = written("asc-cld/r1", ExportFormat::Csv);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 50);
    assert_eq!(rows[27].get(1), Some("Event End Date"));
    assert_eq!(
        rows[27].get(12),
        Some(
            "Client Type is not \"Carer known by association\" and \
             (Event Type is not \"Service\" or Date of Death is filled)"
        )
    );
}

#[test]
fn the_guidance_page_speaks_of_each_field_list_rule_and_derived_column() {
    let spec = spec("asc-cld/r2");
    let page = written("asc-cld/r2", ExportFormat::Markdown);
    spec.headers().for_each(|header| assert!(page.contains(&format!("### {header}\n")), "{header}"));
    spec.code_lists.keys().for_each(|list| assert!(page.contains(&format!("### Values of {list}\n")), "{list}"));
    spec.rules.iter().for_each(|rule| assert!(page.contains(&format!("#### `{}`\n", rule.id)), "{}", rule.id));
    spec.derived.iter().for_each(|c| assert!(page.contains(&format!("| {} |", c.column)), "{}", c.column));
}

#[test]
fn a_form_is_named_by_its_word() {
    for format in ExportFormat::ALL {
        assert_eq!(format.to_string().parse(), Ok(*format));
    }
    assert!("xml".parse::<ExportFormat>().is_err());
}
