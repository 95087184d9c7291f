//! A register asked in one of two ways.

use fairway_domain::TraceStep;

use crate::answer::Ending;
use crate::score::{Candidate, Compared, Decision, Parameters, candidates, decide};
use crate::{Answer, IndexError, Query, Register, step};

/// Which rules decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Cross-check and probability: more people found, and each answer says how sure it is.
    #[default]
    Fairway,
    /// The published steps of the national service, one after the other.
    Mps,
}

/// From this probability on, a given name or a birth date alone is enough at the person's very postcode: it must be so
/// rare that nobody else there is to be thought of. Assumed.
const ALONE: f64 = 0.99;

/// The same of a family name at the very house. Whoever lives there may bear it without being registered: only where a
/// register shows that hardly any two of its people share a home is this ever reached. Assumed.
const FAMILY_ALONE: f64 = 0.999;

/// Traces queries against a register. One tracer serves any number of threads.
pub struct Tracer<'r> {
    register: &'r Register,
    mode: Mode,
    parameters: Parameters,
}

impl<'r> Tracer<'r> {
    /// A tracer of this mode. The parameters count in the mode `fairway` alone.
    pub fn new(register: &'r Register, mode: Mode, parameters: Parameters) -> Self {
        Self { register, mode, parameters }
    }

    /// The person a query is about, if the register can say. The same query has the same answer, whatever was asked
    /// before.
    ///
    /// # Errors
    /// When what was read of the register's index is damaged.
    pub fn trace(&self, query: &Query<'_>) -> Result<Answer<'r>, IndexError> {
        let answer = match self.mode {
            Mode::Mps => step::trace_mps(self.register, query),
            Mode::Fairway => self.judge(query, &decide(self.register, query, &self.parameters)),
        };
        self.register.sound(answer, answer.matched)
    }

    /// What the mode `fairway` makes of a query: the candidates and how sure it is of them.
    ///
    /// # Errors
    /// When what was read of the register's index is damaged.
    pub fn decide(&self, query: &Query<'_>) -> Result<Decision<'r>, IndexError> {
        let decision = decide(self.register, query, &self.parameters);
        self.register.sound(decision, decision.best().into_iter().chain(decision.second()))
    }

    /// Everybody whom the mode `fairway` compares a query with, the likeliest first.
    ///
    /// # Errors
    /// When what was read of the register's index is damaged.
    pub fn candidates(&self, query: &Query<'_>) -> Result<Vec<Candidate<'r>>, IndexError> {
        let found = candidates(self.register, query, &self.parameters);
        let people: Vec<_> = found.iter().map(|candidate| candidate.person).collect();
        self.register.sound(found, people)
    }

    /// The answer that a decision comes to. Where somebody is there, but nobody clearly, the answer is several.
    pub fn judge(&self, query: &Query<'_>, decision: &Decision<'r>) -> Answer<'r> {
        let accept = self.parameters.accept;
        let ending = match &decision.best {
            Some(best) if !is_enough(best, decision.probability) => Ending::NotEnough,
            Some(best) if decision.probability >= accept => match (best.is_cross_checked(), decision.superseded) {
                (true, true) => Ending::Superseded(best.person),
                (true, false) => Ending::CrossChecked(best.person),
                (false, _) => Ending::Matched(best.person, TraceStep::Algorithmic),
            },
            Some(_) if decision.present >= accept || decision.present - decision.probability > 0.05 => {
                Ending::Multiple(TraceStep::Algorithmic)
            }
            Some(_) => Ending::NotFound(TraceStep::Algorithmic),
            None if decision.asked => Ending::NotFound(TraceStep::Algorithmic),
            None => Ending::NotEnough,
        };
        Answer::new(ending, query.nhs_number.is_some()).scored(decision.probability, decision.margin)
    }
}

/// Whether what was compared suffices to name somebody, were they ever so likely.
fn is_enough(best: &Compared<'_>, probability: f64) -> bool {
    best.is_enough()
        || best.is_own_at_home() && probability >= ALONE
        || best.is_family_at_home() && probability >= FAMILY_ALONE
}
