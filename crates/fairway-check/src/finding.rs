use std::borrow::Cow;
use std::num::NonZeroUsize;

use fairway_domain::{Fault, OrganisationCode};
use fairway_spec::Severity;
use jiff::civil::Date;

use crate::{Encoding, Follow};

/// What a check needs to know besides the file and its specification.
#[derive(Debug, Clone)]
pub struct CheckOptions {
    /// Who sends the file; `None` where that is not known, and then any one organisation's code passes.
    pub sender: Option<OrganisationCode>,
    /// The day of the check: nothing that has happened lies after it.
    pub today: Date,
    /// Whether findings repeat the value they speak of. Reports then hold personal data.
    pub show_values: bool,
    /// Whether events are followed from one submission of a sender to the next. The summary then holds an imprint.
    pub follow: Option<Follow>,
    /// How many threads judge, the caller's among them. One starts none. Findings do not depend on it.
    pub threads: usize,
    /// How many bytes are judged at a time. Findings do not depend on it.
    pub block_bytes: usize,
    /// How many bytes of memory rules across records may take for what they know of earlier records; the rest goes to
    /// temporary files, enciphered. Findings do not depend on it. WebAssembly, which has no files, takes what it needs.
    pub key_bytes: usize,
}

impl CheckOptions {
    /// Options for an unknown sender, values kept out of the findings, and as many threads as the machine runs at once.
    pub fn new(today: Date) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self {
            sender: None,
            today,
            show_values: false,
            follow: None,
            threads,
            block_bytes: 1 << 18,
            key_bytes: 96 << 20,
        }
    }
}

/// Whether a field has to be filled in a record (first axis of the Department's data-quality results, `cond_`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FieldStatus {
    /// It must be filled.
    Mandatory,
    /// It may be filled.
    Applicable,
    /// It means nothing here.
    NotApplicable,
    /// A field that this depends on is blank or unreadable.
    Undetermined,
}

impl FieldStatus {
    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mandatory => "mandatory",
            Self::Applicable => "applicable",
            Self::NotApplicable => "not_applicable",
            Self::Undetermined => "undetermined",
        }
    }
}

/// What is to be said of a field's value (second axis of the Department's data-quality results, `chk_`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Validity {
    /// Filled as the specification asks.
    Valid,
    /// Blank where that is allowed.
    BlankAllowed,
    /// Blank where it must be filled.
    BlankMandatory,
    /// Filled with something that does not pass.
    Invalid,
    /// Filled with a value of the release before.
    Release1,
}

impl Validity {
    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::BlankAllowed => "blank_allowed",
            Self::BlankMandatory => "blank_mandatory",
            Self::Invalid => "invalid",
            Self::Release1 => "release_1",
        }
    }
}

/// Where in the file something lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Data record, counted from 1; the header is not one.
    pub record: Option<u64>,
    /// Physical line, counted from 1; the header is usually line 1.
    pub line: Option<u64>,
    /// Byte, counted from 0: in the uncompressed text, and for UTF-16 in the same text written as UTF-8.
    pub byte: Option<u64>,
}

/// One thing that a check says, lent to a [`FindingSink`].
#[derive(Debug)]
pub struct Finding<'a> {
    /// Where it lies.
    pub place: Place,
    /// Findings of one check with the same number are the same in all but place and value. `None`: worded for itself.
    pub kind: Option<u32>,
    /// The header as the specification spells it; empty for a whole record or file.
    pub column: &'a str,
    /// The column as a spreadsheet letters it in this file; empty for a whole record or file.
    pub letter: &'a str,
    /// The rule's id.
    pub rule: &'a str,
    /// What the rule does.
    pub severity: Severity,
    /// First axis; `None` where the finding is not about a field's value.
    pub status: Option<FieldStatus>,
    /// Second axis; `None` where the finding is not about a field's value.
    pub validity: Option<Validity>,
    /// What is wrong, for the council's analyst.
    pub message: Cow<'a, str>,
    /// What to do about it.
    pub hint: Cow<'a, str>,
    /// The value as sent, only where [`CheckOptions::show_values`] asks for it.
    pub value: Option<&'a str>,
}

