//! A whole postcode directory, every record held against another reading of the published files. The sample that comes
//! with Fairway by default; `FAIRWAY_POSTCODES` names a whole ONSPD or NSPL of November 2021 in its place.

use std::collections::HashMap;
use std::env;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use fairway_deid::directory::{PlaceStatus, PostcodeDirectory};
use fairway_deid::row::Address;
use fairway_domain::{Postcode, Value};
use flate2::read::GzDecoder;

fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reference").join(name)
}

fn table(path: &Path) -> (csv::Reader<Box<dyn Read>>, HashMap<String, usize>) {
    let file = File::open(path).unwrap();
    let zipped = path.extension().is_some_and(|ending| ending == "gz");
    let text: Box<dyn Read> = if zipped { Box::new(GzDecoder::new(file)) } else { Box::new(file) };
    let mut table = csv::Reader::from_reader(text);
    let header = table.headers().unwrap().iter().map(str::to_ascii_lowercase).zip(0..).collect();
    (table, header)
}

/// One column of a file by another.
fn map(name: &str, from: &str, to: &str) -> HashMap<String, String> {
    let (mut table, header) = table(&reference(name));
    let rows = table.records().map(|row| row.unwrap());
    rows.map(|row| (row[header[from]].to_owned(), row[header[to]].to_owned())).collect()
}

/// What a column says, without the codes that say there is no such area.
fn known(cell: &str) -> Option<&str> {
    let none = cell.is_empty() || cell.len() == 9 && cell.ends_with("99999999");
    (!none).then_some(cell)
}

#[test]
fn every_postcode_resolves_as_the_published_files_say() {
    let whole = env::var_os("FAIRWAY_POSTCODES").filter(|name| !name.is_empty()).map(PathBuf::from);
    let path = whole.unwrap_or_else(|| reference("postcodes/nspl_nov2021_sample.csv.gz"));
    let folder = reference("");
    let directory = PostcodeDirectory::read(&[&path]).unwrap().with_reference(&folder).unwrap();
    let boards = map("organisations/ccg21_to_icb22.csv", "ccg21_gss", "icb_gss");
    let councils = map("organisations/ltla21_utla21.csv", "ltla21_gss", "utla21_gss");
    let deciles = map("geo/lsoa11_imd2019.csv.gz", "lsoa11cd", "imddecil");
    let groups = map("geo/lsoa11_ccg21_lad21_england.csv.gz", "lsoa11cd", "ccg21cd");
    let districts = map("geo/lsoa11_ccg21_lad21_england.csv.gz", "lsoa11cd", "lad21cd");
    let area = |name: &str| directory.area(name).unwrap();
    let same = [("lsoa2011", "lsoa11"), ("msoa2011", "msoa11"), ("ward", "ward"), ("district", "laua")];
    let same =
        same.into_iter().chain([("constituency", "pcon"), ("ccg", "ccg"), ("region", "rgn"), ("country", "ctry")]);
    let same: Vec<_> = same.map(|(name, column)| (area(name), column)).collect();
    let made = ["upper_tier", "icb", "imd_decile", "imd_rank"].map(area);

    let (mut rows, header) = table(&path);
    let mut english = 0;
    for row in rows.records() {
        let row = row.unwrap();
        let cell = |name: &str| &row[header[name]];
        let address = Address::read(&directory, Some(cell("pcds")));
        let is_live = cell("doterm").is_empty();
        assert_eq!(address.status(), Value::Text(if is_live { "live" } else { "terminated" }));
        for (area, column) in &same {
            assert_eq!(address.area(*area).text(), known(cell(column)), "{} {column}", cell("pcds"));
        }
        let [tier, board, decile, rank] = made.map(|key| address.area(key));
        let sector = cell("pcds").strip_suffix(|c: char| c.is_ascii_uppercase()).map(|rest| &rest[..rest.len() - 1]);
        assert_eq!(address.sector().text(), sector);
        let imd: i64 = cell("imd").parse().unwrap();
        assert_eq!(rank.integer(), Some(imd).filter(|rank| *rank > 0));
        if cell("ctry") != "E92000001" {
            continue;
        }
        let lsoa = cell("lsoa11");
        assert_eq!(tier.text(), councils.get(cell("laua")).map(String::as_str), "{}", cell("pcds"));
        assert_eq!(board.text(), boards.get(cell("ccg")).map(String::as_str), "{}", cell("pcds"));
        assert_eq!(decile.integer(), deciles[lsoa].parse().ok(), "{}", cell("pcds"));
        assert_eq!(decile.integer(), Some((imd * 10 + 32_843) / 32_844), "a tenth of 32,844 areas");
        // Another publication of the same areas.
        assert_eq!((cell("ccg"), cell("laua")), (groups[lsoa].as_str(), districts[lsoa].as_str()), "{}", cell("pcds"));
        english += u32::from(is_live);
    }
    assert!(english > 50_000, "only {english} live postcodes of England were looked at");
}

#[test]
fn every_pseudo_postcode_is_classed_as_one_and_is_nowhere() {
    let directory = PostcodeDirectory::from_reference(&reference("")).unwrap();
    for digit in b'0'..=b'9' {
        for letter in b'A'..=b'Z' {
            let text = format!("ZZ99 {}{}Z", char::from(digit), char::from(letter));
            // C, I, K, M, O and V do not end a postcode's first half-pair, but stand in these all the same.
            let Ok(postcode) = Postcode::parse(&text) else { continue };
            assert_eq!(directory.lookup(&postcode).status(), PlaceStatus::Pseudo, "{text}");
            let address = Address::read(&directory, Some(&text));
            assert!(address.sector().is_null() && address.area(directory.area("lsoa2011").unwrap()).is_null());
        }
    }
}
