//! The specifications that come with Fairway.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use fairway_domain::PrivacyClass;
use fairway_spec::{
    Condition, Confidence, Derivation, ExportFormat, FieldKind, Role, builtin, export, newest, resolve,
};

use crate::support::{spec, specs_folder};

const HEADERS: [&str; 50] = [
    "LA Code",
    "Reporting Period Start Date",
    "Reporting Period End Date",
    "NHS Number",
    "LA Person Unique Identifier",
    "First Name",
    "Last Name",
    "GP Practice Name",
    "GP Practice Code",
    "Gender",
    "Ethnicity",
    "Date of Birth",
    "Date of Death",
    "Client Type",
    "Primary Support Reason",
    "Postcode",
    "Accommodation Status",
    "Employment Status",
    "Has Unpaid Carer",
    "Autism Spectrum Disorder (ASD)",
    "Visual Impairment",
    "Hearing Impairment",
    "Dementia",
    "Client Funding Status",
    "Event Type",
    "Event Reference",
    "Event Start Date",
    "Event End Date",
    "Event Description",
    "Event Outcome",
    "Request: Route of Access",
    "Assessment Type",
    "Eligible Needs Identified",
    "Method of Assessment",
    "Total Hrs Caring per week",
    "No. of adults being cared for",
    "Adult 1 Linked Person_ID",
    "Adult 2 Linked Person_ID",
    "Adult 3 Linked Person_ID",
    "Service Type",
    "Service Component",
    "Delivery Mechanism",
    "Provider CQC Location Name",
    "Provider CQC Location ID",
    "Review Reason",
    "Review Outcomes Achieved",
    "Method of Review",
    "Unit Cost",
    "Cost Frequency (Unit Type)",
    "Planned units per week",
];

/// Values of each list in Release 1 and Release 2.
const LISTS: [(&str, usize, usize); 25] = [
    ("accommodation_status", 20, 20),
    ("assessment_type", 3, 3),
    ("client_funding_status", 7, 4),
    ("client_type", 3, 3),
    ("cost_frequency", 10, 10),
    ("delivery_mechanism", 4, 3),
    ("eligible_needs", 2, 2),
    ("employment_status", 7, 7),
    ("ethnicity", 21, 21),
    ("event_outcome", 19, 16),
    ("event_type", 4, 4),
    ("gender", 4, 4),
    ("has_unpaid_carer", 3, 3),
    ("hearing_impairment", 5, 6),
    ("hours_caring", 7, 7),
    ("method_of_assessment", 3, 3),
    ("method_of_review", 3, 3),
    ("primary_support_reason", 13, 13),
    ("review_outcomes_achieved", 3, 3),
    ("review_reason", 7, 8),
    ("route_of_access", 8, 8),
    ("service_component", 25, 25),
    ("service_type", 9, 9),
    ("visual_impairment", 4, 5),
    ("yes_no_unknown", 3, 3),
];

const RELEASED: [&str; 37] = [
    "Der_NHS_Number_Pseudo",
    "Der_NHS_Number_Traced_Pseudo",
    "Der_LA_Person_Unique_Identifier_Pseudo",
    "Der_NHS_LA_Combined_Person_ID",
    "Der_Birth_Year",
    "Der_Birth_Month",
    "Der_Age_Event_Start_Date",
    "Der_Age_Reporting_Period_End_Date",
    "Der_Latest_Age",
    "Der_Age_Band",
    "Der_Working_Age_Band",
    "Der_Postcode_Sector",
    "Der_Postcode_Constituency_Code",
    "Der_Postcode_District_Unitary_Authority",
    "Der_Postcode_Electoral_Ward",
    "Der_Postcode_Local_Authority",
    "Der_Postcode_CCG_Code",
    "Der_Postcode_LSOA_Code",
    "Der_Postcode_MSOA_Code",
    "Der_Postcode_yr2011_LSOA",
    "Der_Postcode_yr2011_MSOA",
    "Der_DBS_Check_Status",
    "Der_Conversation",
    "Der_Conversation_1",
    "Der_Duplicates_Flag",
    "Der_Unique_Event_Flag",
    "Der_Unique_Event_Ref",
    "Der_Unique_Record_ID",
    "Der_File_Record_ID",
    "Der_Load_Filename",
    "Der_Latest_Import_Flag",
    "Der_Adult_1_Linked_Person_ID_Pseudo",
    "Der_Adult_2_Linked_Person_ID_Pseudo",
    "Der_Adult_3_Linked_Person_ID_Pseudo",
    "ImportFileId",
    "ImportDate",
    "LA_Name",
];

#[test]
fn every_release_loads_and_the_newest_is_last() {
    let names: Vec<String> = builtin().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["admitted-care/v1", "asc-cld/v5", "asc-cld/r1", "asc-cld/r2", "emergency-care/v1"]);
    for name in names {
        assert_eq!(spec(&name).name.to_string(), name);
    }
}

