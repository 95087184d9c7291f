use std::borrow::Cow;
use std::io::Write;

use fairway_domain::{Fault, FaultExt, NhsNumber, TraceOutcome, TraceStep};

use crate::format::{Detail, Details, TraceReply};
use crate::{Answer, PartialDate, Person};

/// The columns after the identifier, as the tracing offer to councils names them, then how the trace ended.
const COLUMNS: [&str; 18] = [
    "Trace Result NHS Number",
    "Returned Date Of Birth",
    "Returned Current Posting",
    "Returned Date of Current Posting or Date of Death",
    "Returned Surname",
    "Returned Forename",
    "Returned Other Forename(s)",
    "Returned Sex",
    "Returned Address Line 1",
    "Returned Address Line 2",
    "Returned Address Line 3",
    "Returned Address Line 4",
    "Returned Address Line 5",
    "Returned Postcode",
    "Returned GP Practice",
    "Trace Outcome Code",
    "Trace Outcome",
    "Trace Step",
];

/// The file that goes back to the council: CSV, UTF-8, CRLF, one row for each person asked about.
///
/// The council's own identifier comes first, unchanged; what was asked is not repeated. Dates are `dd/mm/yyyy`, `mm/yyyy`
/// or `yyyy`, as far as the register knows them; sex is the register's code (1 male, 2 female, 9 neither, 0 not known).
/// *Current Posting* and, for the living, its date are blank where the register does not hold them.
/// Where nobody was found, only the last three columns are filled: outcome code of the Demographics Batch Service,
/// outcome and step in words. Of a sensitive person, posting, address, postcode and practice are blank.
pub struct ReturnFile<W: Write> {
    csv: csv::Writer<W>,
}

impl<W: Write> ReturnFile<W> {
    /// Begins a file with its header. `identifier` is the dataset's own header for the council's identifier of a person.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn new(writer: W, identifier: &str) -> Result<Self, Fault> {
        let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(writer);
        csv.write_record([identifier].into_iter().chain(COLUMNS)).fault("return file cannot be written")?;
        Ok(Self { csv })
    }

    /// Goes on with a file whose header is elsewhere: rows alone.
    pub fn rows(writer: W) -> Self {
        Self { csv: csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(writer) }
    }

    /// Adds the row of one person, known to the council by `identifier`, whom the register here was asked about.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write(&mut self, identifier: &str, answer: &Answer<'_>) -> Result<(), Fault> {
        let ending = Ending { code: answer.dbs_code, outcome: answer.outcome, step: answer.step };
        self.row(identifier, answer.matched.map(of_person), &ending)
    }

    /// The same for one whom a service elsewhere was asked about; `code` is the outcome code of the Demographics Batch
    /// Service.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write_reply(&mut self, identifier: &str, reply: &TraceReply, code: u8) -> Result<(), Fault> {
        let ending = Ending { code, outcome: reply.outcome, step: reply.step };
        self.row(identifier, reply.number.map(|number| of_reply(number, &reply.found)), &ending)
    }

    /// Ends the file and gives the writer back, flushed, so that the caller can make it durable.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn finish(self) -> Result<W, Fault> {
        self.csv.into_inner().map_err(|error| Fault::from_source("return file cannot be written", error.into_error()))
    }

    fn row(&mut self, identifier: &str, found: Option<Cells<'_>>, ending: &Ending) -> Result<(), Fault> {
        let (code, step) = (ending.code.to_string(), ending.step.as_str().replace('_', " "));
        let found = found.unwrap_or_default();
        let cells = found.iter().map(|cell| &**cell);
        let ends = [code.as_str(), words(ending.outcome), step.as_str()];
        let written = self.csv.write_record([identifier].into_iter().chain(cells).chain(ends));
        written.fault("return file cannot be written")
    }
}

/// How a trace ended.
struct Ending {
    code: u8,
    outcome: TraceOutcome,
    step: TraceStep,
}

/// What was found, in the order of the columns.
type Cells<'a> = [Cow<'a, str>; 15];

fn of_person(person: Person<'_>) -> Cells<'_> {
    let [line1, line2, line3, line4, line5] = person.address().map(Cow::Borrowed);
    [
        person.nhs_number().as_str().to_owned().into(),
        day(person.date_of_birth()),
        person.posting().into(),
        day(person.date_of_death().or(person.posted())),
        person.family_name().into(),
        person.given_name().into(),
        person.other_given_names().into(),
        person.gender().code().into(),
        line1,
        line2,
        line3,
        line4,
        line5,
        person.postcode().into(),
        person.gp_practice().into(),
    ]
}

fn of_reply(number: NhsNumber, found: &Details) -> Cells<'_> {
    use Detail as D;
    let text = |detail| Cow::Borrowed(found.get(detail));
    let date = |detail| PartialDate::parse(found.get(detail)).ok();
    let [line1, line2, line3, line4, line5] = D::ADDRESS.map(text);
    [
        number.as_str().to_owned().into(),
        day(date(D::DateOfBirth)),
        text(D::Posting),
        day(date(D::DateOfDeath).or_else(|| date(D::PostedOrDied))),
        text(D::FamilyName),
        text(D::GivenName),
        text(D::OtherGivenNames),
        text(D::Gender),
        line1,
        line2,
        line3,
        line4,
        line5,
        text(D::Postcode),
        text(D::GpPractice),
    ]
}

fn words(outcome: TraceOutcome) -> &'static str {
    match outcome {
        TraceOutcome::CrossChecked => "Number confirmed",
        TraceOutcome::Superseded => "Number replaced by another",
        TraceOutcome::Matched => "One person found",
        TraceOutcome::Multiple => "More than one person fits",
        TraceOutcome::NotFound => "Nobody found",
        TraceOutcome::NotTraced => "Too little given to trace",
    }
}

fn day(date: Option<PartialDate>) -> Cow<'static, str> {
    let Some(date) = date else { return "".into() };
    let text = match (date.month(), date.day()) {
        (Some(month), Some(day)) => format!("{day:02}/{month:02}/{:04}", date.year()),
        (Some(month), None) => format!("{month:02}/{:04}", date.year()),
        _ => format!("{:04}", date.year()),
    };
    text.into()
}
