use std::fmt;

use fairway_domain::{TraceOutcome, TraceStep};

use crate::Person;

/// What the register says to a query.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Answer<'r> {
    /// How the query ended.
    pub outcome: TraceOutcome,
    /// The step that gave the answer; where nobody was found, the last one run.
    pub step: TraceStep,
    /// Outcome code of the Demographics Batch Service ([`dbs_code`]).
    pub dbs_code: u8,
    /// Record code of the Master Patient Trace, two digits: 0 found, 90 found under a replacing number, 92 found and
    /// sensitive, 96 not enough asked, 97 several, 98 nobody. Source: NHS Digital data processing services, schema of the
    /// response; that 92 goes before 90 is inferred.
    pub mpt_code: u8,
    /// The person, where exactly one was found.
    pub matched: Option<Person<'r>>,
    /// How sure the answer is, 0 to 1: the probability in the mode `fairway`, the mean agreement in the mode `mps`, 1
    /// where a published step accepts without a score.
    pub score: f64,
    /// How far ahead of the second best the best is: in bits in the mode `fairway` (99 where there is no other), in
    /// points of 100 in the mode `mps`.
    pub margin: f64,
}

/// The outcome code of the Demographics Batch Service: without an NHS number asked, 20 one match, 21 none, 22 several; with
/// one, 30 cross-checked, 31 failed and nothing else found, 32 failed and several, 33 failed and one match, 40 replaced by
/// another number. Source: UK Renal Registry, "Tracing Data".
///
/// The published 31 says "no alphanumeric trace"; that a trace which found nobody has it too is inferred.
pub fn dbs_code(outcome: TraceOutcome, number_asked: bool) -> u8 {
    use TraceOutcome as O;
    match (outcome, number_asked) {
        (O::CrossChecked, _) => 30,
        (O::Superseded, _) => 40,
        (O::Matched, true) => 33,
        (O::Matched, false) => 20,
        (O::Multiple, true) => 32,
        (O::Multiple, false) => 22,
        (O::NotFound | O::NotTraced, true) => 31,
        (O::NotFound | O::NotTraced, false) => 21,
    }
}

/// How a query ended, before it is put in codes.
pub(crate) enum Ending<'r> {
    /// The number asked is this person's, and the birth date agrees.
    CrossChecked(Person<'r>),
    /// As above, for a number that was replaced.
    Superseded(Person<'r>),
    /// One person agrees well enough, in this step.
    Matched(Person<'r>, TraceStep),
    /// Several do.
    Multiple(TraceStep),
    /// Nobody does.
    NotFound(TraceStep),
    /// The number asked failed the cross-check, and there is too little else.
    NumberFailed,
    /// Too little was asked for any step.
    NotEnough,
}

impl<'r> Answer<'r> {
    pub(crate) fn new(ending: Ending<'r>, number_asked: bool) -> Self {
        use {TraceOutcome as O, TraceStep as S};
        let (outcome, step, mpt_code, matched) = match ending {
            Ending::CrossChecked(person) => (O::CrossChecked, S::CrossCheck, 0, Some(person)),
            Ending::Superseded(person) => (O::Superseded, S::CrossCheck, 90, Some(person)),
            Ending::Matched(person, step) => (O::Matched, step, 0, Some(person)),
            Ending::Multiple(step) => (O::Multiple, step, 97, None),
            Ending::NotFound(step) => (O::NotFound, step, 98, None),
            Ending::NumberFailed => (O::NotFound, S::CrossCheck, 98, None),
            Ending::NotEnough => (O::NotTraced, S::None, 96, None),
        };
        let dbs_code = dbs_code(outcome, number_asked);
        let sensitive = matched.is_some_and(Person::is_sensitive);
        let score = if matched.is_some() { 1.0 } else { 0.0 };
        Self { outcome, step, dbs_code, mpt_code: if sensitive { 92 } else { mpt_code }, matched, score, margin: 0.0 }
    }

    /// The same answer with how sure it is.
    pub(crate) fn scored(self, score: f64, margin: f64) -> Self {
        Self { score, margin, ..self }
    }
}

impl fmt::Debug for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("outcome", &self.outcome)
            .field("step", &self.step)
            .field("dbs_code", &self.dbs_code)
            .field("mpt_code", &self.mpt_code)
            .finish_non_exhaustive()
    }
}
