//! What a trace answered, whoever was asked: rows for the table beside the vault, and the council's return file.

use std::collections::HashMap;

use fairway_deid::cipher::CellCipher;
use fairway_domain::{Fault, LinkClass, NhsNumber, PersonUid, Row, TraceOutcome, TraceStep, Value};
use fairway_store::{TraceFigures, TraceTally};
use fairway_trace::format::TraceReply;
use fairway_trace::{Answer, ReturnFile, Tracer, dbs_code, in_order};

use super::KnownBy;
use super::people::Asked;
use crate::identity::{Asker, Questions};
use crate::reference::unusable;
use crate::{Progress, VerbResult, plan};

/// What was answered about one person.
pub(super) struct Traced {
    uid: PersonUid,
    record: u64,
    outcome: TraceOutcome,
    step: TraceStep,
    code: u8,
    /// How sure the answer is, in millionths; none where no trace was made.
    score: Option<i64>,
    link: LinkClass,
    pub(super) number: Option<NhsNumber>,
}

/// What was answered about everybody, in the order in which they were asked about.
pub(super) struct Answers {
    pub(super) traced: Vec<Traced>,
    /// The bytes of the return file.
    pub(super) file: Vec<u8>,
}

/// People whom a thread takes at a time.
const PORTION: usize = 1_024;
/// Code of the Master Patient Trace for a trace that was not made.
const NO_TRACE_PERFORMED: u8 = 15;

impl Answers {
    /// No answers yet.
    fn begin(known_by: &KnownBy) -> Result<Self, Fault> {
        Ok(Self { traced: Vec::new(), file: ReturnFile::new(Vec::new(), &known_by.header)?.finish()? })
    }

    /// Asks the register here, on every core; without a register, nobody is traced. The answers are the same whatever the
    /// number of cores.
    ///
    /// # Errors
    /// Refused where what was read of the register is damaged: then there are no answers at all.
    pub(super) fn of_register(
        people: &[(PersonUid, Asked)],
        known_by: &KnownBy,
        tracer: Option<&Tracer<'_>>,
        progress: &dyn Progress,
    ) -> VerbResult<Self> {
        let mut answers = Self::begin(known_by)?;
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let mut portions = people.chunks(PORTION);
        let ask = |portion: &[(PersonUid, Asked)]| -> VerbResult<Self> {
            let mut file = ReturnFile::rows(Vec::new());
            let mut traced = Vec::with_capacity(portion.len());
            for (uid, asked) in portion {
                let answer = tracer.map(|tracer| tracer.trace(&asked.query())).transpose().map_err(unusable)?;
                if let Some(answer) = &answer {
                    file.write(asked.text(known_by.role), answer)?;
                }
                traced.push(Traced::of_answer(*uid, asked, answer.as_ref()));
            }
            Ok(Self { traced, file: file.finish()? })
        };
        in_order(
            threads,
            || Ok(portions.next()),
            ask,
            |part| {
                answers.add(part);
                progress.at("Tracing", answers.traced.len() as u64, Some(people.len() as u64));
                Ok(())
            },
        )?;
        progress.finished("Tracing");
        Ok(answers)
    }

    /// What a service elsewhere replied; `None` where it did not answer each request once.
    pub(super) fn of_replies(
        people: &[(PersonUid, Asked)],
        known_by: &KnownBy,
        replies: &HashMap<String, TraceReply>,
    ) -> Result<Option<Self>, Fault> {
        let mut answers = Self::begin(known_by)?;
        let mut file = ReturnFile::rows(Vec::new());
        for (uid, asked) in people {
            let Some(reply) = replies.get(&asked.record.to_string()) else { return Ok(None) };
            let traced = Traced::of_reply(*uid, asked, reply);
            file.write_reply(asked.text(known_by.role), reply, traced.code)?;
            answers.traced.push(traced);
        }
        answers.file.extend(file.finish()?);
        Ok((replies.len() == people.len()).then_some(answers))
    }

