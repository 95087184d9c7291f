//! Rules and the clean sample files, held against each other.

use crate::support::{Record, holds, spec, text, valid_records};

const RELEASES: [&str; 2] = ["r1", "r2"];

#[test]
fn a_clean_file_breaks_no_condition_and_fills_what_is_asked_for() {
    for release in RELEASES {
        let spec = spec(&format!("asc-cld/{release}"));
        for (index, record) in valid_records(release).iter().enumerate() {
            for field in &spec.fields {
                let place = format!("{release} record {} {}", index + 1, field.header);
                let value = text(record, &field.header);
                assert!(holds(&field.mandatory, record) != Some(true) || value.is_some(), "{place} is blank");
                assert!(holds(&field.applicable, record) != Some(false) || value.is_none(), "{place} is filled");
                let listed = field.codes.as_ref().zip(value).is_none_or(|(list, value)| list.contains(value));
                assert!(listed, "{place} is not in its list");
            }
            for rule in &spec.rules {
                let broken = holds(&rule.when, record) == Some(true) && holds(&rule.holds, record) == Some(false);
                assert!(!broken, "{release} record {} breaks {}", index + 1, rule.id);
            }
        }
    }
}

#[test]
fn a_clean_file_has_every_kind_of_event_and_person() {
    for release in RELEASES {
        let spec = spec(&format!("asc-cld/{release}"));
        let records = valid_records(release);
        for list in ["event_type", "client_type"] {
            let field = spec.fields.iter().find(|f| f.codes.as_ref().is_some_and(|c| c.name == list)).unwrap();
            for code in &spec.code_lists[list].codes {
                let seen = records.iter().any(|record| record[&field.header] == code.value);
                assert!(seen, "{release} has no {}", code.value);
            }
        }
    }
}

#[test]
fn each_condition_is_broken_by_its_example() {
    for release in RELEASES {
        let spec = spec(&format!("asc-cld/{release}"));
        let records = valid_records(release);
        for rule in spec.rules.iter().filter(|rule| !rule.is_built_in() && rule.across.is_none()) {
            let breaks = records.iter().any(|record| {
                let mut record: Record = record.clone();
                record.extend(rule.example.clone());
                holds(&rule.when, &record) == Some(true) && holds(&rule.holds, &record) == Some(false)
            });
            assert!(breaks, "the example of {} in {release} breaks it on no record", rule.id);
        }
    }
}

#[test]
fn every_requirement_can_ask_for_its_field() {
    for release in RELEASES {
        let spec = spec(&format!("asc-cld/{release}"));
        let records = valid_records(release);
        for field in &spec.fields {
            let never = field.mandatory == fairway_spec::Condition::Never;
            let asked = records.iter().any(|record| holds(&field.mandatory, record) == Some(true));
            assert!(never || asked, "{release}: no record of the sample file needs {}", field.header);
        }
    }
}
