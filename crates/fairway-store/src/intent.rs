//! Which entries of the log are intents, and which say what came of them: an effect outside the ledger is told before it
//! begins and after it has ended, so that one that was cut off shows.

use fairway_log::Phase;

/// An intent, and the outcomes that close it, all about one object. A verb with an effect that the ledger's transaction
/// does not undo has a line here.
const INTENTS: [(&str, &[&str]); 5] = [
    ("LoadBegun", &["LoadCommitted"]),
    ("TraceBegun", &["TraceCompleted"]),
    ("DeidBegun", &["DeidCompleted"]),
    ("ReleaseIntended", &["ReleaseGranted", "ReleaseHeld", "ReleaseRefused", "ReleaseAbandoned"]),
    ("ReidentificationIntended", &["ReidentificationAnswered", "ReidentificationRejected"]),
];

/// What a verb is, and the intent that it closes. An intent closes the same one before it, which was cut off.
pub(crate) fn of(verb: &str) -> (Phase, Option<&'static str>) {
    for (intent, outcomes) in INTENTS {
        if verb == intent {
            return (Phase::Intent, Some(intent));
        }
        if outcomes.contains(&verb) {
            return (Phase::Outcome, Some(intent));
        }
    }
    (Phase::Event, None)
}

/// What was decided, as the verb's ending says.
pub(crate) fn decision(verb: &str) -> &'static str {
    let ends = |words: &[&str]| words.iter().any(|word| verb.ends_with(word));
    if ends(&["Granted", "Approved", "Accepted"]) {
        "granted"
    } else if ends(&["Refused", "Rejected"]) {
        "refused"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verb_is_an_intent_an_outcome_or_neither() {
        assert_eq!(of("ReleaseIntended"), (Phase::Intent, Some("ReleaseIntended")));
        assert_eq!(of("ReleaseRefused"), (Phase::Outcome, Some("ReleaseIntended")));
        assert_eq!(of("SubmissionLanded"), (Phase::Event, None));
        assert_eq!(
            (decision("ReleaseGranted"), decision("ReleaseRefused"), decision("Refuse")),
            ("granted", "refused", "")
        );
    }

    #[test]
    fn no_verb_is_in_two_lines() {
        let verbs: Vec<&str> = INTENTS.iter().flat_map(|line| [&[line.0], line.1].concat()).collect();
        for verb in &verbs {
            assert_eq!(verbs.iter().filter(|other| *other == verb).count(), 1, "{verb}");
        }
    }
}
