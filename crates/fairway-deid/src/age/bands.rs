use fairway_domain::{Fault, FaultExt};
use serde::Deserialize;

const PUBLISHED: &str = include_str!("../../../../reference/rules/age_bands_dhsc.json");

/// Names for ranges of age, as data: every whole age has exactly one band.
#[derive(Debug, Clone)]
pub struct AgeBands {
    bands: Vec<Band>,
    working_age: Vec<Band>,
    unknown: String,
}

#[derive(Debug, Clone)]
struct Band {
    name: String,
    from: i64,
    to: i64,
}

#[derive(Deserialize)]
struct BandsFile {
    bands: Vec<(String, Option<i64>, Option<i64>)>,
    working_age: Vec<(String, Option<i64>, Option<i64>)>,
    unknown: String,
}

impl AgeBands {
    /// The bands of the Department's published code (`reference/rules/age_bands_dhsc.json`), which come with the program.
    ///
    /// # Errors
    /// Never with the file as it is; a changed file is judged as by [`AgeBands::parse`].
    pub fn published() -> Result<Self, Fault> {
        Self::parse(PUBLISHED)
    }

    /// Reads bands from JSON: `bands` and `working_age` are lists of `[name, from, to]` with whole years, both ends
    /// included, `null` for an open end; `unknown` names what has no age.
    ///
    /// # Errors
    /// When the JSON has another shape, or a list leaves an age out or has one twice.
    pub fn parse(json: &str) -> Result<Self, Fault> {
        let file: BandsFile = serde_json::from_str(json).fault("age bands cannot be read")?;
        Ok(Self { bands: in_order(file.bands)?, working_age: in_order(file.working_age)?, unknown: file.unknown })
    }

    /// The band of an age, or the word for an unknown one.
    pub fn band(&self, age: Option<i64>) -> &str {
        self.name_in(&self.bands, age)
    }

    /// The working-age band: under 18, 18 to 64, 65 and above.
    pub fn working_age_band(&self, age: Option<i64>) -> &str {
        self.name_in(&self.working_age, age)
    }

    fn name_in<'a>(&'a self, bands: &'a [Band], age: Option<i64>) -> &'a str {
        let band = age.and_then(|age| bands.iter().find(|band| (band.from..=band.to).contains(&age)));
        band.map_or(&self.unknown, |band| &band.name)
    }
}

fn in_order(list: Vec<(String, Option<i64>, Option<i64>)>) -> Result<Vec<Band>, Fault> {
    let bands: Vec<Band> = list
        .into_iter()
        .map(|(name, from, to)| Band { name, from: from.unwrap_or(i64::MIN), to: to.unwrap_or(i64::MAX) })
        .collect();
    let whole = bands.first().is_some_and(|band| band.from == i64::MIN)
        && bands.last().is_some_and(|band| band.to == i64::MAX)
        && bands.iter().all(|band| band.from <= band.to)
        && bands.windows(2).all(|pair| pair[0].to.checked_add(1) == Some(pair[1].from));
    if whole { Ok(bands) } else { Err(Fault::new("age bands leave out an age or name one twice")) }
}
