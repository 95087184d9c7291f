use std::io;
use std::path::{Path, PathBuf};

use fairway_domain::{OrganisationCode, SpecName};
use jiff::civil::Date;

use crate::number::PERSONS_IN_RANGE;

/// What to make up.
#[derive(Debug, Clone)]
pub struct SynthOptions {
    /// How many clients the submission is about. The register holds as many others again.
    pub people: u64,
    /// The council's code, as in `organisations/cassr_2021_22.csv`.
    pub organisation: OrganisationCode,
    /// `asc-cld/r1` or `asc-cld/r2`.
    pub release: SpecName,
    /// Last day of the reporting period, which is the twelve months up to it. The last day of a month.
    pub period_end: Date,
    /// The same seed and options give the same bytes.
    pub seed: u64,
    /// Share of records with one spoiled cell, 0 to 1.
    pub defects: f64,
    /// Share of people whose NHS number the council does not know, or has wrong, 0 to 1.
    pub unknown_nhs_numbers: f64,
    /// Share of people whose details differ from the register's as people's do, 0 to 1.
    pub register_noise: f64,
    /// Where this council's people begin among the [`PERSONS_IN_RANGE`] that the 999 range has numbers for; a run takes
    /// [`persons_needed`] places from there. `None`: the council's own stretch where the people fit in it (an equal
    /// part for every council, so that councils never share a number), else 0, said in the report's notes.
    pub first_person: Option<u64>,
    /// People who are in another council's file as well.
    pub shared: Option<SharedPeople>,
    /// The folder with `names/`, `postcodes/`, `organisations/` and `practices/`.
    pub reference: PathBuf,
    /// The folder to write to; it is made where it is not there.
    pub out: PathBuf,
}

impl SynthOptions {
    /// A clean file: no defects, every number known, nothing shared.
    pub fn new(people: u64, organisation: OrganisationCode, release: SpecName, period_end: Date) -> Self {
        Self {
            people,
            organisation,
            release,
            period_end,
            seed: 1,
            defects: 0.0,
            unknown_nhs_numbers: 0.0,
            register_noise: 0.0,
            first_person: None,
            shared: None,
            reference: PathBuf::from("reference"),
            out: PathBuf::from("."),
        }
    }
}

/// The first clients of another council's run with the same seed and period end, who are clients here too: same NHS
/// number, name, birth date and address. Their rows in the register are the same in both runs.
#[derive(Debug, Clone)]
pub struct SharedPeople {
    /// Share of this council's people, 0 to 1.
    pub share: f64,
    /// The other council.
    pub organisation: OrganisationCode,
    /// How many people the other run has.
    pub people: u64,
    /// The other run's first person (see [`SynthReport::first_person`]).
    pub first_person: u64,
}

/// How many places among [`PERSONS_IN_RANGE`] a run takes: each client and one other person.
pub fn persons_needed(people: u64) -> u64 {
    people.saturating_mul(2)
}

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Clients written.
    pub people: u64,
    /// Clients asked for.
    pub of: u64,
    /// Records of the submission written.
    pub records: u64,
}

/// What a run wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SynthReport {
    /// Clients.
    pub people: u64,
    /// Records of the submission.
    pub records: u64,
    /// Requests, assessments, services, reviews, and rows of carers known by association.
    pub events: [u64; 5],
    /// Rows of the register.
    pub register: u64,
    /// Rows of the register's history.
    pub history: u64,
    /// Superseded NHS numbers.
    pub superseded: u64,
    /// Admissions and attendances.
    pub health: u64,
    /// Spoiled records.
    pub defects: u64,
    /// People with at least one flag in the truth.
    pub flagged: u64,
    /// First day of the reporting period.
    pub period_start: Date,
    /// Last day of the reporting period.
    pub period_end: Date,
    /// The first person's place in the 999 range.
    pub first_person: u64,
    /// The first place that is free for another council.
    pub next_person: u64,
    /// What the reader should know: where postcodes come from, which numbers are used.
    pub notes: Vec<String>,
}

/// Why nothing was made up, or not to the end.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// The council is not in the list of councils.
    #[error("{0} is not the code of a council in organisations/cassr_2021_22.csv")]
    Council(OrganisationCode),
    /// No story is written for this specification.
    #[error("{0} is not a specification that people are made up for: use asc-cld/r1 or asc-cld/r2")]
    Release(String),
    /// The specification could not be read.
    #[error("the specification cannot be read")]
    Spec(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The specification no longer has a header or value that the stories use.
    #[error("the stories use the field {field:?} with the value {value:?}, which the specification does not have")]
    Template {
        /// The header.
        field: &'static str,
        /// The value; empty where the header itself is not there.
        value: &'static str,
    },
    /// The period does not end with a month.
    #[error("a reporting period ends on the last day of a month, and {0} is not one")]
    PeriodEnd(Date),
    /// A share is not between 0 and 1.
    #[error("{name} is a share from 0 to 1, and {value} is not")]
    Share {
        /// Which option.
        name: &'static str,
        /// What was given.
        value: f64,
    },
    /// No people asked for.
    #[error("a submission needs at least one person")]
    Nobody,
    /// The test range has no more NHS numbers.
    #[error(
        "the 999 range has NHS numbers for {PERSONS_IN_RANGE} people; {needed} from place {first} on go beyond its end"
    )]
    Exhausted {
        /// First place.
        first: u64,
        /// Places needed.
        needed: u64,
    },
    /// More people are to be shared than the other council has, or than lie apart from this council's own.
    #[error("{wanted} people cannot be shared: {reason}")]
    Shared {
        /// How many were to be shared.
        wanted: u64,
        /// Why not.
        reason: &'static str,
    },
    /// A reference file is missing or damaged.
    #[error("reference file {path} cannot be used: {what}")]
    Reference {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A file could not be read or written.
    #[error("{path} cannot be read or written")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file is not CSV.
    #[error("{path} is not a CSV file that can be spoiled: {what}")]
    NotCsv {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
}

impl SynthError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.to_owned(), source }
    }

    pub(crate) fn csv(path: &Path) -> impl FnOnce(csv::Error) -> Self + '_ {
        move |error| {
            let what = error.to_string();
            match error.into_kind() {
                csv::ErrorKind::Io(source) => Self::Io { path: path.to_owned(), source },
                _ => Self::NotCsv { path: path.to_owned(), what },
            }
        }
    }
}
