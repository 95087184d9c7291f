//! What the tests share: the example file of Release 2, changed a little, checked, its findings kept.

use std::path::Path;
use std::sync::Arc;

use fairway_check::{CheckOptions, CheckSummary, Finding, FindingSink, check};
use fairway_domain::Fault;
use fairway_spec::Spec;
use jiff::civil::date;

/// One finding, kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub record: Option<u64>,
    pub line: Option<u64>,
    pub byte: Option<u64>,
    pub column: String,
    pub letter: String,
    pub rule: String,
    pub severity: String,
    pub status: String,
    pub validity: String,
    pub message: String,
    pub hint: String,
    pub value: Option<String>,
}

#[derive(Default)]
pub struct Kept(pub Vec<Seen>);

impl FindingSink for Kept {
    fn take(&mut self, finding: &Finding<'_>) -> Result<(), Fault> {
        self.0.push(Seen {
            record: finding.place.record,
            line: finding.place.line,
            byte: finding.place.byte,
            column: finding.column.to_owned(),
            letter: finding.letter.to_owned(),
            rule: finding.rule.to_owned(),
            severity: finding.severity.as_str().to_owned(),
            status: finding.status.map_or("", |s| s.as_str()).to_owned(),
            validity: finding.validity.map_or("", |v| v.as_str()).to_owned(),
            message: finding.message.to_string(),
            hint: finding.hint.to_string(),
            value: finding.value.map(str::to_owned),
        });
        Ok(())
    }
}

pub fn spec(name: &str) -> Arc<Spec> {
    Spec::builtin(&name.parse().unwrap()).unwrap()
}

pub fn options() -> CheckOptions {
    CheckOptions::new(date(2026, 5, 1))
}

/// A file of a release: a header and nine records that break no rule.
pub fn example(release: &str) -> Sheet {
    Sheet::open(&format!("tests/data/{release}.csv"))
}

/// A file as rows of cells, the header first.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// Reads a file, named from this crate's folder.
    pub fn open(path: &str) -> Self {
        Self::read(&std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap())
    }

    pub fn read(bytes: &[u8]) -> Self {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
        Self { rows: reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect() }
    }

    /// The same with a cell of a record (counted from 1) changed.
    pub fn with(mut self, record: usize, header: &str, value: &str) -> Self {
        let column = self.column(header);
        self.rows[record][column] = value.to_owned();
        self
    }

    /// The same with a column of every record changed.
    pub fn with_all(mut self, header: &str, value: &str) -> Self {
        let column = self.column(header);
        self.rows.iter_mut().skip(1).for_each(|row| row[column] = value.to_owned());
        self
    }

    pub fn column(&self, header: &str) -> usize {
        self.rows[0].iter().position(|name| name == header).unwrap_or_else(|| panic!("no column {header}"))
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        self.rows.iter().for_each(|row| writer.write_record(row).unwrap());
        writer.into_inner().unwrap()
    }
}

pub fn run_with(bytes: &[u8], spec: &Spec, options: &CheckOptions) -> (CheckSummary, Vec<Seen>) {
    let mut kept = Kept::default();
    let summary = check(bytes, spec, options, &mut kept, &mut |_| {}).unwrap();
    (summary, kept.0)
}

/// Checks bytes against Release 2.
pub fn run(bytes: &[u8]) -> (CheckSummary, Vec<Seen>) {
    run_with(bytes, &spec("asc-cld/r2"), &options())
}

/// The rules that speak about a file of Release 2, each once, in order of first appearance.
pub fn rules(bytes: &[u8]) -> Vec<String> {
    let mut rules: Vec<String> = Vec::new();
    for seen in run(bytes).1 {
        if !rules.contains(&seen.rule) {
            rules.push(seen.rule);
        }
    }
    rules
}

/// The one finding of a rule.
pub fn one<'s>(found: &'s [Seen], rule: &str) -> &'s Seen {
    let mut of_rule = found.iter().filter(|seen| seen.rule == rule);
    let first = of_rule.next().unwrap_or_else(|| panic!("no {rule} among {found:#?}"));
    assert_eq!(of_rule.next(), None, "more than one {rule}");
    first
}
