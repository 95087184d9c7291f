use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};

use super::unusable;
use crate::SynthError;
use crate::chance::Chance;
use crate::template::{Word, ethnicity};

/// Names with their weights, to be drawn from.
#[derive(Default)]
pub(crate) struct Drawer {
    names: Vec<String>,
    sums: Vec<u64>,
}

impl Drawer {
    fn push(&mut self, name: String, weight: u64) {
        let total = self.sums.last().copied().unwrap_or_default();
        self.names.push(name);
        self.sums.push(total + weight.max(1));
    }

    pub(crate) fn draw(&self, chance: &mut Chance) -> &str {
        let at = chance.below(self.sums.last().copied().unwrap_or_default());
        let index = self.sums.partition_point(|sum| *sum <= at);
        self.names.get(index).map_or("", String::as_str)
    }
}

/// A part of the population: whose names, and what ethnicity its people give.
pub(crate) struct Background {
    pub male: Drawer,
    pub female: Drawer,
    pub family: Drawer,
    pub ethnicities: &'static [(Word, u32)],
    /// Whether an unknown birthday may stand as 1 January.
    pub abroad: bool,
    per_mille: u32,
}

/// All names.
pub(crate) struct Names {
    backgrounds: Vec<Background>,
    short_forms: FxHashMap<String, Vec<String>>,
}

impl Names {
    pub(crate) fn load(dir: &Path) -> Result<Self, SynthError> {
        let mut backgrounds = vec![british(dir)?];
        for (tag, per_mille, ethnicities) in ABROAD {
            backgrounds.push(Background {
                male: listed(dir, &format!("{tag}_m.csv"))?,
                female: listed(dir, &format!("{tag}_f.csv"))?,
                family: listed(dir, &format!("{tag}_s.csv"))?,
                ethnicities,
                abroad: *tag != "ie",
                per_mille: *per_mille,
            });
        }
        Ok(Self { backgrounds, short_forms: short_forms(&dir.join("nhse_nicknames.csv"))? })
    }

    pub(crate) fn background(&self, chance: &mut Chance) -> &Background {
        let total = self.backgrounds.iter().map(|b| u64::from(b.per_mille)).sum();
        let mut left = chance.below(total);
        for background in &self.backgrounds {
            if left < u64::from(background.per_mille) {
                return background;
            }
            left -= u64::from(background.per_mille);
        }
        &self.backgrounds[0]
    }

    pub(crate) fn short_form(&self, given: &str, chance: &mut Chance) -> Option<&str> {
        let forms = self.short_forms.get(given)?;
        forms.get(chance.index(forms.len())).map(String::as_str)
    }
}

const BRITISH: &[(Word, u32)] = &[
    (ethnicity::BRITISH, 900),
    (ethnicity::CARIBBEAN, 28),
    (ethnicity::MIXED_CARIBBEAN, 12),
    (ethnicity::MIXED_ASIAN, 6),
    (ethnicity::ROMA, 1),
    (ethnicity::OTHER, 8),
    (ethnicity::REFUSED, 10),
    (ethnicity::UNDECLARED, 35),
];

/// Tag of the name lists, share of the population in thousandths, ethnicities.
type Abroad = (&'static str, u32, &'static [(Word, u32)]);

const ABROAD: &[Abroad] = &[
    ("in", 55, &[(ethnicity::INDIAN, 95), (ethnicity::UNDECLARED, 5)]),
    ("pk", 40, &[(ethnicity::PAKISTANI, 80), (ethnicity::BANGLADESHI, 17), (ethnicity::UNDECLARED, 3)]),
    ("pl", 30, &[(ethnicity::WHITE_OTHER, 97), (ethnicity::UNDECLARED, 3)]),
    ("ro", 15, &[(ethnicity::WHITE_OTHER, 90), (ethnicity::ROMA, 10)]),
    ("ng", 20, &[(ethnicity::AFRICAN, 97), (ethnicity::UNDECLARED, 3)]),
    ("ie", 40, &[(ethnicity::IRISH, 60), (ethnicity::BRITISH, 40)]),
];