/// Takes findings one by one, in the order of the file. Nothing is collected: a file with a fault in every record
/// costs no more memory than a clean one.
pub trait FindingSink {
    /// Takes one finding.
    ///
    /// # Errors
    /// When it cannot be written; the check ends there.
    fn take(&mut self, finding: &Finding<'_>) -> Result<(), Fault>;

    /// Whether the header and each record are wanted as they lie in the file. Asked once, before the first finding.
    fn wants_records(&self) -> bool {
        false
    }

    /// Takes the header, after the findings about it.
    ///
    /// # Errors
    /// As [`FindingSink::take`].
    fn header(&mut self, header: &RawRecord<'_>) -> Result<(), Fault> {
        let _ = header;
        Ok(())
    }

    /// Takes a record, after the findings about it.
    ///
    /// # Errors
    /// As [`FindingSink::take`].
    fn record(&mut self, record: &RawRecord<'_>) -> Result<(), Fault> {
        let _ = record;
        Ok(())
    }
}

/// A record as it lies in the file. It holds personal data; `Debug` shows none.
pub struct RawRecord<'r> {
    /// Number of the data record, counted from 1; 0 for the header.
    pub number: u64,
    /// Its bytes without the line end, in the file's own encoding (UTF-16 turned to UTF-8).
    pub bytes: &'r [u8],
    /// What stands between its cells.
    pub delimiter: u8,
    /// How the file is written, as far as it was read.
    pub encoding: Encoding,
    /// It is not written as RFC 4180 asks, or has not as many cells as the header.
    pub flawed: bool,
    /// A load leaves it out.
    pub rejected: bool,
}

impl<'r> RawRecord<'r> {
    /// The cells in the file's own encoding, quotes taken off; for a flawed record, as the check read them.
    pub fn cells(&self) -> Vec<Cow<'r, [u8]>> {
        crate::read::cells_of(self.bytes, self.delimiter)
    }
}

impl std::fmt::Debug for RawRecord<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[record {}]", self.number)
    }
}

/// Takes findings and keeps none: for a check whose summary alone is wanted.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoFindings;

impl FindingSink for NoFindings {
    fn take(&mut self, _: &Finding<'_>) -> Result<(), Fault> {
        Ok(())
    }
}

/// Hands each finding to several sinks in turn.
impl FindingSink for Vec<Box<dyn FindingSink + '_>> {
    fn take(&mut self, finding: &Finding<'_>) -> Result<(), Fault> {
        self.iter_mut().try_for_each(|sink| sink.take(finding))
    }

    fn wants_records(&self) -> bool {
        self.iter().any(|sink| sink.wants_records())
    }

    fn header(&mut self, header: &RawRecord<'_>) -> Result<(), Fault> {
        self.iter_mut().filter(|sink| sink.wants_records()).try_for_each(|sink| sink.header(header))
    }

    fn record(&mut self, record: &RawRecord<'_>) -> Result<(), Fault> {
        self.iter_mut().filter(|sink| sink.wants_records()).try_for_each(|sink| sink.record(record))
    }
}

/// How a check ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Nothing to confirm.
    Clean,
    /// Accepted once the sender has confirmed errors, warnings or records left out.
    Confirm,
    /// Refused; the whole file was read.
    Rejected,
    /// Refused, and not read to its end: there may be more to find.
    StoppedEarly,
}

impl Verdict {
    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Confirm => "confirm",
            Self::Rejected => "rejected",
            Self::StoppedEarly => "stopped_early",
        }
    }

    /// The command line's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Confirm => 11,
            Self::Rejected => 10,
            Self::StoppedEarly => 13,
        }
    }

    /// Whether the file is refused.
    pub fn is_refused(self) -> bool {
        matches!(self, Self::Rejected | Self::StoppedEarly)
    }
}
