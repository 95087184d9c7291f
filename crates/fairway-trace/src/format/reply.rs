use std::borrow::Cow;
use std::io::{Read, Seek, Write};
use std::sync::Arc;

use fairway_domain::{Fault, NhsNumber, TraceOutcome, TraceStep};

use super::defect::{Defect, ReadError};
use super::item::{Detail, Details, Item, SCORED};
use super::layout::{Layout, Meaning, outcome_of, step_of};
use super::read::{Envelope, Record, SheetReader, Side};
use super::request::TraceRequest;
use super::write::{SheetWriter, Written};
use crate::{Answer, PartialDate, Person};

/// The record code of the Master Patient Trace for a sensitive person. Source: NHS Digital data processing services.
const SENSITIVE: u8 = 92;

/// What a tracing service answers about one person.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceReply {
    /// The sender's reference of the record.
    pub id: String,
    /// What was asked, as far as a response repeats it.
    pub asked: Details,
    /// How the trace ended.
    pub outcome: TraceOutcome,
    /// The step that gave the answer; where nobody was found, the last one run.
    pub step: TraceStep,
    /// Outcome code of the Demographics Batch Service.
    pub dbs_code: Option<u8>,
    /// Record code of the Master Patient Trace.
    pub mpt_code: Option<u8>,
    /// The code of a record that was not traced because of its form; blank otherwise. Takes the place of both others.
    pub fault_code: String,
    /// The number found.
    pub number: Option<NhsNumber>,
    /// How sure the answer is, 0 to 1.
    pub score: Option<f64>,
    /// How far the second best is behind, in the measure of the mode that traced ([`Answer::margin`]).
    pub margin: Option<f64>,
    /// How far family name, given name, birth date, gender and postcode agree, each of 100.
    pub parts: [Option<f64>; SCORED.len()],
    /// Identifiers of the national matching service for people without a number, `~~~` between them.
    pub mps_id: String,
    /// Whether access to where the person is is restricted.
    pub sensitive: bool,
    /// What the register holds. Of a sensitive person, nothing about where the person is.
    pub found: Details,
}

impl TraceReply {
    /// The reply to a request that was traced.
    pub fn new(request: TraceRequest, answer: &Answer<'_>) -> Self {
        Self {
            outcome: answer.outcome,
            step: answer.step,
            dbs_code: Some(answer.dbs_code),
            mpt_code: Some(answer.mpt_code),
            number: answer.matched.map(Person::nhs_number),
            score: Some(answer.score),
            margin: Some(answer.margin),
            sensitive: answer.matched.is_some_and(Person::is_sensitive),
            found: answer.matched.map(details).unwrap_or_default(),
            ..Self::untraced(request)
        }
    }

    /// The reply to a request that was not traced: its defect's code, or none.
    pub fn untraced(request: TraceRequest) -> Self {
        Self {
            id: request.id,
            asked: request.asked,
            outcome: TraceOutcome::NotTraced,
            step: TraceStep::None,
            dbs_code: None,
            mpt_code: None,
            fault_code: request.defect.map(|defect| defect.code).unwrap_or_default(),
            number: None,
            score: None,
            margin: None,
            parts: [None; SCORED.len()],
            mps_id: String::new(),
            sensitive: false,
            found: Details::default(),
        }
    }

