//! G4: purpose and law are stated, and the legal bases answer every question together.

use super::{Extract, GateRule};
use crate::gate::Example;
use crate::rules::{self, Case, reason, shown};
use crate::{DataClass, LegalFamily, Reason};

pub(super) static RULE: GateRule = GateRule {
    id: "G4",
    title: "Purpose and law are stated, and the legal bases are complete together",
    against: "data given away without a power to, or used without a lawful basis",
    before: &[rules::purpose_blank, unknown, incomplete],
    output: &[],
    remarks,
    examples: &[
        Example {
            wrong: "No purpose is stated",
            reason: "purpose-blank",
            change: |trial| trial.agreement.purpose.clear(),
        },
        Example {
            wrong: "A legal basis is none that is known",
            reason: "legal-basis-unknown",
            change: |trial| trial.agreement.particulars.legal.push("s999".into()),
        },
        Example {
            wrong: "No basis under Article 9 is stated",
            reason: "legal-basis-incomplete",
            change: |trial| trial.agreement.particulars.legal.retain(|basis| !basis.starts_with("article-9")),
        },
        Example {
            wrong: "Nothing is said of what kind of data leave",
            reason: "class-unstated",
            change: |trial| trial.agreement.particulars.class = None,
        },
    ],
};

fn unknown(case: &Case<'_>) -> Vec<Reason> {
    let legal = &case.agreement.particulars.legal;
    let unknown = legal.iter().filter(|id| case.request.terms.basis(id).is_none());
    let known: Vec<&str> = case.request.terms.legal.iter().map(|basis| basis.id.as_str()).collect();
    let reason_of = |id: &String| {
        let why = format!("{} is no legal basis that is known", shown(id));
        reason("legal-basis-unknown", why, format!("Name some of: {}", known.join(", ")))
    };
    unknown.map(reason_of).collect()
}

fn incomplete(case: &Case<'_>) -> Vec<Reason> {
    let particulars = &case.agreement.particulars;
    if particulars.legal.is_empty() && case.agreement.edition < 2 {
        return Vec::new();
    }
    let mut reasons = Vec::new();
    if particulars.class.is_none() && case.agreement.edition >= 2 {
        let why = "The agreement does not say what kind of data leave";
        reasons.push(reason("class-unstated", why, "State class: pseudonymised, aggregated or identifiable"));
    }
    let mut needed = vec![
        (LegalFamily::Dissemination, "why the data may be given away (section 261)"),
        (LegalFamily::Article6, "why personal data may be used (Article 6)"),
        (LegalFamily::Article9, "why data about health and care may be used (Article 9)"),
    ];
    if particulars.class == Some(DataClass::Identifiable) {
        needed.push((LegalFamily::Confidentiality, "why the duty of confidence is set aside (section 251 or consent)"));
    }
    let stated = |family| {
        particulars.legal.iter().filter_map(|id| case.request.terms.basis(id)).any(|basis| basis.family == family)
    };
    reasons.extend(needed.into_iter().filter(|(family, _)| !stated(*family)).map(|(_, what)| {
        let why = format!("No legal basis says {what}");
        reason("legal-basis-incomplete", why, "State it under legal")
    }));
    reasons
}

fn remarks(case: &Case<'_>, _: &Extract<'_>) -> Vec<String> {
    let terms = &case.request.terms;
    let bases = case.agreement.particulars.legal.iter().filter_map(|id| terms.basis(id));
    let mut said: Vec<String> = bases.map(|basis| basis.meaning.clone()).collect();
    if said.is_empty() {
        said.push("The legal basis is stated in words alone, and was not held against the list".into());
    }
    said
}
