//! Looks in the bytes for what must not be there, and plants one to show that it would be found.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;

use fairway_deid::scan::{Fit, Kind, Needles, Scanner};
use fairway_domain::{Fault, FaultExt};
use fairway_service::{DataDir, EXTRACT_CSV, ReleaseReport, verify_audit};

use jiff::civil::Date;

use super::Council;
use crate::exit::Stop;
use crate::output::{self, grouped};

/// Columns of the submission that name a person, with how their values are looked for.
const NAMING: [(&str, &str, Fit); 5] = [
    ("NHS Number", "NHS number", Fit::Token),
    ("LA Person Unique Identifier", "LA person identifier", Fit::Token),
    ("First Name", "first name", Fit::Cell),
    ("Last Name", "last name", Fit::Cell),
    ("Postcode", "postcode", Fit::Token),
];

/// Every identifier of every input, searched for in every extract.
pub fn identifiers(councils: &[Council], releases: &[ReleaseReport]) -> Result<(), Stop> {
    let needles = needles(councils)?;
    let count = needles.len() as u64;
    let births = births(councils)?;
    let days = births.len() as u64;
    let mut scanner = Scanner::new().with_needles(needles).with_birth_dates(births);
    // Events have days of their own, and one may be the day on which somebody was born.
    let columns = releases.iter().flat_map(|release| &release.manifest.columns);
    for column in columns.filter(|column| column.name.ends_with("_Date")) {
        scanner = scanner.allowing(column.name.as_str(), Kind::BirthDate);
    }
    for release in releases {
        let path = release.folder.join(EXTRACT_CSV);
        let report = scanner.csv(BufReader::new(File::open(&path).fault("extract cannot be read")?))?;
        if !report.is_clean() {
            return Err(Stop::Fault(Fault::new(format!("an identifier is in the extract: {:?}", report.tallies))));
        }
    }
    output::line(format!(
        "{} identifiers of the councils' files (NHS numbers, names, birth dates, postcodes, LA person ids): none is in {} extracts.",
        grouped(count + days),
        releases.len()
    ))?;
    planted(&scanner, councils, releases)
}

fn needles(councils: &[Council]) -> Result<Needles, Fault> {
    const WHAT: &str = "made-up file cannot be read";
    // A spoiled cell may hold a word of the code lists, such as Unknown; it names nobody and stands in every extract.
    let spec = fairway_spec::resolve("asc-cld/r2").fault("specification cannot be loaded")?;
    let listed = |value: &str| {
        spec.code_lists.values().any(|list| list.codes.iter().any(|code| code.value.eq_ignore_ascii_case(value)))
    };
    let mut all: HashSet<(usize, String)> = HashSet::new();
    for council in councils {
        let mut rows = csv::Reader::from_path(council.file()).fault(WHAT)?;
        let headers = rows.headers().fault(WHAT)?.clone();
        let columns: Vec<Option<usize>> =
            NAMING.iter().map(|(name, ..)| headers.iter().position(|header| header == *name)).collect();
        for row in rows.records() {
            let row = row.fault(WHAT)?;
            for (kind, column) in columns.iter().enumerate() {
                let value = column.and_then(|column| row.get(column)).unwrap_or_default();
                if !value.is_empty() && !listed(value) {
                    all.insert((kind, value.to_owned()));
                }
            }
        }
    }
    Needles::new(all.iter().map(|(kind, value)| {
        let (_, label, fit) = NAMING[*kind];
        (label, fit, value.as_bytes())
    }))
}

/// Dates of birth of every input.
fn births(councils: &[Council]) -> Result<HashSet<Date>, Fault> {
    const WHAT: &str = "made-up file cannot be read";
    let mut all = HashSet::new();
    for council in councils {
        let mut rows = csv::Reader::from_path(council.file()).fault(WHAT)?;
        let headers = rows.headers().fault(WHAT)?.clone();
        let Some(column) = headers.iter().position(|header| header == "Date of Birth") else { continue };
        for row in rows.records() {
            let row = row.fault(WHAT)?;
            all.extend(row.get(column).and_then(|text| Date::strptime("%d/%m/%Y", text).ok()));
        }
    }
    Ok(all)
}