    fn value(&self, item: Item, layout: &Layout) -> Cow<'_, str> {
        let code = |code: Option<u8>| {
            if self.fault_code.is_empty() {
                code.map(|code| format!("{code:02}"))
            } else {
                Some(self.fault_code.clone())
            }
        };
        let text = match item {
            Item::Id => return Cow::Borrowed(&self.id),
            Item::Asked(detail) => return Cow::Borrowed(self.asked.get(detail)),
            Item::Found(detail) => return Cow::Borrowed(self.found.get(detail)),
            Item::MpsId => return Cow::Borrowed(&self.mps_id),
            Item::Outcome => return Cow::Borrowed(self.outcome.as_str()),
            Item::Step => return Cow::Borrowed(self.step.as_str()),
            Item::StepCode => Some(layout.step_code(self.step).to_owned()),
            Item::DbsCode => code(self.dbs_code),
            Item::MptCode => code(self.mpt_code),
            Item::Number => Some(self.number_in(layout)),
            Item::Score => self.score.map(|score| format!("{:.6}", below_one(score, 0.999_999))),
            Item::Percent => self.score.map(|score| format!("{:.2}", below_one(score, 0.9999) * 100.0)),
            Item::Margin => self.margin.map(|margin| format!("{margin:.2}")),
            Item::PartPercent(part) => self.parts.get(part).copied().flatten().map(|of_100| format!("{of_100:.2}")),
            Item::Sensitive => Some(if self.sensitive { "S".into() } else { String::new() }),
            _ => None,
        };
        Cow::Owned(text.unwrap_or_default())
    }

    fn number_in(&self, layout: &Layout) -> String {
        match (self.number, self.outcome) {
            (Some(number), _) => number.as_str().to_owned(),
            (None, TraceOutcome::Multiple) => layout.sentinels.several.clone(),
            (None, _) => layout.sentinels.nobody.clone(),
        }
    }

    fn read(record: &Record<'_>, layout: &Layout) -> Self {
        let mut reply = Self::untraced(TraceRequest { defect: record.defect.clone(), ..TraceRequest::default() });
        let (mut said, mut code, mut number) = (None, "", "");
        for (item, cell) in record.values().filter(|(_, cell)| !cell.is_empty()) {
            match item {
                Item::Id => cell.clone_into(&mut reply.id),
                Item::Asked(detail) => reply.asked.set(detail, cell),
                Item::Found(detail) => reply.found.set(detail, cell),
                Item::MpsId => cell.clone_into(&mut reply.mps_id),
                Item::Outcome => said = outcome_of(cell),
                Item::Step => reply.step = step_of(cell).unwrap_or(TraceStep::None),
                Item::StepCode => reply.step = layout.step_of(cell).unwrap_or(TraceStep::None),
                Item::DbsCode => (reply.dbs_code, code) = (cell.parse().ok(), cell),
                Item::MptCode => (reply.mpt_code, code) = (cell.parse().ok(), cell),
                Item::Number => number = cell,
                Item::Score => reply.score = fraction(cell, 1.0),
                Item::Percent => reply.score = fraction(cell, 100.0),
                Item::Margin => reply.margin = fraction(cell, 1.0),
                Item::PartPercent(part) => reply.parts[part] = fraction(cell, 1.0),
                Item::Sensitive => reply.sensitive = true,
                _ => {}
            }
        }
        if layout.is_fault_code(code) {
            code.clone_into(&mut reply.fault_code);
            (reply.dbs_code, reply.mpt_code) = (None, None);
        }
        reply.conclude(layout, said, code, number);
        reply.sensitive |= reply.mpt_code == Some(SENSITIVE);
        if reply.sensitive {
            reply.found.hide_location();
        }
        reply
    }

    /// What the code, the word and the number say together. A number found is taken only where the code says so, and where
    /// the code says so and there is no number, nobody was found.
    fn conclude(&mut self, layout: &Layout, said: Option<TraceOutcome>, code: &str, number: &str) {
        let number_says = NhsNumber::parse(number).ok();
        let by_code = layout.meaning(code).map(|meaning| match meaning {
            Meaning::Outcome(outcome) => outcome,
            Meaning::Found if self.step == TraceStep::CrossCheck => TraceOutcome::CrossChecked,
            Meaning::Found => TraceOutcome::Matched,
        });
        let outcome = said.or(by_code).unwrap_or(TraceOutcome::NotTraced);
        self.outcome = match (outcome.is_found(), number_says) {
            (true, None) if number == layout.sentinels.several && !number.is_empty() => TraceOutcome::Multiple,
            (true, None) => TraceOutcome::NotFound,
            _ => outcome,
        };
        self.number = number_says.filter(|_| self.outcome.is_found());
    }
}

/// Whether a cell of a reply says something that the layout knows.
pub(super) fn has_meaning(item: Item, cell: &str, layout: &Layout) -> bool {
    match item {
        Item::Outcome => outcome_of(cell).is_some(),
        Item::Step => step_of(cell).is_some(),
        Item::StepCode => layout.step_of(cell).is_some(),
        Item::DbsCode | Item::MptCode => layout.meaning(cell).is_some() || layout.is_fault_code(cell),
        Item::Number => {
            NhsNumber::parse(cell).is_ok() || cell == layout.sentinels.nobody || cell == layout.sentinels.several
        }
        Item::Score | Item::Percent | Item::Margin | Item::PartPercent(_) => fraction(cell, 1.0).is_some(),
        _ => true,
    }
}

/// A score, so that one below 1 does not read as 1 when it is rounded.
fn below_one(score: f64, most: f64) -> f64 {
    if score < 1.0 { score.min(most) } else { 1.0 }
}

