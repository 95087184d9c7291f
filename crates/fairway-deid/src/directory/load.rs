use std::collections::hash_map::Entry;
use std::path::Path;

use csv::StringRecord;
use fairway_domain::Postcode;
use rustc_hash::FxHashMap;

use super::codes::{Codes, Home, postcode_key};
use super::columns::{self, Header};
use super::lookups::{Pseudo, single_tier};
use super::{Area, DirectoryCounts, DirectoryError, DirectoryFile, PostcodeDirectory, TERMINATED, table};

/// Where the columns of one file stand.
struct Columns {
    postcode: usize,
    terminated: usize,
    areas: [Option<usize>; columns::AREAS.len()],
    others: Vec<Option<usize>>,
    imd: Option<usize>,
}

impl Columns {
    fn find(header: &Header<'_>, others: &[String]) -> Result<Self, DirectoryError> {
        let areas = columns::AREAS.map(|what| header.find(what));
        if areas[Area::Lsoa2011 as usize].is_none() && areas[Area::Lsoa2021 as usize].is_none() {
            return Err(header.missing(columns::LSOA));
        }
        header.need(columns::DISTRICT)?;
        Ok(Self {
            postcode: header.need(columns::POSTCODE)?,
            terminated: header.need(columns::TERMINATED)?,
            areas,
            others: others.iter().map(|heading| header.named(heading)).collect(),
            imd: header.find(columns::IMD.0),
        })
    }
}

#[derive(Default)]
struct Loader {
    counts: DirectoryCounts,
    codes: Codes,
    homes: Vec<Home>,
    numbers: FxHashMap<Home, u32>,
    postcodes: FxHashMap<u32, u32>,
    /// The last code of each column with its number: neighbours in a file are mostly neighbours on the ground.
    last: [(String, u32); columns::AREAS.len()],
}

pub(super) fn read(paths: &[impl AsRef<Path>], others: &[String]) -> Result<PostcodeDirectory, DirectoryError> {
    if paths.is_empty() {
        return Err(DirectoryError::NoFile);
    }
    let mut loader = Loader::default();
    let mut files = Vec::with_capacity(paths.len());
    for path in paths.iter().map(AsRef::as_ref) {
        let (rows, digest) =
            table::read(path, |header| Columns::find(header, others), |columns, record| loader.take(columns, record))?;
        files.push(DirectoryFile { name: stem(path), digest, rows });
    }
    loader.count();
    loader.postcodes.shrink_to_fit();
    Ok(PostcodeDirectory {
        label: files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join("+"),
        files,
        counts: loader.counts,
        others: others.to_vec(),
        codes: loader.codes,
        homes: loader.homes,
        postcodes: loader.postcodes,
        pseudo: Pseudo::default(),
    })
}

impl Loader {
    fn take(&mut self, columns: &Columns, record: &StringRecord) -> Result<(), DirectoryError> {
        self.counts.rows += 1;
        let cell = |index: usize| record.get(index).unwrap_or_default().trim();
        let Some(key) = Postcode::parse(cell(columns.postcode)).ok().and_then(|code| postcode_key(&code)) else {
            self.counts.unreadable += 1;
            return Ok(());
        };
        let terminated = if cell(columns.terminated).is_empty() { 0 } else { TERMINATED };
        let entry = self.home(columns, record)? | terminated;
        match self.postcodes.entry(key) {
            Entry::Vacant(free) => {
                free.insert(entry);
            }
            Entry::Occupied(mut taken) => {
                self.counts.repeated += 1;
                if terminated <= taken.get() & TERMINATED {
                    taken.insert(entry);
                }
            }
        }
        Ok(())
    }

    fn home(&mut self, columns: &Columns, record: &StringRecord) -> Result<u32, DirectoryError> {
        let mut home = Home::default();
        for (area, index) in columns.areas.iter().enumerate() {
            let code = index.and_then(|index| record.get(index)).unwrap_or_default().trim();
            let last = &mut self.last[area];
            if last.0 != code {
                *last = (code.to_owned(), self.codes.number(code)?);
            }
            home.areas[area] = last.1;
        }
        let others = columns.others.iter().map(|index| {
            let code = index.and_then(|index| record.get(index)).unwrap_or_default();
            self.codes.number(code.trim())
        });
        home.others = others.collect::<Result<_, _>>()?;
        let district = home.areas[Area::District as usize];
        if self.codes.text(district).is_some_and(single_tier) {
            home.areas[Area::UpperTier as usize] = district;
        }
        let rank = columns.imd.and_then(|index| record.get(index)).unwrap_or_default();
        home.imd_rank = rank.trim().parse().unwrap_or(0);
        self.number(home)
    }

    fn number(&mut self, home: Home) -> Result<u32, DirectoryError> {
        if let Some(number) = self.numbers.get(&home) {
            return Ok(*number);
        }
        let number = u32::try_from(self.homes.len()).ok().filter(|number| number & TERMINATED == 0);
        let number = number.ok_or(DirectoryError::TooLarge)?;
        self.homes.push(home.clone());
        self.numbers.insert(home, number);
        Ok(number)
    }

    fn count(&mut self) {
        for entry in self.postcodes.values() {
            let state = if entry & TERMINATED == 0 { &mut self.counts.live } else { &mut self.counts.terminated };
            *state += 1;
        }
        self.counts.without_geography = self.without_geography();
    }

    fn without_geography(&self) -> u64 {
        let nowhere = |entry: &&u32| {
            let home = usize::try_from(*entry & !TERMINATED).ok().and_then(|index| self.homes.get(index));
            home.is_some_and(|home| home.areas == Home::default().areas && home.imd_rank == 0)
        };
        self.postcodes.values().filter(nowhere).count() as u64
    }
}

fn stem(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let lower = name.to_ascii_lowercase();
    let end = [".csv.gz", ".csv", ".gz"].iter().find_map(|tail| lower.strip_suffix(tail)).map_or(name.len(), str::len);
    name.get(..end).unwrap_or(&name).to_owned()
}