/// By name, v5 would be the newest.
#[test]
fn the_newest_release_is_told_by_order_and_not_by_name() {
    let by_name = builtin().iter().filter(|name| name.dataset() == "asc-cld").max().unwrap();
    assert_eq!((by_name.release(), newest("asc-cld").unwrap().release()), ("v5", "r2"));
    assert_eq!(newest("none"), None);
    let collection = builtin().iter().filter(|name| name.dataset() == "asc-cld");
    let orders: Vec<u32> = collection.map(|name| spec(&name.to_string()).order).collect();
    assert_eq!(orders, [1, 2, 3]);
    for name in builtin() {
        let later = spec(&name.to_string());
        let earlier = later.follows.as_ref().map(|release| spec(&format!("{}/{release}", name.dataset())));
        assert!(earlier.is_none_or(|earlier| earlier.order < later.order), "{name}");
    }
}

#[test]
fn a_builtin_specification_is_parsed_once() {
    assert!(Arc::ptr_eq(&spec("asc-cld/r2"), &spec("asc-cld/r2")));
}

#[test]
fn the_embedded_specification_is_the_one_in_the_folder() {
    for release in ["v5", "r1", "r2"] {
        let folder = specs_folder().join(release);
        let from_disk = resolve(&folder.to_string_lossy()).unwrap();
        let written = |spec| export(spec, ExportFormat::Json).unwrap();
        assert_eq!(written(&spec(&format!("asc-cld/{release}"))), written(&from_disk));
    }
}

#[test]
fn an_unknown_name_is_answered_with_the_known_ones() {
    let error = resolve("asc-cld/r9").unwrap_err().to_string();
    assert_eq!(
        error,
        "asc-cld/r9: there is neither a specification nor a folder or file of this name; known are admitted-care/v1, asc-cld/v5, asc-cld/r1, asc-cld/r2, emergency-care/v1"
    );
}

#[test]
fn both_releases_have_the_fifty_headers_in_order() {
    for name in ["asc-cld/r1", "asc-cld/r2"] {
        assert_eq!(spec(name).headers().collect::<Vec<_>>(), HEADERS);
    }
}

#[test]
fn every_code_list_has_its_published_number_of_values() {
    let (r1, r2) = (spec("asc-cld/r1"), spec("asc-cld/r2"));
    let count = |spec: &fairway_spec::Spec| -> BTreeMap<String, usize> {
        spec.code_lists.iter().map(|(name, list)| (name.clone(), list.codes.len())).collect()
    };
    assert_eq!(count(&r1), LISTS.iter().map(|(name, r1, _)| ((*name).to_owned(), *r1)).collect());
    assert_eq!(count(&r2), LISTS.iter().map(|(name, _, r2)| ((*name).to_owned(), *r2)).collect());
}

#[test]
fn every_code_list_is_used_by_a_field() {
    for name in ["asc-cld/v5", "asc-cld/r1", "asc-cld/r2"] {
        let spec = spec(name);
        let used: BTreeSet<&str> =
            spec.fields.iter().filter_map(|f| f.codes.as_ref()).map(|l| l.name.as_str()).collect();
        assert_eq!(used, spec.code_lists.keys().map(String::as_str).collect());
    }
}

#[test]
fn every_value_of_release_1_becomes_a_value_of_release_2_or_nothing() {
    let (r1, r2) = (spec("asc-cld/r1"), spec("asc-cld/r2"));
    let mut lost = Vec::new();
    for (name, list) in &r1.code_lists {
        let now = &r2.code_lists[name];
        let before: BTreeSet<&str> = list.codes.iter().map(|code| code.value.as_str()).collect();
        assert_eq!(before, now.earlier.keys().map(String::as_str).collect(), "{name}");
        for (earlier, value) in &now.earlier {
            match value {
                Some(value) => assert!(now.contains(value), "{name}: {value}"),
                None => lost.push(format!("{name}: {earlier}")),
            }
        }
    }
    assert_eq!(
        lost,
        [
            "client_funding_status: Fully Health Funded",
            "client_funding_status: Joint Health and Social Care Funded",
            "client_funding_status: Self-funder - Metering Only",
            "delivery_mechanism: Self-Funder Metering Only",
            "event_outcome: Progress to End of Life Care",
            "event_outcome: Progress to financial assessment",
        ]
    );
}

/// Columns that Fairway adds to the national ones.
const OWN: [&str; 13] = [
    "Der_Postcode_ICB_Code",
    "Der_Postcode_Status",
    "Der_Postcode_Directory",
    "Der_Age_Event_End_Date",
    "Der_Death_Month",
    "Der_Postcode_yr2021_LSOA",
    "Der_Postcode_yr2021_MSOA",
    "Der_Postcode_IMD_Decile",
    "Der_GP_Practice_ICB_Code",
    "Der_Provider_Key",
    "Der_Link_Class",
    "Der_Planned_Hours_Per_Week",
    "Der_Cost_Per_Week",
];

