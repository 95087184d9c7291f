use std::io::Write;

use fairway_domain::{Fault, FaultExt, TraceOutcome};

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
/// *Current Posting* is always blank, and its date blank for the living: a register of this layout does not hold it.
/// Where nobody was found, only the last three columns are filled: outcome code of the Demographics Batch Service,
/// outcome and step in words. Of a sensitive person, address, postcode and practice are blank.
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

    /// Adds the row of one person, known to the council by `identifier`.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write(&mut self, identifier: &str, answer: &Answer<'_>) -> Result<(), Fault> {
        self.row(identifier, answer).fault("return file cannot be written")
    }

    /// Ends the file and gives the writer back, flushed, so that the caller can make it durable.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn finish(self) -> Result<W, Fault> {
        self.csv.into_inner().map_err(|error| Fault::from_source("return file cannot be written", error.into_error()))
    }

    fn row(&mut self, identifier: &str, answer: &Answer<'_>) -> Result<(), csv::Error> {
        self.csv.write_field(identifier)?;
        match answer.matched {
            Some(person) => self.person(person)?,
            None => (0..15).try_for_each(|_| self.csv.write_field(""))?,
        }
        self.csv.write_field(answer.dbs_code.to_string())?;
        self.csv.write_field(words(answer.outcome))?;
        self.csv.write_field(answer.step.as_str().replace('_', " "))?;
        self.csv.write_record(None::<&[u8]>)
    }

    fn person(&mut self, person: Person<'_>) -> Result<(), csv::Error> {
        self.csv.write_field(person.nhs_number().as_str())?;
        self.csv.write_field(day(person.date_of_birth()))?;
        self.csv.write_field("")?;
        self.csv.write_field(day(person.date_of_death()))?;
        self.csv.write_field(person.family_name())?;
        self.csv.write_field(person.given_name())?;
        self.csv.write_field(person.other_given_names())?;
        self.csv.write_field(person.gender().code())?;
        person.address().iter().try_for_each(|line| self.csv.write_field(line))?;
        self.csv.write_field(person.postcode())?;
        self.csv.write_field(person.gp_practice())
    }
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

fn day(date: Option<PartialDate>) -> String {
    let Some(date) = date else { return String::new() };
    match (date.month(), date.day()) {
        (Some(month), Some(day)) => format!("{day:02}/{month:02}/{:04}", date.year()),
        (Some(month), None) => format!("{month:02}/{:04}", date.year()),
        _ => format!("{:04}", date.year()),
    }
}
