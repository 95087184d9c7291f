use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use fairway_synth::{Reference, SynthOptions, SynthReport, generate_with};
use jiff::civil::{Date, date};
use tempfile::TempDir;

pub const SEED: u64 = 20_210_730;

pub static REFERENCE: LazyLock<Reference> = LazyLock::new(|| Reference::load(&reference_dir()).unwrap());

pub fn reference_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reference")
}

pub fn options(people: u64, release: &str) -> SynthOptions {
    let mut options = SynthOptions::new(people, "313".parse().unwrap(), release.parse().unwrap(), date(2026, 9, 30));
    options.seed = SEED;
    options.reference = reference_dir();
    options
}

/// What a run wrote, in a folder of its own.
pub struct Output {
    pub report: SynthReport,
    dir: TempDir,
}

impl Output {
    pub fn of(mut options: SynthOptions) -> Self {
        let dir = tempfile::tempdir().unwrap();
        options.out = dir.path().to_owned();
        let report = generate_with(&REFERENCE, &options, &mut |_| {}).unwrap();
        Self { report, dir }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    pub fn records(&self, name: &str) -> Vec<Record> {
        let mut reader = csv::Reader::from_path(self.path(name)).unwrap();
        let headers = reader.headers().unwrap().clone();
        let named = |record: csv::StringRecord| {
            headers.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect()
        };
        reader.records().map(|record| Record(named(record.unwrap()))).collect()
    }
}

/// One record by header.
pub struct Record(HashMap<String, String>);

impl Record {
    pub fn get(&self, header: &str) -> &str {
        self.0.get(header).unwrap_or_else(|| panic!("no column {header}"))
    }

    pub fn blank(&self, header: &str) -> bool {
        self.get(header).is_empty()
    }

    pub fn is(&self, header: &str, value: &str) -> bool {
        self.get(header) == value
    }

    /// The day in a `dd/mm/yyyy` cell; `None` where it is blank.
    pub fn day(&self, header: &str) -> Option<Date> {
        let text = self.get(header);
        (!text.is_empty()).then(|| Date::strptime("%d/%m/%Y", text).unwrap())
    }

    pub fn number(&self, header: &str) -> Option<f64> {
        let text = self.get(header);
        (!text.is_empty()).then(|| text.parse().unwrap())
    }
}

pub const FILES: [&str; 8] = [
    "submission.csv",
    "register.csv",
    "history.csv",
    "superseded.csv",
    "admitted_care.csv",
    "emergency_care.csv",
    "truth.csv",
    "defects.csv",
];