#[test]
fn every_released_derived_field_is_there_and_none_is_direct() {
    for name in ["asc-cld/r1", "asc-cld/r2"] {
        let spec = spec(name);
        let columns: Vec<&str> = spec.derived.iter().map(|column| column.column.as_str()).collect();
        assert_eq!(columns[..37], RELEASED);
        assert_eq!(columns[37..], OWN);
        assert!(spec.derived.iter().all(|column| column.class != PrivacyClass::Direct));
        let unlike =
            spec.derived.iter().filter(|c| matches!(c.derivation, Derivation::Undefined) && c.notes.is_empty());
        assert_eq!(unlike.count(), 0, "a column that stays empty says why");
    }
}

#[test]
fn exactly_the_identifying_fields_are_direct() {
    for name in ["asc-cld/r1", "asc-cld/r2"] {
        let spec = spec(name);
        let direct = spec.fields.iter().filter(|field| field.class == PrivacyClass::Direct);
        assert_eq!(
            direct.map(|field| field.header.as_str()).collect::<Vec<_>>(),
            [
                "NHS Number",
                "LA Person Unique Identifier",
                "First Name",
                "Last Name",
                "Date of Birth",
                "Postcode",
                "Event Reference",
                "Event Description",
                "Adult 1 Linked Person_ID",
                "Adult 2 Linked Person_ID",
                "Adult 3 Linked Person_ID",
            ]
        );
    }
}

#[test]
fn every_role_is_taken_and_the_linked_persons_are_in_order() {
    let spec = spec("asc-cld/r2");
    for role in Role::ALL {
        assert!(spec.index_of_role(*role).is_some(), "{role}");
    }
    let linked: Vec<&str> = spec.indices_of_role(Role::LinkedPerson).map(|i| spec.fields[i].header.as_str()).collect();
    assert_eq!(linked, ["Adult 1 Linked Person_ID", "Adult 2 Linked Person_ID", "Adult 3 Linked Person_ID"]);
}

#[test]
fn columns_are_named_as_the_department_names_them() {
    let spec = spec("asc-cld/r2");
    let column = |header: &str| spec.fields[spec.index_of_header(header).unwrap()].column.clone();
    assert_eq!(column("Autism Spectrum Disorder (ASD)"), "Autism_Spectrum_Disorder_ASD");
    assert_eq!(column("Request: Route of Access"), "Request_Route_of_Access");
    assert_eq!(column("Cost Frequency (Unit Type)"), "Cost_Frequency_Unit_Type");
    assert_eq!(column("No. of adults being cared for"), "No_of_adults_being_cared_for");
    assert_eq!(column("Adult 1 Linked Person_ID"), "Adult_1_Linked_Person_ID");
}

#[test]
fn what_is_guessed_says_so() {
    let spec = spec("asc-cld/r2");
    let confidence = |list: &str| spec.code_lists[list].codes.iter().map(|code| code.confidence).max();
    assert_eq!(confidence("hours_caring"), Some(Confidence::Assumed));
    assert_eq!(confidence("route_of_access"), Some(Confidence::Inferred));
    assert_eq!(confidence("service_type"), Some(Confidence::Verified));
    let silent = spec.fields.iter().filter(|f| f.confidence != Confidence::Verified && f.confidence_note.is_empty());
    assert_eq!(silent.count(), 0);
}

#[test]
fn messages_are_worded_as_the_house_words_them() {
    for name in ["asc-cld/v5", "asc-cld/r1", "asc-cld/r2"] {
        let spec = spec(name);
        let enters = spec.fields.iter().map(|field| &field.enter);
        for text in enters.clone().chain(spec.rules.iter().map(|rule| &rule.message)) {
            let lower = text.to_lowercase();
            let banned = ["invalid", "please", "sorry", "error"].iter().any(|word| lower.contains(word));
            assert!(!banned && !text.ends_with('.'), "{text}");
        }
        let asked = spec.fields.iter().filter(|field| field.mandatory != Condition::Never);
        assert!(asked.into_iter().all(|field| field.enter.starts_with("Enter ")));
        assert!(spec.rules.iter().all(|rule| rule.hint.ends_with('.')));
    }
}

#[test]
fn the_shape_of_release_2_is_as_reviewed() {
    let spec = spec("asc-cld/r2");
    let mut page = String::new();
    for field in &spec.fields {
        let kind = field.codes.as_ref().map_or_else(|| field.kind.to_string(), |list| list.name.clone());
        let shape = field.format.map_or_else(String::new, |shape| format!(" ({shape})"));
        let (class, role) = (field.class.as_str(), field.role.map_or("-", Role::as_str));
        writeln!(page, "{} | {kind}{shape} | {class} | {role} | {}", field.header, field.confidence).unwrap();
    }
    assert_eq!(spec.fields.iter().filter(|field| field.kind == FieldKind::Code).count(), 26);
    insta::assert_snapshot!(page);
}
