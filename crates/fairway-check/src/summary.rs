use std::sync::Arc;

use fairway_domain::SpecName;
use fairway_spec::{Severity, Stage};
use jiff::civil::Date;

use crate::{Comparison, Encoding, Imprint, Place, QualityRow, Verdict};

/// What a check came to: figures and tallies, no value of any cell but the organisation's code and the period.
#[derive(Debug, Clone)]
pub struct CheckSummary {
    /// The specification checked against.
    pub spec: SpecName,
    /// The dataset's title.
    pub title: String,
    /// How it ended.
    pub verdict: Verdict,
    /// How the text is written.
    pub encoding: Encoding,
    /// Whether the file was compressed.
    pub gzip: bool,
    /// Bytes of the file as sent that were read. A check that stopped early may have read ahead.
    pub bytes: u64,
    /// Bytes of the text (as UTF-8 where it was UTF-16), after decompression.
    pub text_bytes: u64,
    /// Data records read.
    pub records: u64,
    /// Records that a load leaves out. Those to load are `records - records_rejected`.
    pub records_rejected: u64,
    /// One entry for each rule and column that something was said about, worst first.
    pub tallies: Vec<Tally>,
    /// How often each field had which status, validity and value: by organisation, then in the specification's order.
    pub quality: Vec<QualityRow>,
    /// The organisation's code that the first readable record bears.
    pub organisation: Option<String>,
    /// First day of the reporting period that the first readable record bears.
    pub period_start: Option<Date>,
    /// Last day of the reporting period that the first readable record bears.
    pub period_end: Option<Date>,
    /// Figures of the file's events, where the specification has rules about them and the file was read to its end.
    pub dataset: Option<DatasetFigures>,
    /// What to hold the next submission against, where [`CheckOptions::follow`](crate::CheckOptions::follow) asks for it and
    /// the file was read to its end.
    pub imprint: Option<Arc<Imprint>>,
}

/// What the events of a file come to: counts alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DatasetFigures {
    /// First and last day of the reporting period that the events show, whatever the file states; `None` where there are too
    /// few of them, or the specification does not say how to tell.
    pub derived_period: Option<(Date, Date)>,
    /// Events by kind, in the order of the code list.
    pub kinds: Vec<KindFigures>,
    /// How the earlier submission was used; `None` where there is none.
    pub earlier: Option<Comparison>,
}

/// The events of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KindFigures {
    /// The kind as the code list spells it; empty where the specification has no kinds.
    pub kind: String,
    /// How many there are, open ones included.
    pub events: u64,
    /// How many ended in each month, by the month's first day, in order.
    pub ended: Vec<(Date, u64)>,
}

impl CheckSummary {
    /// How many findings of a severity there are.
    pub fn count(&self, severity: Severity) -> u64 {
        self.tallies.iter().filter(|tally| tally.severity == severity).map(|tally| tally.count).sum()
    }

    /// How many findings a rule has, over all columns.
    pub fn count_of(&self, rule: &str) -> u64 {
        self.tallies.iter().filter(|tally| tally.rule == rule).map(|tally| tally.count).sum()
    }
}

/// How often a rule was broken in a column, and where first.
#[derive(Debug, Clone)]
pub struct Tally {
    /// The rule's id.
    pub rule: String,
    /// What the rule does.
    pub severity: Severity,
    /// When it is looked at.
    pub stage: Stage,
    /// The header as the specification spells it; empty for whole records or the file.
    pub column: String,
    /// The column's letter in this file.
    pub letter: String,
    /// The message of the first finding.
    pub message: String,
    /// The hint of the first finding.
    pub hint: String,
    /// Why the rule matters; empty where the specification does not say.
    pub why: String,
    /// How many findings.
    pub count: u64,
    /// The first places, at most [`Tally::PLACES`].
    pub first: Vec<Place>,
}

impl Tally {
    /// How many places a tally remembers.
    pub const PLACES: usize = 5;

    /// Counts one more.
    pub(crate) fn add(&mut self, place: Place) {
        self.count += 1;
        if self.first.len() < Self::PLACES {
            self.first.push(place);
        }
    }
}
