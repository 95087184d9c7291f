//! A file of requests in, a file of responses out, in the order of the requests.
//!
//! Both are CSV in UTF-8 with a header. A request has the columns `query_id, nhs_number, given_name, other_given_names,
//! family_name, gender, date_of_birth, address_line1, postcode, gp_practice`, in any order, any of them missing, and may have
//! further lines of an address (`address_line2` to `address_line5`); `date_of_death` may be there and says nothing. A response
//! has `query_id, outcome, code, nhs_number, score, margin, step`, and then `mpt_code, date_of_death`. A value that cannot be
//! read counts as none.

use std::io::{self, Read, Write};

use csv::ByteRecord;
use fairway_domain::NhsNumber;

use crate::score::train;
use crate::{Answer, Gender, IndexError, Parameters, PartialDate, Query, Register, Tracer, in_order};

/// The columns of a request.
const COLUMNS: [&str; 15] = [
    "query_id",
    "nhs_number",
    "given_name",
    "other_given_names",
    "family_name",
    "gender",
    "date_of_birth",
    "address_line1",
    "postcode",
    "gp_practice",
    "date_of_death",
    "address_line2",
    "address_line3",
    "address_line4",
    "address_line5",
];
const RESPONSE: &str = "query_id,outcome,code,nhs_number,score,margin,step,mpt_code,date_of_death\n";
/// Requests that a thread takes at a time.
const PORTION: usize = 2_048;

/// Why a file of requests is refused. Never says a value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// The register's index is damaged.
    #[error(transparent)]
    Register(#[from] IndexError),
    /// The disk gave an error.
    #[error("the requests cannot be read, or the responses not written")]
    Disk(#[from] io::Error),
    /// A column is no column of a request.
    #[error("column {position} from the left is none of a request")]
    UnknownColumn {
        /// Which, from 1.
        position: usize,
    },
    /// A column is there twice.
    #[error("the column {column} is there twice")]
    RepeatedColumn {
        /// Which.
        column: &'static str,
    },
    /// A record has more or fewer cells than the header, or cannot be read as CSV.
    #[error("record {record} does not have the cells that the header has")]
    Ragged {
        /// Which, from 1 below the header.
        record: u64,
    },
    /// A record is not UTF-8.
    #[error("record {record} is not UTF-8")]
    Encoding {
        /// Which.
        record: u64,
    },
}

/// How a batch ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BatchTally {
    /// Requests answered.
    pub requests: u64,
    /// Those for whom one person was found.
    pub found: u64,
}

impl BatchTally {
    fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.found += other.found;
    }
}

/// Requests read portion by portion.
pub struct Requests<R> {
    csv: csv::Reader<R>,
    places: [Option<usize>; COLUMNS.len()],
    read: u64,
}

impl<R: Read> Requests<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// When it is not that of a file of requests.
    pub fn new(from: R) -> Result<Self, BatchError> {
        let mut csv = csv::ReaderBuilder::new().buffer_capacity(1 << 18).from_reader(from);
        let header = csv.byte_headers().map_err(|error| csv_error(error, 0))?;
        let mut places = [None; COLUMNS.len()];
        for (position, name) in header.iter().enumerate() {
            let name = name.trim_ascii();
            let Some(column) = COLUMNS.iter().position(|column| column.as_bytes() == name) else {
                return Err(BatchError::UnknownColumn { position: position + 1 });
            };
            if places[column].replace(position).is_some() {
                return Err(BatchError::RepeatedColumn { column: COLUMNS[column] });
            }
        }
        Ok(Self { csv, places, read: 0 })
    }

    /// Looks for the first request with this reference, or with this number from 1 where the file has no references, and
    /// gives what `take` makes of it.
    ///
    /// # Errors
    /// When a record before it cannot be read.
    pub fn find<T>(mut self, id: &str, take: impl FnOnce(&Query<'_>) -> T) -> Result<Option<T>, BatchError> {
        let mut record = ByteRecord::new();
        while self.csv.read_byte_record(&mut record).map_err(|error| csv_error(error, self.read + 1))? {
            self.read += 1;
            let cells = cells(&record, &self.places, self.read)?;
            let is_it = if self.places[0].is_some() { cells[0] == id } else { self.read.to_string() == id };
            if is_it {
                return Ok(Some(take(&query(&cells))));
            }
        }
        Ok(None)
    }

    /// The next records, none at the end; and the number of the first.
    fn portion(&mut self, into: &mut Vec<ByteRecord>) -> Result<u64, BatchError> {
        let first = self.read + 1;
        into.resize_with(PORTION, ByteRecord::new);
        let mut count = 0;
        for record in into.iter_mut() {
            if !self.csv.read_byte_record(record).map_err(|error| csv_error(error, self.read + 1))? {
                break;
            }
            self.read += 1;
            count += 1;
        }
        into.truncate(count);
        Ok(first)
    }
}

fn csv_error(error: csv::Error, record: u64) -> BatchError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => BatchError::Disk(error),
        _ => BatchError::Ragged { record },
    }
}

