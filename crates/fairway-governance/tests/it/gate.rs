//! The gate: a lawful release passes, and whatever is made wrong in it, at every place where it can be, has its reason.

use std::collections::BTreeSet;

use fairway_governance::gate::{RULES, Trial, page};
use fairway_governance::{Decision, decide};

fn rules(trial: &Trial) -> BTreeSet<&'static str> {
    trial.reasons().into_iter().map(|reason| reason.rule).collect()
}

#[test]
fn a_lawful_release_passes_every_rule_and_is_granted() {
    let trial = Trial::lawful().unwrap();
    assert_eq!(trial.reasons(), []);
    assert_eq!(trial.judge().iter().map(|outcome| outcome.rule).collect::<Vec<_>>(), {
        (1..=15).map(|n| format!("G{n}")).collect::<Vec<_>>()
    });
    assert!(matches!(decide(&trial.agreement, &trial.request, trial.today), Decision::Granted(_)));
}

#[test]
fn each_example_gives_its_reason_and_no_other() {
    for rule in RULES {
        for example in rule.examples {
            let trial = Trial::lawful().unwrap().spoilt(example);
            let given = rules(&trial);
            assert!(given.contains(example.reason), "{}, {}: {given:?}", rule.id, example.wrong);
            assert_eq!(given.len(), 1, "{}, {}: {given:?}", rule.id, example.wrong);
        }
    }
}

#[test]
fn the_guide_tells_what_the_rules_do() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide/release-gate.md");
    let page = page().unwrap();
    if std::env::var_os("FAIRWAY_WRITE_GUIDE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), page, "write it anew with FAIRWAY_WRITE_GUIDE=1");
}

#[test]
fn a_document_of_the_first_edition_may_leave_everything_unsaid() {
    let mut trial = Trial::lawful().unwrap();
    trial.agreement.edition = 1;
    trial.agreement.particulars = Default::default();
    assert_eq!(trial.reasons(), []);
    let remarks: Vec<String> = trial.judge().into_iter().flat_map(|outcome| outcome.remarks).collect();
    assert!(remarks.iter().any(|remark| remark.contains("NOT ENCRYPTED")), "{remarks:?}");
}

#[test]
fn of_a_registered_agreement_the_recorded_signatures_count() {
    use fairway_domain::governance::AgreementState;
    let mut trial = Trial::lawful().unwrap();
    trial.agreement.signed.clear();
    assert_eq!(rules(&trial), BTreeSet::from(["agreement-unsigned"]));
    trial.register(AgreementState::Active);
    assert_eq!(trial.reasons(), []);
    for state in AgreementState::ALL.iter().filter(|state| **state != AgreementState::Active) {
        trial.register(*state);
        assert_eq!(rules(&trial), BTreeSet::from(["agreement-not-active"]), "{state}");
    }
}

type Wrong = Box<dyn Fn(&mut Trial)>;

