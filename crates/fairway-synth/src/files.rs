//! The files beside the submission: the demographics register and the truth.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::SynthError;
use crate::known::Known;
use crate::person::Person;
use crate::row::compact;

/// A CSV file being written.
pub(crate) struct Table {
    path: PathBuf,
    writer: csv::Writer<BufWriter<File>>,
    /// Records so far.
    pub rows: u64,
}

impl Table {
    /// A file whose lines end in a line feed, with its header.
    pub(crate) fn create(dir: &Path, name: &str, header: &[&str]) -> Result<Self, SynthError> {
        Self::with_ends(dir, name, header, csv::Terminator::Any(b'\n'))
    }

    pub(crate) fn with_ends(
        dir: &Path,
        name: &str,
        header: &[&str],
        ends: csv::Terminator,
    ) -> Result<Self, SynthError> {
        let path = dir.join(name);
        let file = File::create(&path).map_err(SynthError::io(&path))?;
        let buffered = BufWriter::with_capacity(1 << 18, file);
        let writer = csv::WriterBuilder::new().terminator(ends).from_writer(buffered);
        let mut table = Self { path, writer, rows: 0 };
        table.row(header.iter().copied())?;
        table.rows = 0;
        Ok(table)
    }

    pub(crate) fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> Result<(), SynthError> {
        self.rows += 1;
        self.writer.write_record(cells).map_err(SynthError::csv(&self.path))
    }

    /// Writes what is still in memory.
    pub(crate) fn finish(self) -> Result<u64, SynthError> {
        let Self { path, writer, rows } = self;
        let mut file =
            writer.into_inner().map_err(|error| SynthError::Io { path: path.clone(), source: error.into_error() })?;
        file.flush().map_err(SynthError::io(&path))?;
        Ok(rows)
    }
}

/// The demographics register: current details, earlier ones, superseded numbers.
pub(crate) struct RegisterFiles {
    pub current: Table,
    pub history: Table,
    pub superseded: Table,
}

impl RegisterFiles {
    pub(crate) fn create(dir: &Path) -> Result<Self, SynthError> {
        let header = [
            "nhs_number",
            "given_name",
            "other_given_names",
            "family_name",
            "gender",
            "date_of_birth",
            "date_of_death",
            "address_line1",
            "address_line2",
            "address_line3",
            "postcode",
            "gp_practice",
            "sensitive",
        ];
        Ok(Self {
            current: Table::create(dir, "register.csv", &header)?,
            history: Table::create(dir, "history.csv", &["nhs_number", "field", "value"])?,
            superseded: Table::create(dir, "superseded.csv", &["old_nhs_number", "nhs_number"])?,
        })
    }

    pub(crate) fn add(&mut self, person: &Person<'_>) -> Result<(), SynthError> {
        let number = person.number.as_str();
        let address = &person.address;
        self.current.row([
            number,
            person.given,
            &person.other_given,
            &person.family,
            if person.female { "2" } else { "1" },
            &compact(person.birth),
            &person.death.map(compact).unwrap_or_default(),
            &address.line,
            address.town,
            "",
            address.postcode,
            &address.practice.code,
            if person.sensitive { "S" } else { "" },
        ])?;
        for family in &person.earlier_families {
            self.history.row([number, "family_name", family])?;
        }
        for postcode in &person.earlier_postcodes {
            self.history.row([number, "postcode", postcode])?;
        }
        match person.retired {
            Some(retired) => self.superseded.row([retired.as_str(), number]),
            None => Ok(()),
        }
    }
}

/// Which record is which person.
pub(crate) struct TruthFile(pub Table);

impl TruthFile {
    pub(crate) fn create(dir: &Path) -> Result<Self, SynthError> {
        Ok(Self(Table::create(dir, "truth.csv", &["record", "person", "nhs_number", "flags"])?))
    }

    /// The number is the one the register holds; blank where the register does not have the person (flag `absent`).
    pub(crate) fn add(&mut self, record: u64, known: &Known<'_>, shared: bool) -> Result<(), SynthError> {
        let number = if known.registered { known.person.number.as_str() } else { "" };
        let mut flags = known.flags.join(";");
        if shared {
            flags.push_str(if flags.is_empty() { "shared" } else { ";shared" });
        }
        self.0.row([&record.to_string(), &format!("person-{:06}", known.person.index), number, &flags])
    }
}