    fn add(&mut self, part: Self) {
        self.traced.extend(part.traced);
        self.file.extend(part.file);
    }

    pub(super) fn figures(&self) -> TraceFigures {
        let found = self.traced.iter().filter(|one| one.outcome.is_found()).count();
        TraceFigures { people: self.traced.len() as u64, found: found as u64 }
    }

    /// How well each number that was found is known, by its blind index.
    pub(super) fn classes(&self, asker: &Asker) -> Vec<([u8; 32], LinkClass)> {
        let known = self.traced.iter().filter_map(|one| one.number.map(|number| (number, one.link)));
        known.map(|(number, link)| (asker.number(number).index(), link)).collect()
    }

    pub(super) fn tallies(&self) -> Vec<TraceTally> {
        let mut counts: HashMap<(TraceOutcome, TraceStep), u64> = HashMap::new();
        for one in &self.traced {
            *counts.entry((one.outcome, one.step)).or_default() += 1;
        }
        counts.into_iter().map(|((outcome, step), count)| TraceTally { outcome, step, count }).collect()
    }
}

impl Traced {
    fn of_answer(uid: PersonUid, asked: &Asked, answer: Option<&Answer<'_>>) -> Self {
        let not_traced = (TraceOutcome::NotTraced, TraceStep::None, NO_TRACE_PERFORMED);
        let (outcome, step, code) = answer.map_or(not_traced, |answer| (answer.outcome, answer.step, answer.dbs_code));
        let number = answer.and_then(|answer| answer.matched).map(|person| person.nhs_number());
        let score = answer.map(|answer| millionths(answer.score));
        Self { uid, record: asked.record, outcome, step, code, score, link: link(asked, number, step), number }
    }

    fn of_reply(uid: PersonUid, asked: &Asked, reply: &TraceReply) -> Self {
        let made = reply.fault_code.is_empty();
        let code = reply.dbs_code.unwrap_or_else(|| dbs_code(reply.outcome, asked.number().is_some()));
        Self {
            uid,
            record: asked.record,
            outcome: reply.outcome,
            step: reply.step,
            code: if made { code } else { NO_TRACE_PERFORMED },
            score: reply.score.filter(|_| made).map(millionths),
            link: link(asked, reply.number, reply.step),
            number: reply.number,
        }
    }

    /// The row of the table beside the vault; the number is sealed.
    pub(super) fn row(&self, numbers: &Questions, asker: &Asker, cipher: &mut CellCipher) -> Result<Row, Fault> {
        let one = self;
        let mut row = Row::default();
        row.push(Value::Bytes(&one.uid.0));
        row.push(Value::Text(one.outcome.as_str()));
        row.push(Value::Text(one.step.as_str()));
        row.push(Value::Integer(one.code.into()));
        row.push(Value::Text(one.link.as_str()));
        let mut sealed = Vec::new();
        let number = match one.number {
            Some(number) => {
                cipher.seal(plan::TRACED_NHS_NUMBER, one.record, number.as_str().as_bytes(), &mut sealed)?;
                Some(numbers.answer(asker.number(number))?.0)
            }
            None => None,
        };
        row.push(number.as_ref().map_or(Value::Null, |uid| Value::Bytes(uid)));
        row.push(Value::Integer(one.record.cast_signed()));
        row.push(if number.is_some() { Value::Bytes(&sealed) } else { Value::Null });
        row.push(one.score.map_or(Value::Null, Value::Integer));
        Ok(row)
    }
}

fn link(asked: &Asked, number: Option<NhsNumber>, step: TraceStep) -> LinkClass {
    match (number.is_some(), step) {
        (true, TraceStep::CrossCheck) => LinkClass::TracedExact,
        (true, _) => LinkClass::TracedScored,
        (false, _) if asked.number().is_some() => LinkClass::SuppliedUnverified,
        (false, _) => LinkClass::LaOnly,
    }
}

/// Cut, not rounded: a probability below one never reads as one.
fn millionths(score: f64) -> i64 {
    (score * 1e6).floor() as i64
}
