//! Whole files: reader, header, check, load.

use std::io::Read;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use fairway_check::{CheckOptions, CheckSummary, Encoding, Finding, FindingSink, Records, Verdict, check};
use fairway_domain::Fault;
use fairway_spec::{Condition, Dialect, FieldKind, Spec};

/// Rules about how a file is written. Where none of them speaks, the file is plain CSV, and every reader of CSV agrees.
const WRITING: [&str; 9] = [
    "quote-not-closed",
    "quote-stray",
    "nul-byte",
    "character-control",
    "character-unreadable",
    "encoding-mixed",
    "line-too-long",
    "gzip-damaged",
    "file-not-csv",
];

/// Longest header that a specification made here has, in bytes.
const LONGEST_NAME: usize = 200;

static HANDMADE: LazyLock<Option<Arc<Spec>>> =
    LazyLock::new(|| Spec::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpora/handmade/spec")).ok());
static RELEASE_2: LazyLock<Option<Arc<Spec>>> = LazyLock::new(|| Spec::builtin(&"asc-cld/r2".parse().ok()?).ok());

/// Any file, against a small specification of every kind of field.
pub fn reader(bytes: &[u8]) {
    let spec = HANDMADE.as_deref();
    assert!(spec.is_some(), "the specification of the hand-made files does not load");
    spec.into_iter().for_each(|spec| judge_with(bytes, spec));
}

/// Any first lines, against the fifty headers of Release 2: bytes alone, and bytes put over a right header.
pub fn header(bytes: &[u8]) {
    let Some(spec) = RELEASE_2.as_deref() else { return };
    judge_with(bytes, spec);
    let names: Vec<&str> = spec.fields.iter().map(|field| field.header.as_str()).collect();
    let mut changed = names.join(",").into_bytes();
    if let [at, length, over @ ..] = bytes {
        let at = usize::from(*at) * changed.len() / 256;
        let end = (at + usize::from(*length)).min(changed.len());
        changed.splice(at..end, over.iter().copied());
    }
    changed.extend_from_slice(b"\n1,2,3\n");
    judge_with(&changed, spec);
}

/// Any table, against a specification made from its own header: whatever its columns are, its records are read.
pub fn table(bytes: &[u8]) {
    generic(bytes).iter().for_each(|spec| judge_with(bytes, spec));
}

/// One thread: the fuzzer tries more in a second, and a panic names its place.
fn options() -> CheckOptions {
    CheckOptions { threads: 1, ..CheckOptions::new(jiff::civil::date(2026, 5, 1)) }
}

/// A specification of texts with the file's own header; `None` where it has none, or a name that nobody would give.
pub fn generic(bytes: &[u8]) -> Option<Spec> {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(1 << 16)]);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let names = reader.records().next()?.ok()?;
    if names.iter().any(|name| name.len() > LONGEST_NAME) {
        return None;
    }
    let mut spec = Spec::clone(HANDMADE.as_deref()?);
    let plain = spec.fields.iter().find(|field| field.header == "event_start")?.clone();
    spec.rules.clear();
    spec.fields.clear();
    for (at, name) in names.iter().take(500).enumerate() {
        let mut field = plain.clone();
        field.header = name.trim_start_matches('\u{feff}').to_owned();
        field.column = format!("column_{at}");
        (field.kind, field.role, field.mandatory) = (FieldKind::Text, None, Condition::Never);
        if spec.fields.iter().all(|known| known.header != field.header) {
            spec.fields.push(field);
        }
    }
    Some(spec)
}

/// Checks bytes, and checks the check.
///
/// # Panics
/// When figures do not add up, when the same bytes arriving in small pieces are judged otherwise, when a load would leave
/// out other records than the check said, or when plain CSV is read otherwise than other readers read it.
pub fn judge_with(bytes: &[u8], spec: &Spec) {
    let (summary, found) = checked(bytes, spec, &options());
    let counted: u64 = summary.tallies.iter().map(|tally| tally.count).sum();
    assert_eq!(counted, found.len() as u64, "findings are counted otherwise than they are told");
    assert!(summary.records_rejected <= summary.records, "more records left out than read");
    for line in &found {
        assert!(line.record.is_none_or(|record| record <= summary.records), "a finding beyond the last record");
        assert!(line.byte.is_none_or(|byte| byte <= summary.text_bytes + 3), "a finding beyond the last byte");
    }
    // Of a damaged gzip file, how much can be read before the damage shows depends on how it arrives.
    let damaged = found.iter().any(|line| line.rule == "gzip-damaged");
    if bytes.len() < 2048 && !damaged {
        let options = CheckOptions { threads: 2, block_bytes: 61, ..options() };
        let (again, told) = checked(Trickle(bytes, 7), spec, &options);
        assert_eq!(found, told, "in small pieces, other findings");
        assert_eq!(told_of(&summary), told_of(&again), "in small pieces, another summary");
    }
    let cells = loaded(bytes, spec, &summary);
    let plain = !summary.gzip
        && !summary.verdict.is_refused()
        && spec.dialect == Dialect::default()
        && matches!(summary.encoding, Encoding::Ascii | Encoding::Utf8 | Encoding::Utf8Mark)
        && !found.iter().any(|line| WRITING.contains(&line.rule.as_str()) || line.rule.starts_with("header-"));
    if let (true, Some(cells)) = (plain, cells) {
        compare_readers(bytes, spec, &cells);
    }
}