/// An identifier put into a copy of an extract is found.
fn planted(scanner: &Scanner, councils: &[Council], releases: &[ReleaseReport]) -> Result<(), Stop> {
    let (Some(council), Some(release)) = (councils.first(), releases.first()) else { return Ok(()) };
    let mut rows = csv::Reader::from_path(council.file()).fault("made-up file cannot be read")?;
    let number =
        rows.records().filter_map(Result::ok).filter_map(|row| row.get(3).map(str::to_owned)).find(|n| n.len() == 10);
    let text = fs::read_to_string(release.folder.join(EXTRACT_CSV)).fault("extract cannot be read")?;
    let spoiled = text.replacen(",Female,", &format!(",{},", number.unwrap_or_default()), 1);
    let report = scanner.csv(spoiled.as_bytes())?;
    if report.is_clean() {
        return Err(Stop::Fault(Fault::new("a planted identifier was not found")));
    }
    let place = report.tallies.first().and_then(|tally| tally.column.clone()).unwrap_or_default();
    output::line(format!("One NHS number planted in a copy is found, in the column {place}."))?;
    Ok(())
}

/// Two agreements' pseudonyms share nothing.
pub fn pseudonyms(releases: &[ReleaseReport]) -> Result<(), Stop> {
    let [first, second] = releases else { return Ok(()) };
    let (first, second) = (pseudonyms_of(first)?, pseudonyms_of(second)?);
    let shared = first.intersection(&second).count();
    if shared > 0 || first.is_empty() || second.is_empty() {
        return Err(Stop::Fault(Fault::new(format!("{shared} pseudonyms are shared by two agreements"))));
    }
    output::line(format!(
        "{} pseudonyms under one agreement, {} under the other: they share {shared}.",
        grouped(first.len() as u64),
        grouped(second.len() as u64)
    ))?;
    Ok(())
}

/// Every cell that bears the release's key id: pseudonyms, alone or behind a council's code.
fn pseudonyms_of(release: &ReleaseReport) -> Result<HashSet<String>, Fault> {
    const WHAT: &str = "extract cannot be read";
    let mut rows = csv::Reader::from_path(release.folder.join(EXTRACT_CSV)).fault(WHAT)?;
    let mut all = HashSet::new();
    for row in rows.records() {
        for cell in &row.fault(WHAT)? {
            let cell = cell.rsplit_once('_').map_or(cell, |(_, pseudonym)| pseudonym);
            if cell.len() == 56 {
                all.insert(cell.to_owned());
            }
        }
    }
    Ok(all)
}

/// One byte of a copy of the log is changed, and verification says so.
pub async fn tampering(dir: &Path) -> Result<(), Stop> {
    const WHAT: &str = "copy of the ledger cannot be made";
    let copy = dir.join("made-up").join("changed-log");
    fs::create_dir_all(&copy).fault(WHAT)?;
    for file in ["ledger.sqlite", "ledger.sqlite-wal", "audit.head"] {
        let from = dir.join(file);
        if from.is_file() {
            fs::copy(&from, copy.join(file)).fault(WHAT)?;
        }
    }
    for file in ["ledger.sqlite", "ledger.sqlite-wal"] {
        let path = copy.join(file);
        let Ok(mut bytes) = fs::read(&path) else { continue };
        let places: Vec<usize> = find_all(&bytes, b"ReleaseGranted").collect();
        for place in places {
            bytes[place] = b'r';
        }
        fs::write(&path, bytes).fault(WHAT)?;
    }
    let report = verify_audit(&DataDir::new(&copy)).await?;
    let Some(problem) = report.problems.first() else {
        return Err(Stop::Fault(Fault::new("a changed log was taken for untouched")));
    };
    let place = problem.seq.map_or_else(String::new, |seq| format!("entry {seq}: "));
    output::line(format!("One letter changed in a copy of it is noticed: {place}{}.", problem.what))?;
    fs::remove_dir_all(&copy).fault("copy of the ledger cannot be removed")?;
    Ok(())
}

fn find_all<'a>(bytes: &'a [u8], word: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    bytes.windows(word.len()).enumerate().filter(move |(_, window)| *window == word).map(|(at, _)| at)
}
