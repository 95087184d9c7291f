//! A processing centre's own severities.

use fairway_spec::{Overrides, Severity, Spec};

use crate::support::spec;

fn with(yaml: &str) -> Result<Spec, String> {
    let overrides = Overrides::parse(yaml, "severities.yaml").map_err(|error| error.to_string())?;
    spec("asc-cld/r2").with_severities(&overrides, &["text-too-short"]).map_err(|error| error.to_string())
}

fn severity(spec: &Spec, id: &str) -> Severity {
    spec.rule(id).unwrap().severity
}

#[test]
fn a_rule_is_made_milder_or_stricter_by_its_id() {
    let spec = with("severities: {date-format: warning, event-end-before-start: reject}").unwrap();
    assert_eq!(severity(&spec, "date-format"), Severity::Warning);
    assert_eq!(severity(&spec, "event-end-before-start"), Severity::Reject);
    assert_eq!(severity(&spec, "date-impossible"), Severity::Error);
    assert!(with("").is_ok() && with("severities: {}").is_ok());
}

#[test]
fn what_no_specification_has_is_refused_and_what_another_release_has_is_not() {
    assert!(with("severities: {delivery-not-for-use: info}").is_ok());
    assert!(with("severities: {text-too-short: info}").is_ok(), "a rule that the check alone has");
    assert_eq!(
        with("severities: {date-fromat: warning}").unwrap_err(),
        "severities, rule date-fromat: no specification has a rule of this id"
    );
    let error = with("severities: {date-format: grave}").unwrap_err();
    assert!(error.contains("severities.yaml, rule date-format: `grave` is not a severity"), "{error}");
    assert!(with("rules: {}").unwrap_err().contains("this is no list of severities"));
}

#[test]
fn a_fixed_rule_is_never_made_milder() {
    let error = with("severities: {organisation-other: warning}").unwrap_err();
    assert_eq!(error, "severities, rule organisation-other: the rule cannot be made milder than reject");
    assert!(with("severities: {organisation-other: reject}").is_ok());
    let error = with("severities: {record-identical: reject}").unwrap_err();
    assert!(error.contains("cannot leave single records out"), "{error}");
}

#[test]
fn a_file_that_is_not_there_overrides_nothing() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("severities.yaml");
    assert!(Overrides::load(&path).unwrap().is_empty());
    std::fs::write(&path, "severities: {date-format: info}").unwrap();
    assert!(!Overrides::load(&path).unwrap().is_empty());
}
