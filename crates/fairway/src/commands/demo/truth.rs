//! How well the trace did, held against what is true of the made-up people.

use std::collections::HashMap;
use std::path::Path;

use fairway_domain::{Fault, FaultExt};
use fairway_service::DataDir;

use super::{Council, heading};
use crate::exit::Stop;
use crate::output::{self, grouped};

/// What became of the people of one or more councils.
#[derive(Default)]
struct Score {
    people: u64,
    by_step: HashMap<String, (u64, u64)>,
    not_found: u64,
}

/// Compares the return files in the councils' outboxes with the truth.
pub fn tell(dir: &DataDir, councils: &[Council]) -> Result<(), Stop> {
    heading("The trace, held against the truth")?;
    let mut score = Score::default();
    for council in councils {
        let truth = truth(council)?;
        let outbox = dir.outbox().join(council.code.as_str());
        for entry in std::fs::read_dir(&outbox).fault("outbox cannot be read")? {
            let file = entry.fault("outbox cannot be read")?.path().join("trace-return.csv");
            if file.is_file() {
                score.add(&file, &truth)?;
            }
        }
    }
    score.tell()
}

/// The true NHS number of each person as the council knows them.
fn truth(council: &Council) -> Result<HashMap<String, String>, Fault> {
    const WHAT: &str = "truth of the made-up people cannot be read";
    let mut known = HashMap::new();
    let mut numbers = csv::Reader::from_path(council.folder.join("truth.csv")).fault(WHAT)?;
    let mut records = csv::Reader::from_path(council.file()).fault(WHAT)?;
    let column = records.headers().fault(WHAT)?.iter().position(|header| header == "LA Person Unique Identifier");
    let column = column.ok_or_else(|| Fault::new(WHAT))?;
    for (number, record) in numbers.records().zip(records.records()) {
        let (number, record) = (number.fault(WHAT)?, record.fault(WHAT)?);
        if let (Some(number), Some(person)) = (number.get(2), record.get(column)) {
            known.insert(person.to_owned(), number.to_owned());
        }
    }
    Ok(known)
}

impl Score {
    fn add(&mut self, file: &Path, truth: &HashMap<String, String>) -> Result<(), Fault> {
        const WHAT: &str = "return file cannot be read";
        let mut rows = csv::Reader::from_path(file).fault(WHAT)?;
        let headers = rows.headers().fault(WHAT)?.clone();
        let at = |name: &str| headers.iter().position(|header| header == name).ok_or_else(|| Fault::new(WHAT));
        let (number, step) = (at("Trace Result NHS Number")?, at("Trace Step")?);
        for row in rows.records() {
            let row = row.fault(WHAT)?;
            self.people += 1;
            let (Some(person), Some(found), Some(step)) = (row.get(0), row.get(number), row.get(step)) else {
                continue;
            };
            if found.is_empty() {
                self.not_found += 1;
                continue;
            }
            let counts = self.by_step.entry(step.to_owned()).or_default();
            let right = truth.get(person).is_some_and(|true_number| true_number == found);
            counts.0 += u64::from(right);
            counts.1 += u64::from(!right);
        }
        Ok(())
    }

    fn tell(&self) -> Result<(), Stop> {
        let mut steps: Vec<_> = self.by_step.iter().collect();
        steps.sort();
        for (step, (right, wrong)) in steps {
            output::line(format!(
                "  {step:<13} {} found, {} of them another person",
                grouped(right + wrong),
                grouped(*wrong)
            ))?;
        }
        let percent = self.not_found as f64 * 100.0 / self.people.max(1) as f64;
        output::line(format!(
            "  not found     {} of {} people ({percent:.1} %): their details differ from the register's in more than these steps forgive",
            grouped(self.not_found),
            grouped(self.people)
        ))?;
        Ok(())
    }
}
