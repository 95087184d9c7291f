use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use fairway_domain::OrganisationCode;
use flate2::read::MultiGzDecoder;
use rustc_hash::FxHashMap;

use super::unusable;
use crate::SynthError;

/// Fewer homes than this in the postcode sample, and a council's people live all over England.
const FEWEST_HOMES: usize = 20;

/// A council with adult social services responsibilities.
pub(crate) struct Council {
    pub code: String,
    pub name: String,
    gss: String,
}

/// An open general practice.
pub(crate) struct Practice {
    pub code: String,
    pub name: String,
    outcode: String,
}

/// An NHS trust, as the directory names it for clinics of its own.
struct Trust {
    code: String,
    outcode: String,
}

/// A live English postcode.
struct Home {
    postcode: String,
    upper_tier: u16,
}

/// Councils, postcodes and practices.
pub(crate) struct Places {
    councils: Vec<Council>,
    practices: Vec<Practice>,
    trusts: Vec<Trust>,
    homes: Vec<Home>,
    upper_tiers: Vec<String>,
}

impl Places {
    pub(crate) fn load(dir: &Path) -> Result<Self, SynthError> {
        let organisations = dir.join("organisations");
        let upper = upper_tiers(&organisations.join("ltla21_utla21.csv"))?;
        let (practices, trusts) = practices(&dir.join("practices/epraccur_2019-10.csv.gz"))?;
        let mut places = Self {
            councils: councils(&organisations.join("cassr_2021_22.csv"))?,
            practices,
            trusts,
            homes: Vec::new(),
            upper_tiers: Vec::new(),
        };
        places.read_homes(&dir.join("postcodes/nspl_nov2021_sample.csv.gz"), &upper)?;
        Ok(places)
    }

    /// The council with this code and its place among all councils in order of code.
    pub(crate) fn council(&self, code: &OrganisationCode) -> Result<(usize, &Council), SynthError> {
        let found = self.councils.iter().enumerate().find(|(_, council)| council.code == code.as_str());
        found.ok_or_else(|| SynthError::Council(code.clone()))
    }

    pub(crate) fn council_count(&self) -> usize {
        self.councils.len()
    }

    /// Postcodes of the council, or of all England where the sample has too few; the second says which.
    pub(crate) fn postcodes_of(&self, council: &Council) -> (Vec<&str>, bool) {
        let number = self.upper_tiers.iter().position(|gss| *gss == council.gss);
        let own: Vec<&str> = self
            .homes
            .iter()
            .filter(|home| number == Some(home.upper_tier.into()))
            .map(|home| home.postcode.as_str())
            .collect();
        if own.len() >= FEWEST_HOMES { (own, true) } else { (self.everywhere(), false) }
    }

    pub(crate) fn everywhere(&self) -> Vec<&str> {
        self.homes.iter().map(|home| home.postcode.as_str()).collect()
    }

    /// Practices in the outcode, else in the postcode area, else all.
    pub(crate) fn practices_near(&self, outcode: &str) -> Vec<&Practice> {
        let area = area_of(outcode);
        let same_outcode: Vec<&Practice> = self.practices.iter().filter(|p| p.outcode == outcode).collect();
        if !same_outcode.is_empty() {
            return same_outcode;
        }
        let same_area: Vec<&Practice> = self.practices.iter().filter(|p| area_of(&p.outcode) == area).collect();
        if same_area.is_empty() { self.practices.iter().collect() } else { same_area }
    }

    /// The NHS trusts with a clinic in the postcode area, in order; all where there is none.
    pub(crate) fn trusts_near(&self, outcode: &str) -> Vec<&str> {
        let area = area_of(outcode);
        let trusts = |near: bool| {
            let here = self.trusts.iter().filter(|trust| !near || area_of(&trust.outcode) == area);
            let mut trusts: Vec<&str> = here.map(|trust| trust.code.as_str()).collect();
            trusts.sort_unstable();
            trusts.dedup();
            trusts
        };
        let near = trusts(true);
        if near.is_empty() { trusts(false) } else { near }
    }

