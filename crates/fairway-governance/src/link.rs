//! Linking two datasets under one agreement: each side is held against every rule of a release, and the pair against the
//! agreement's list.

use fairway_domain::Refusal;
use jiff::civil::Date;

use crate::decision::{Decision, GrantedExtract, Reason, decide, reasons};
use crate::{Agreement, Linkage, OfferedColumn, ReleaseRequest, rules};

/// What may be linked, or why nothing may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkDecision {
    /// This pair, and of each side this extract.
    Granted(Box<GrantedLink>),
    /// Nothing, for all these reasons.
    Refused(Refusal),
}

/// A link that an agreement entitles its recipient to. [`decide_link`] alone can make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantedLink {
    left: GrantedExtract,
    right: GrantedExtract,
}

impl GrantedLink {
    /// What is entitled of the agreement's own dataset.
    pub fn left(&self) -> &GrantedExtract {
        &self.left
    }

    /// What is entitled of the dataset it is linked with.
    pub fn right(&self) -> &GrantedExtract {
        &self.right
    }
}

/// Holds a wish to link the agreement's dataset with that of `right` against the agreement on one day. Every rule is looked
/// at on both sides, whatever the others say.
pub fn decide_link(agreement: &Agreement, left: &ReleaseRequest, right: &ReleaseRequest, today: Date) -> LinkDecision {
    let with = &right.dataset;
    let named = agreement.linkages.iter().find(|linkage| linkage.dataset == *with);
    let mut all = reasons(agreement, left, today);
    match named {
        None => all.push(not_named(agreement, with)),
        Some(linkage) => {
            let other = other_side(agreement, linkage);
            let theirs = reasons(&other, right, today);
            all.extend(theirs.into_iter().filter(|theirs| !all.contains(theirs)).collect::<Vec<_>>());
            if !all.iter().any(|reason| reason.rule == BIRTH_DATE) {
                all.extend(together(agreement, &other, (left, right), today));
            }
            if let (true, Decision::Granted(left), Decision::Granted(right)) =
                (all.is_empty(), decide(agreement, left, today), decide(&other, right, today))
            {
                return LinkDecision::Granted(Box::new(GrantedLink { left, right }));
            }
        }
    }
    LinkDecision::Refused(Refusal {
        what: format!("{} and {with} cannot be linked under {}", agreement.dataset, agreement.reference),
        reasons: all.iter().map(ToString::to_string).collect(),
        next: "An agreement is changed by those who drew it up, and signed again by every party".into(),
    })
}

fn not_named(agreement: &Agreement, with: &str) -> Reason {
    let named: Vec<&str> = agreement.linkages.iter().map(|linkage| linkage.dataset.as_str()).collect();
    let named = if named.is_empty() { "with none".to_owned() } else { format!("only with {}", named.join(", ")) };
    Reason {
        rule: "linkage-not-named",
        why: format!("The agreement lets {} be linked {named}, and {with} was asked for", agreement.dataset),
        what_to_do: format!("Name {with} under `linkages`, with its columns and areas, if that is what was agreed"),
    }
}

/// The agreement as it reads for the other dataset.
fn other_side(agreement: &Agreement, linkage: &Linkage) -> Agreement {
    Agreement {
        dataset: linkage.dataset.clone(),
        columns: linkage.columns.clone(),
        areas: linkage.areas.clone(),
        ..agreement.clone()
    }
}

const BIRTH_DATE: &str = "birth-date-narrowed";

/// What the columns of both sides would tell together that those of neither tell.
fn together(
    agreement: &Agreement,
    other: &Agreement,
    (left, right): (&ReleaseRequest, &ReleaseRequest),
    today: Date,
) -> Vec<Reason> {
    let theirs = |name: &String| format!("{} of {}", name, other.dataset);
    let mut both = agreement.clone();
    both.columns.extend(other.columns.iter().map(theirs));
    let mut request = left.clone();
    request.columns = None;
    request.available.extend(right.available.iter().map(|offered| {
        let mut column = offered.column.clone();
        column.name = theirs(&column.name);
        OfferedColumn { column, birth_clue: offered.birth_clue }
    }));
    rules::birth_date_narrowed(&rules::Case { agreement: &both, request: &request, today })
}