/// One thing wrong, at each place where it can be, with the reason it has to give.
fn wrongs(lawful: &Trial) -> Vec<(&'static str, Wrong)> {
    let mut all: Vec<(&'static str, Wrong)> = Vec::new();
    let mut add = |rule, change: Wrong| all.push((rule, change));
    let columns = lawful.columns.len();
    for at in 0..columns {
        add("column-unknown", Box::new(move |t| t.agreement.columns[at].push('x')));
        add("column-unknown", Box::new(move |t| t.agreement.columns.insert(at, "Shoe_Size".into())));
        add("column-direct", Box::new(move |t| t.agreement.columns.insert(at, "Slipped_Through".into())));
        add("column-in-safe-haven", Box::new(move |t| t.agreement.columns.insert(at, "Date_of_Birth".into())));
        add("column-twice", Box::new(move |t| t.agreement.columns.push(t.columns[at].clone())));
        add("column-not-named", Box::new(move |t| t.request.columns = Some(vec![format!("{}_", t.columns[at])])));
        for file in 0..2 {
            add("columns-differ", Box::new(move |t| t.facts.files[file].columns[at].push(' ')));
            add("columns-differ", Box::new(move |t| t.facts.files[file].columns.insert(at, "Ethnicity".into())));
            add("columns-differ", Box::new(move |t| drop(t.facts.files[file].columns.remove(at))));
            add(
                "columns-differ",
                Box::new(move |t| {
                    let other = (at + 1) % t.columns.len();
                    t.facts.files[file].columns.swap(at, other);
                }),
            );
        }
        for kind in ["NHS number", "postcode", "email address", "telephone number", "date"] {
            add(
                "identifier-in-output",
                Box::new(move |t| {
                    t.facts.identifiers.push((t.columns[at].clone(), kind.into(), 1));
                }),
            );
        }
        add("free-text-in-output", Box::new(move |t| t.facts.unlisted.push((t.columns[at].clone(), 1))));
        add("formula-in-output", Box::new(move |t| t.facts.formulas.push((t.columns[at].clone(), 1))));
        add("cell-of-another-kind", Box::new(move |t| t.facts.misfits.push((t.columns[at].clone(), 1))));
        add("rows-in-order", Box::new(move |t| t.facts.in_order.push(t.columns[at].clone())));
        add("pseudonym-foreign", Box::new(move |t| t.facts.foreign.push((t.columns[at].clone(), 1))));
    }
    for days in 1..=400i64 {
        let span = move || jiff::Span::new().days(days);
        add("agreement-expired", Box::new(move |t| t.agreement.end = t.today - span()));
        add("agreement-not-started", Box::new(move |t| t.agreement.start = t.today + span()));
        add("assurance-lapsed", Box::new(move |t| t.agreement.particulars.assurances[0].dspt_until = t.today - span()));
        add("assurance-lapsed", Box::new(move |t| t.agreement.particulars.assurances[0].dsfc_until = t.today - span()));
        add("period-in-output", Box::new(move |t| t.submissions[0].1.to = t.agreement.period.to + span()));
        add("period-in-output", Box::new(move |t| t.submissions[0].1.from = t.agreement.period.from - span()));
        add(
            "period-in-output",
            Box::new(move |t| {
                t.facts.days = Some((t.agreement.period.from, t.agreement.period.to + span()));
            }),
        );
        add("retention-over", Box::new(move |t| t.agreement.particulars.retained_until = Some(t.today - span())));
        add(
            "period-outside",
            Box::new(move |t| {
                let mut asked = t.agreement.period;
                asked.to += span();
                t.request.period = Some(asked);
            }),
        );
        for signature in 0..2 {
            add("agreement-unsigned", Box::new(move |t| t.agreement.signed[signature].date = t.today + span()));
        }
    }
    for code in 100..700 {
        let code = format!("{code}");
        if ["816", "102", "503"].contains(&&*code) {
            continue;
        }
        let (asked, found, named) = (code.clone(), code.clone(), code);
        add(
            "area-not-covered",
            Box::new(move |t| t.request.areas = Some(vec!["816".parse().unwrap(), asked.parse().unwrap()])),
        );
        add("area-in-output", Box::new(move |t| t.facts.areas.push((found.clone(), 1))));
        add(
            "area-unknown",
            Box::new(move |t| {
                t.agreement.areas = fairway_governance::Areas::Only(vec!["816".into(), named.clone()]);
            }),
        );
    }
    let key = lawful.agreement.particulars.delivery.keys[0].key.clone();
    for at in 0..key.len() {
        let other = |byte: u8| if byte == b'q' { 'p' } else { 'q' };
        let spoilt: String =
            key.char_indices().map(|(n, c)| if n == at { other(key.as_bytes()[at]) } else { c }).collect();
        let shorter: String = key.char_indices().filter(|(n, _)| *n != at).map(|(_, c)| c).collect();
        for text in [spoilt, shorter] {
            add(
                "delivery-key-malformed",
                Box::new(move |t| t.agreement.particulars.delivery.keys[0].key = text.clone()),
            );
        }
    }
    for at in 0..32usize {
        for file in 0..2usize {
            add("files-differ", Box::new(move |t| t.facts.files[file].content.0[at] ^= 1));
        }
    }
    for days in 0..30u32 {
        add(
            "birth-window-short",
            Box::new(move |t| {
                t.facts.births = fairway_domain::BirthFacts { people: 20, narrowest: Some(days), below: 1 };
            }),
        );
    }
    for count in 1..=100u64 {
        add("pseudonym-shared", Box::new(move |t| t.facts.overlaps.push((format!("DARS-NIC-{count}"), count))));
        add("provider-small", Box::new(move |t| t.facts.small_providers = count));
        add(
            "own-people-found",
            Box::new(move |t| {
                let own = fairway_domain::GroupFacts { people: 100, below: count, ..Default::default() };
                t.facts.own = Some(own);
            }),
        );
        add("log-not-witnessed", Box::new(move |t| t.log.witnessed_hours_ago = Some(24 + count as u32)));
    }
    all
}

#[test]
fn five_thousand_releases_with_one_thing_wrong_are_refused_for_that_and_granted_when_it_is_put_right() {
    let lawful = Trial::lawful().unwrap();
    let wrongs = wrongs(&lawful);
    assert!(wrongs.len() >= 5_000, "{}", wrongs.len());
    for (at, (rule, change)) in wrongs.iter().enumerate() {
        let mut trial = lawful.clone();
        change(&mut trial);
        let given = rules(&trial);
        assert!(given.contains(rule), "wrong {at}: {rule} is not among {given:?}");
    }
    assert_eq!(lawful.reasons(), [], "put right, it passes");
}