/// Learns [`Parameters`] from the first hundred thousand requests of a file, without knowing whom they are about.
/// `source` is what the parameters will say of where they come from.
///
/// # Errors
/// When a record cannot be read.
pub fn train_file<R: Read>(
    register: &Register,
    mut requests: Requests<R>,
    source: &str,
    threads: usize,
) -> Result<Parameters, BatchError> {
    let (mut records, mut portion) = (Vec::new(), Vec::new());
    while records.len() < MOST_TO_LEARN_FROM {
        let first = requests.portion(&mut portion)?;
        if portion.is_empty() {
            break;
        }
        for (number, record) in (first..).zip(portion.drain(..)) {
            records.push(
                csv::StringRecord::from_byte_record(record).map_err(|_| BatchError::Encoding { record: number })?,
            );
        }
    }
    let places = requests.places;
    let query = |at: usize| {
        let record = &records[at];
        query(&places.map(|place| place.and_then(|place| record.get(place)).unwrap_or_default().trim()))
    };
    let belief = Parameters { source: source.into(), ..Parameters::plain() };
    let learnt = train(register, &query, records.len(), &belief, threads);
    Ok(register.unharmed().map(|()| learnt)?)
}

/// Requests that training reads at most, to the next portion.
const MOST_TO_LEARN_FROM: usize = 100_000;

/// Answers every request, on this many threads. The same bytes are written whatever their number.
///
/// # Errors
/// When a record cannot be read or the responses cannot be written; what was written by then is not to be used.
pub fn trace_file<R: Read + Send>(
    tracer: &Tracer<'_>,
    requests: Requests<R>,
    to: &mut (dyn Write + Send),
    threads: usize,
) -> Result<BatchTally, BatchError> {
    to.write_all(RESPONSE.as_bytes())?;
    let (places, mut requests) = (requests.places, requests);
    let mut tally = BatchTally::default();
    let next = || {
        let mut records = Vec::new();
        let first = requests.portion(&mut records)?;
        Ok((!records.is_empty()).then_some((first, records)))
    };
    let work = |(first, records): (u64, Vec<ByteRecord>)| respond(tracer, &records, first, &places);
    in_order(threads, next, work, |(bytes, part)| {
        tally.add(part);
        Ok(to.write_all(&bytes)?)
    })?;
    Ok(tally)
}

fn respond(
    tracer: &Tracer<'_>,
    records: &[ByteRecord],
    first: u64,
    places: &[Option<usize>; COLUMNS.len()],
) -> Result<(Vec<u8>, BatchTally), BatchError> {
    let mut csv = csv::Writer::from_writer(Vec::with_capacity(records.len() * 80));
    let mut tally = BatchTally::default();
    for (number, record) in (first..).zip(records) {
        let cells = cells(record, places, number)?;
        let answer = tracer.trace(&query(&cells))?;
        tally.add(BatchTally { requests: 1, found: answer.outcome.is_found().into() });
        let id = if places[0].is_some() { cells[0].to_owned() } else { number.to_string() };
        write(&mut csv, &id, &answer).map_err(|error| csv_error(error, number))?;
    }
    Ok((csv.into_inner().map_err(|error| BatchError::Disk(error.into_error()))?, tally))
}

fn cells<'a>(
    record: &'a ByteRecord,
    places: &[Option<usize>; COLUMNS.len()],
    number: u64,
) -> Result<[&'a str; COLUMNS.len()], BatchError> {
    let mut cells = [""; COLUMNS.len()];
    for (cell, place) in cells.iter_mut().zip(places) {
        let bytes = place.and_then(|place| record.get(place)).unwrap_or_default();
        *cell = std::str::from_utf8(bytes).map_err(|_| BatchError::Encoding { record: number })?.trim();
    }
    Ok(cells)
}

fn query<'a>(cells: &[&'a str; COLUMNS.len()]) -> Query<'a> {
    const NO_OTHER_WORDS: [(&str, Gender); 0] = [];
    Query {
        nhs_number: NhsNumber::parse(cells[1]).ok(),
        given_name: cells[2],
        other_given_names: cells[3],
        family_name: cells[4],
        gender: Gender::read(cells[5], &NO_OTHER_WORDS),
        date_of_birth: PartialDate::parse(cells[6]).ok(),
        born_as_written: cells[6],
        address_line1: cells[7],
        address_below: [cells[11], cells[12], cells[13], cells[14]],
        postcode: cells[8],
    }
}

fn write(csv: &mut csv::Writer<Vec<u8>>, id: &str, answer: &Answer<'_>) -> Result<(), csv::Error> {
    let number = answer.matched.map(|person| person.nhs_number());
    let died = answer.matched.and_then(|person| person.date_of_death()).map_or_else(String::new, |day| day.digits());
    csv.write_record([
        id,
        answer.outcome.as_str(),
        &answer.dbs_code.to_string(),
        number.as_ref().map_or("", NhsNumber::as_str),
        // Cut, not rounded: a probability below one never reads as one.
        &format!("{:.6}", (answer.score * 1e6).floor() / 1e6),
        &format!("{:.2}", answer.margin),
        answer.step.as_str(),
        &format!("{:02}", answer.mpt_code),
        &died,
    ])
}