fn fraction(cell: &str, of: f64) -> Option<f64> {
    let number: f64 = cell.parse().ok()?;
    number.is_finite().then_some(number / of)
}

fn details(person: Person<'_>) -> Details {
    let mut found = Details::default();
    found.set(Detail::NhsNumber, person.nhs_number().as_str());
    found.set(Detail::FamilyName, person.family_name());
    found.set(Detail::GivenName, person.given_name());
    found.set(Detail::OtherGivenNames, person.other_given_names());
    found.set(Detail::Gender, person.gender().code());
    found.set(Detail::DateOfBirth, person.date_of_birth().map(digits).unwrap_or_default());
    let died = person.date_of_death().map(digits).unwrap_or_default();
    found.set(Detail::Posting, person.posting());
    found.set(Detail::PostedOrDied, person.date_of_death().or(person.posted()).map(digits).unwrap_or_default());
    found.set(Detail::DateOfDeath, died);
    for (detail, line) in Detail::ADDRESS.into_iter().zip(person.address()) {
        found.set(detail, line);
    }
    found.set(Detail::Postcode, person.postcode());
    found.set(Detail::GpPractice, person.gp_practice());
    found
}

/// `CCYYMMDD`, or as much of it as is known.
fn digits(date: PartialDate) -> String {
    let month = date.month().map(|month| format!("{month:02}")).unwrap_or_default();
    let day = date.day().map(|day| format!("{day:02}")).unwrap_or_default();
    format!("{:04}{month}{day}", date.year())
}

/// The records of a response file, one by one, in their order. Opening reads the whole file once, as for a request.
pub struct ResponseReader<R> {
    sheet: SheetReader<R>,
    layout: Arc<Layout>,
}

impl<R: Read + Seek> ResponseReader<R> {
    /// Opens a response.
    ///
    /// # Errors
    /// When the file breaks the layout, says that the request was refused, or cannot be read.
    pub fn open(source: R, layout: &Arc<Layout>) -> Result<Self, ReadError> {
        let sheet = SheetReader::open(source, Arc::clone(layout), Side::Response, None)?;
        Ok(Self { sheet, layout: Arc::clone(layout) })
    }

    /// What the file says of itself; `records` is how many it has.
    pub fn envelope(&self) -> &Envelope {
        self.sheet.envelope()
    }
}

impl<R: Read + Seek> Iterator for ResponseReader<R> {
    type Item = Result<TraceReply, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let layout = &self.layout;
        Some(self.sheet.next()?.map(|record| TraceReply::read(&record, layout)))
    }
}

/// Writes a response file, record by record.
pub struct ResponseWriter<W> {
    sheet: SheetWriter<W>,
    layout: Arc<Layout>,
}

impl<W: Write> ResponseWriter<W> {
    /// Begins a file; `envelope` is that of the request, so that `records` is how many replies will follow.
    ///
    /// # Errors
    /// When the envelope breaks the layout, or the writer fails.
    pub fn begin(out: W, layout: &Arc<Layout>, envelope: Envelope) -> Result<Self, Fault> {
        Self::with_code(out, layout, envelope, "00")
    }

    /// Writes the whole response to a request that is refused: the header with the defect's code, and no record. For a
    /// layout without a place for such a code, a file without records.
    ///
    /// # Errors
    /// When the envelope breaks the layout, or the writer fails.
    pub fn refuse(out: W, layout: &Arc<Layout>, envelope: Envelope, defect: &Defect) -> Result<W, Fault> {
        let envelope = Envelope { records: 0, ..envelope };
        Self::with_code(out, layout, envelope, &defect.code)?.finish().map(|(out, _)| out)
    }

    /// Adds a reply. What does not fit an optional field is cut or left blank, as the layout says.
    ///
    /// # Errors
    /// When a required field does not fit the layout, or the writer fails.
    pub fn write(&mut self, reply: &TraceReply) -> Result<(), Fault> {
        let layout = Arc::clone(&self.layout);
        self.sheet.record(|item| reply.value(item, &layout))
    }

    /// Ends the file and gives the writer back, flushed.
    ///
    /// # Errors
    /// When there are not as many records as the envelope says, or the writer fails.
    pub fn finish(self) -> Result<(W, Written), Fault> {
        self.sheet.finish()
    }

    fn with_code(out: W, layout: &Arc<Layout>, envelope: Envelope, code: &str) -> Result<Self, Fault> {
        let sheet = SheetWriter::begin(out, Arc::clone(layout), Side::Response, envelope, code)?;
        Ok(Self { sheet, layout: Arc::clone(layout) })
    }
}