fn british(dir: &Path) -> Result<Background, SynthError> {
    Ok(Background {
        male: forenames(dir, "m")?,
        female: forenames(dir, "f")?,
        family: surnames(dir)?,
        ethnicities: BRITISH,
        abroad: false,
        per_mille: 800,
    })
}

/// Weighted as if the first name of a list were the commonest. Whole numbers, so that every machine draws the same.
fn by_rank(rank: usize) -> u64 {
    3_000_000 / (rank as u64 + 3)
}

fn listed(dir: &Path, file: &str) -> Result<Drawer, SynthError> {
    let mut drawer = Drawer::default();
    for (rank, (name, _)) in read(&dir.join(file))?.into_iter().enumerate() {
        drawer.push(name, by_rank(rank));
    }
    Ok(drawer)
}

/// British forenames by rank, with about as many others by their share in the census.
fn forenames(dir: &Path, sex: &str) -> Result<Drawer, SynthError> {
    let mut drawer = listed(dir, &format!("uk_forename_{sex}.csv"))?;
    let british = drawer.sums.last().copied().unwrap_or_default();
    let others = read(&dir.join(format!("us_forename_{sex}.csv")))?;
    let shares: f64 = others.iter().map(|(_, share)| share).sum();
    for (name, share) in others {
        drawer.push(name, (british as f64 * 1.2 * share / shares) as u64);
    }
    Ok(drawer)
}

/// British surnames by their share; the rest of a hundred per cent is a long tail of others, flattened.
fn surnames(dir: &Path) -> Result<Drawer, SynthError> {
    let path = dir.join("uk_surname.csv");
    let british = read(&path)?;
    let known: FxHashSet<&str> = british.iter().map(|(name, _)| name.as_str()).collect();
    let mut tail: Vec<(String, f64)> = Vec::new();
    for (name, share) in read(&dir.join("us_surname.csv"))? {
        if name.len() > 2 && !known.contains(name.as_str()) {
            tail.push((name, (share + 0.0005).sqrt()));
        }
    }
    let covered: f64 = british.iter().map(|(_, share)| share).sum();
    let scale = (100.0 - covered).max(0.0) / tail.iter().map(|(_, weight)| weight).sum::<f64>();
    let mut drawer = Drawer::default();
    let tail = tail.into_iter().map(|(name, weight)| (name, weight * scale));
    for (name, share) in british.iter().map(|(name, share)| (name.clone(), *share)).chain(tail) {
        drawer.push(name, (share * 10_000_000.0) as u64);
    }
    Ok(drawer)
}

/// `name,weight` lines; names upper case, plain letters only, so that a file can be Windows-1252 as it is.
fn read(path: &Path) -> Result<Vec<(String, f64)>, SynthError> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).from_path(path).map_err(|error| unusable(path, error))?;
    let mut names = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| unusable(path, error))?;
        let name = record.get(0).unwrap_or_default().trim().to_ascii_uppercase();
        let weight = record.get(1).unwrap_or("1").trim().parse().map_err(|error| unusable(path, error))?;
        if name.len() > 1 && name.bytes().all(|b| b.is_ascii_uppercase() || matches!(b, b'\'' | b'-' | b' ')) {
            names.push((name, weight));
        }
    }
    if names.is_empty() { Err(unusable(path, "it holds no name")) } else { Ok(names) }
}

fn short_forms(path: &Path) -> Result<FxHashMap<String, Vec<String>>, SynthError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_path(path)
        .map_err(|error| unusable(path, error))?;
    let mut forms = FxHashMap::default();
    for record in reader.records() {
        let record = record.map_err(|error| unusable(path, error))?;
        let plain = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphabetic());
        let mut names = record.iter().map(str::trim).filter(|name| plain(name)).map(str::to_ascii_uppercase);
        let Some(full) = names.next() else { continue };
        let short: Vec<String> = names.collect();
        if !short.is_empty() {
            forms.insert(full, short);
        }
    }
    Ok(forms)
}

/// `O'BRIEN-SMITH` as `O'Brien-Smith`.
pub(crate) fn title_case(name: &str) -> String {
    let mut start = true;
    name.chars()
        .map(|letter| {
            let cased = if start { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() };
            start = !letter.is_ascii_alphabetic();
            cased
        })
        .collect()
}
