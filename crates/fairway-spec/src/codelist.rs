//! Code lists and the maps between releases, as CSV.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use crate::error::SpecProblem;
use crate::folder::Folder;
use crate::model::{Code, CodeList, Confidence};

/// What a map says of one value of the release before.
#[derive(Debug)]
pub(crate) struct MapRow {
    pub(crate) earlier: String,
    pub(crate) now: Option<String>,
    pub(crate) source: String,
}

/// Reads `codelists/NAME.csv`: columns value, source, confidence, perhaps group; every other column is an attribute.
pub(crate) fn read_list(folder: &Folder, name: &str) -> Result<CodeList, SpecProblem> {
    let path = format!("codelists/{name}.csv");
    let mut codes = Vec::new();
    for row in rows(folder, &path, &["value", "source", "confidence"])? {
        codes.push(row.code()?);
    }
    let mut seen = BTreeSet::new();
    for code in &codes {
        if !seen.insert(&code.value) {
            return Err(SpecProblem::new(
                folder.label(&path),
                format!("value {}", code.value),
                "the value is there twice",
            ));
        }
    }
    Ok(CodeList { name: name.into(), codes, earlier: BTreeMap::new() })
}

/// Reads `maps/NAME.csv`: columns earlier, value (blank where nothing takes its place), source, confidence.
pub(crate) fn read_map(folder: &Folder, name: &str) -> Result<Vec<MapRow>, SpecProblem> {
    let path = format!("maps/{name}.csv");
    let mut map: Vec<MapRow> = Vec::new();
    for row in rows(folder, &path, &["earlier", "value", "source", "confidence"])? {
        row.confidence()?;
        let earlier = row.filled("earlier")?;
        if map.iter().any(|known| known.earlier == earlier) {
            return Err(row.problem(&format!("the value `{earlier}` is there twice")));
        }
        map.push(MapRow { earlier, now: row.get("value").map(str::to_owned), source: row.filled("source")? });
    }
    Ok(map)
}

struct CsvRow {
    file: String,
    line: u64,
    cells: BTreeMap<String, String>,
}

impl CsvRow {
    fn problem(&self, text: &str) -> SpecProblem {
        SpecProblem::new(&self.file, format!("line {}", self.line), text)
    }

    fn get(&self, column: &str) -> Option<&str> {
        self.cells.get(column).map(String::as_str).filter(|text| !text.is_empty())
    }

    fn filled(&self, column: &str) -> Result<String, SpecProblem> {
        match self.get(column) {
            Some(text) if text.trim() == text => Ok(text.to_owned()),
            Some(_) => Err(self.problem(&format!("`{column}` begins or ends with a space"))),
            None => Err(self.problem(&format!("`{column}` is blank"))),
        }
    }

    fn confidence(&self) -> Result<Confidence, SpecProblem> {
        Confidence::from_str(&self.filled("confidence")?).map_err(|error| self.problem(&error.to_string()))
    }

    fn code(&self) -> Result<Code, SpecProblem> {
        const OWN: [&str; 4] = ["value", "group", "source", "confidence"];
        let attributes = self.cells.iter().filter(|(name, text)| !OWN.contains(&name.as_str()) && !text.is_empty());
        Ok(Code {
            value: self.filled("value")?,
            group: self.get("group").map(str::to_owned),
            source: self.filled("source")?,
            confidence: self.confidence()?,
            attributes: attributes.map(|(name, text)| (name.clone(), text.clone())).collect(),
        })
    }
}

fn rows(folder: &Folder, path: &str, needed: &[&str]) -> Result<Vec<CsvRow>, SpecProblem> {
    let file = folder.label(path);
    let text = folder.read(path)?.unwrap_or_default();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let wrong = |error: csv::Error| SpecProblem::new(&file, "", format!("the file is not well-formed CSV ({error})"));
    let headers = reader.headers().map_err(wrong)?.clone();
    if let Some(missing) = needed.iter().find(|name| !headers.iter().any(|header| header == **name)) {
        return Err(SpecProblem::new(&file, "line 1", format!("the column `{missing}` is missing")));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells = headers.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect();
        rows.push(CsvRow { file: file.clone(), line, cells });
    }
    Ok(rows)
}

/// A table as CSV text.
pub(crate) fn write_csv(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let quoted = |text: &str| {
        if text.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    let mut text = head.join(",") + "\n";
    for row in rows {
        text += &row.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",");
        text.push('\n');
    }
    text
}
