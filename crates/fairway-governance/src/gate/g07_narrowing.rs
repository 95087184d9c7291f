//! G7: derived columns do not narrow down a day of birth, and no provider of a few people is named.

use super::{Extract, GateRule, silent};
use crate::Reason;
use crate::gate::Example;
use crate::gate::g10_groups::limit;
use crate::rules::{self, Case, reason};

pub(super) static RULE: GateRule = GateRule {
    id: "G7",
    title: "Derived columns do not tell a day of birth, nor where a few people live",
    against: "ages of one person on many days, which together tell the day of birth; a home with three residents",
    before: &[rules::birth_date_narrowed],
    output: &[births, providers],
    remarks: silent,
    examples: &[
        Example {
            wrong: "Somebody's ages leave 26 days for the day of birth",
            reason: "birth-window-short",
            change: |trial| {
                trial.facts.births = fairway_domain::BirthFacts { people: 40, narrowest: Some(26), below: 1 };
            },
        },
        Example {
            wrong: "A provider has three people in the extract",
            reason: "provider-small",
            change: |trial| trial.facts.small_providers = 1,
        },
    ],
};

fn births(case: &Case<'_>, extract: &Extract<'_>) -> Vec<Reason> {
    let births = extract.facts.births;
    if births.below == 0 {
        return Vec::new();
    }
    let limit = limit(case, "birth_window_days");
    let narrowest = births.narrowest.unwrap_or_default();
    let why = format!(
        "The ages of {} people on the days of their events leave fewer than {limit} days for the day of birth, of one \
         of them {narrowest}",
        births.below
    );
    vec![reason("birth-window-short", why, "Leave out the ages or the days; an age band, or months for days, may do")]
}

fn providers(case: &Case<'_>, extract: &Extract<'_>) -> Vec<Reason> {
    let small = extract.facts.small_providers;
    if small == 0 {
        return Vec::new();
    }
    let why = format!("{small} providers have fewer than {} people in the extract", limit(case, "provider_people"));
    vec![reason("provider-small", why, "Leave out the column of the provider")]
}