/// A summary in words. How far a file was read that is given up on depends on how it arrives.
fn told_of(summary: &CheckSummary) -> String {
    let bytes = if summary.verdict == Verdict::StoppedEarly { 0 } else { summary.bytes };
    format!("{:?}", CheckSummary { bytes, ..summary.clone() })
}

#[derive(Debug, PartialEq, Eq)]
struct Line {
    rule: String,
    record: Option<u64>,
    line: Option<u64>,
    byte: Option<u64>,
    message: String,
}

#[derive(Default)]
struct Lines(Vec<Line>);

impl FindingSink for Lines {
    fn take(&mut self, finding: &Finding<'_>) -> Result<(), Fault> {
        let place = finding.place;
        self.0.push(Line {
            rule: finding.rule.to_owned(),
            record: place.record,
            line: place.line,
            byte: place.byte,
            message: finding.message.to_string(),
        });
        Ok(())
    }
}

fn checked(input: impl Read, spec: &Spec, options: &CheckOptions) -> (CheckSummary, Vec<Line>) {
    let mut lines = Lines::default();
    match check(input, spec, options, &mut lines, &mut |_| {}) {
        Ok(summary) => (summary, lines.0),
        Err(fault) => unreachable!("bad data is no fault: {fault}"),
    }
}

/// Hands out its bytes a few at a time.
struct Trickle<'b>(&'b [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let length = self.1.min(self.0.len()).min(into.len());
        into[..length].copy_from_slice(&self.0[..length]);
        self.0 = &self.0[length..];
        Ok(length)
    }
}

/// The cells of every record that a load reads, or nothing where the file is refused.
fn loaded(bytes: &[u8], spec: &Spec, summary: &CheckSummary) -> Option<Vec<Vec<String>>> {
    let Ok(mut records) = Records::open(bytes, spec, &options()) else {
        assert!(summary.verdict.is_refused(), "the check passes a file that a load refuses");
        return None;
    };
    let (mut cells, mut rejected) = (Vec::new(), 0);
    while let Ok(Some(record)) = records.next() {
        rejected += u64::from(record.rejected());
        cells.push((0..spec.fields.len()).map(|field| record.raw(field).to_owned()).collect());
    }
    if !summary.verdict.is_refused() {
        let counted = (cells.len() as u64, rejected);
        assert_eq!(counted, (summary.records, summary.records_rejected), "a load reads other records than the check");
    }
    Some(cells)
}

/// The csv crate and csv-core, driven apart from it, read the same cells.
fn compare_readers(bytes: &[u8], spec: &Spec, ours: &[Vec<String>]) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let theirs: Vec<Vec<Vec<u8>>> =
        reader.byte_records().flatten().map(|row| row.iter().map(<[u8]>::to_vec).collect()).collect();
    assert_eq!(theirs, by_csv_core(bytes), "other readers differ among themselves");
    let width = theirs.first().map_or(0, Vec::len);
    if width != spec.fields.len() {
        return;
    }
    let header: Vec<String> = spec.fields.iter().map(|field| field.header.trim().to_owned()).collect();
    // A record that is left out as a whole (blank, ragged, the header once more) has no cells here.
    let counts = |row: &Vec<String>| row.len() == width && row.iter().any(|cell| !cell.is_empty()) && *row != header;
    let theirs =
        theirs.iter().skip(1).map(|row| row.iter().map(|cell| trimmed(&String::from_utf8_lossy(cell))).collect());
    let theirs: Vec<Vec<String>> = theirs.filter(counts).collect();
    let ours = ours.iter().map(|row| row.iter().map(|cell| trimmed(cell)).collect());
    let ours: Vec<Vec<String>> = ours.filter(counts).collect();
    assert_eq!(ours.len(), theirs.len(), "other readers count other records");
    for (our, their) in ours.iter().zip(&theirs) {
        assert_eq!(our, their, "other readers read other cells");
    }
}

fn trimmed(cell: &str) -> String {
    cell.trim().to_owned()
}

fn by_csv_core(mut bytes: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let mut core = csv_core::Reader::new();
    let (mut records, mut row, mut cell) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        let mut out = [0; 64];
        let (result, read, written) = core.read_field(bytes, &mut out);
        bytes = &bytes[read..];
        cell.extend_from_slice(&out[..written]);
        match result {
            csv_core::ReadFieldResult::Field { record_end } => {
                row.push(std::mem::take(&mut cell));
                if record_end {
                    records.push(std::mem::take(&mut row));
                }
            }
            csv_core::ReadFieldResult::End => return records,
            csv_core::ReadFieldResult::InputEmpty | csv_core::ReadFieldResult::OutputFull => {}
        }
    }
}