    fn read_homes(&mut self, path: &Path, upper: &FxHashMap<String, String>) -> Result<(), SynthError> {
        let mut reader = csv::Reader::from_reader(gunzip(path)?);
        let headers = reader.byte_headers().map_err(|error| unusable(path, error))?.clone();
        let column = |name: &str| {
            let at = headers.iter().position(|header| header == name.as_bytes());
            at.ok_or_else(|| unusable(path, format!("it has no column {name}")))
        };
        let (pcds, doterm, usertype, laua) = (column("pcds")?, column("doterm")?, column("usertype")?, column("laua")?);
        let mut numbers: FxHashMap<Vec<u8>, u16> = FxHashMap::default();
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record).map_err(|error| unusable(path, error))? {
            let cell = |at: usize| record.get(at).unwrap_or_default();
            if !cell(laua).starts_with(b"E") || !cell(doterm).is_empty() || cell(usertype) != b"0" {
                continue;
            }
            let upper_tier = match numbers.get(cell(laua)) {
                Some(number) => *number,
                None => {
                    let gss = String::from_utf8_lossy(cell(laua)).into_owned();
                    let number = self.upper_tier_number(upper.get(&gss).cloned().unwrap_or(gss));
                    numbers.insert(cell(laua).to_vec(), number);
                    number
                }
            };
            let postcode = String::from_utf8_lossy(cell(pcds)).into_owned();
            self.homes.push(Home { postcode, upper_tier });
        }
        if self.homes.is_empty() { Err(unusable(path, "it holds no live English postcode")) } else { Ok(()) }
    }

    fn upper_tier_number(&mut self, gss: String) -> u16 {
        let number = self.upper_tiers.iter().position(|known| *known == gss).unwrap_or_else(|| {
            self.upper_tiers.push(gss);
            self.upper_tiers.len() - 1
        });
        u16::try_from(number).unwrap_or(u16::MAX)
    }
}

pub(crate) fn outcode_of(postcode: &str) -> &str {
    postcode.split(' ').next().unwrap_or_default()
}

/// `WN` of `WN1` or `WN1 2AB`.
fn area_of(outcode: &str) -> &str {
    let letters = outcode.bytes().take_while(u8::is_ascii_alphabetic).count();
    outcode.get(..letters).unwrap_or_default()
}

fn gunzip(path: &Path) -> Result<impl Read + use<>, SynthError> {
    let file = File::open(path).map_err(|error| unusable(path, error))?;
    Ok(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(file)))
}

fn councils(path: &Path) -> Result<Vec<Council>, SynthError> {
    let mut councils = Vec::new();
    each(path, &["la_code_ods", "gss_code", "name"], |cells| {
        if let [code, gss, name] = cells {
            councils.push(Council { code: code.to_string(), gss: gss.to_string(), name: name.to_string() });
        }
    })?;
    councils.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(councils)
}

fn upper_tiers(path: &Path) -> Result<FxHashMap<String, String>, SynthError> {
    let mut upper = FxHashMap::default();
    each(path, &["ltla21_gss", "utla21_gss"], |cells| {
        if let [lower, above] = cells {
            upper.insert(lower.to_string(), above.to_string());
        }
    })?;
    Ok(upper)
}

/// Calls `take` with the named columns of each record.
fn each(path: &Path, columns: &[&str], mut take: impl FnMut(&[&str])) -> Result<(), SynthError> {
    let mut reader = csv::Reader::from_path(path).map_err(|error| unusable(path, error))?;
    let headers = reader.headers().map_err(|error| unusable(path, error))?.clone();
    let mut places = Vec::with_capacity(columns.len());
    for column in columns {
        let place = headers.iter().position(|header| header == *column);
        places.push(place.ok_or_else(|| unusable(path, format!("it has no column {column}")))?);
    }
    for record in reader.records() {
        let record = record.map_err(|error| unusable(path, error))?;
        let cells: Vec<&str> = places.iter().map(|place| record.get(*place).unwrap_or_default()).collect();
        take(&cells);
    }
    Ok(())
}

/// Open practices (status A) that are practices (prescribing setting 4), and the trusts that other prescribers belong to.
/// The file has no header; its columns are those of the Organisation Data Service's `epraccur`.
fn practices(path: &Path) -> Result<(Vec<Practice>, Vec<Trust>), SynthError> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(gunzip(path)?);
    let (mut practices, mut trusts) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(|error| unusable(path, error))?;
        let cell = |at: usize| record.get(at).unwrap_or_default();
        let plain = cell(1).is_ascii() && cell(1).starts_with(|c: char| c.is_ascii_alphanumeric());
        let outcode = outcode_of(cell(9)).to_owned();
        if cell(23).len() == 3 && cell(23).starts_with('R') {
            trusts.push(Trust { code: cell(23).to_owned(), outcode });
        } else if cell(12) == "A" && cell(25) == "4" && plain {
            practices.push(Practice { code: cell(0).to_owned(), name: cell(1).to_owned(), outcode });
        }
    }
    if practices.is_empty() {
        return Err(unusable(path, "it holds no open practice"));
    }
    Ok((practices, trusts))
}
