//! Version 5, the voluntary pilot: everything may be blank, and no content is a reason to refuse a file.

use fairway_domain::PrivacyClass;
use fairway_spec::{Condition, Confidence, Severity, Stage};

use crate::support::spec;

const HEADERS: usize = 36;

#[test]
fn no_field_is_asked_for() {
    let spec = spec("asc-cld/v5");
    assert_eq!(spec.fields.len(), HEADERS);
    assert!(spec.fields.iter().all(|field| field.mandatory == Condition::Never));
    assert!(spec.rule("mandatory-blank").is_none());
}

/// What a cell or a record holds is at most a warning. What is left out is no record at all, names nobody, or would harm who
/// reads it.
#[test]
fn no_content_is_worse_than_a_warning() {
    let spec = spec("asc-cld/v5");
    assert!(spec.rules.iter().all(|rule| rule.severity != Severity::Error));
    let rejects = spec.rules.iter().filter(|rule| rule.severity == Severity::Reject && rule.stage != Stage::File);
    let ids: Vec<&str> = rejects.map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids, ["person-unidentified", "record-blank", "record-is-header", "quote-stray", "character-control"]);
}

#[test]
fn the_structure_of_a_file_is_held_to_as_in_release_1() {
    let (pilot, first) = (spec("asc-cld/v5"), spec("asc-cld/r1"));
    let rejects = |spec: &fairway_spec::Spec| -> Vec<String> {
        let of_file = spec.rules.iter().filter(|rule| (rule.stage, rule.severity) == (Stage::File, Severity::Reject));
        of_file.map(|rule| rule.id.clone()).collect()
    };
    assert_eq!(rejects(&pilot), rejects(&first));
}

/// Only two lists of the pilot were published; no header was.
#[test]
fn what_was_not_seen_says_so() {
    let spec = spec("asc-cld/v5");
    let seen: Vec<&str> = spec
        .code_lists
        .values()
        .filter(|list| list.confidence() == Confidence::Verified)
        .map(|list| list.name.as_str())
        .collect();
    assert_eq!(seen, ["delivery_mechanism", "ethnicity"]);
    assert!(spec.fields.iter().all(|field| field.confidence != Confidence::Verified));
    assert!(spec.fields.iter().all(|field| !field.confidence_note.is_empty()));
}

#[test]
fn the_identifying_fields_are_direct() {
    let spec = spec("asc-cld/v5");
    let direct = spec.fields.iter().filter(|field| field.class == PrivacyClass::Direct);
    assert_eq!(
        direct.map(|field| field.header.as_str()).collect::<Vec<_>>(),
        [
            "NHS Number",
            "Person Unique Identifier",
            "First Name",
            "Last Name",
            "Date of Birth",
            "Postcode",
            "Event Reference"
        ]
    );
}

#[test]
fn columns_shared_with_release_1_have_its_kind_and_class() {
    let (pilot, first) = (spec("asc-cld/v5"), spec("asc-cld/r1"));
    for field in &pilot.fields {
        let same = first.fields.iter().find(|other| other.column == field.column);
        assert!(same.is_none_or(|other| (other.kind, other.class) == (field.kind, field.class)), "{}", field.header);
    }
    assert_eq!(pilot.derived.len() + 6, first.derived.len());
}
