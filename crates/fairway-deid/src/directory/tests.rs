use std::collections::HashMap;
use std::sync::LazyLock;

use fairway_domain::Postcode;
use proptest::prelude::*;

use super::*;

fn reference() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reference")
}

/// The reference folder, read once for all tests: unoptimised, that takes seconds.
pub(crate) fn sample() -> &'static PostcodeDirectory {
    static SAMPLE: LazyLock<PostcodeDirectory> =
        LazyLock::new(|| PostcodeDirectory::from_reference(&reference()).unwrap());
    &SAMPLE
}

fn code(text: &str) -> Postcode {
    Postcode::parse(text).unwrap()
}

fn write(folder: &tempfile::TempDir, name: &str, content: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path
}

/// The header of NSPL August 2026, cut to what is read here and one more.
const NEW: &str = "\u{feff}pcd7,pcd8,pcds,dointr,doterm,lad25cd,lad26cd,wd26cd,ctry26cd,rgn26cd,pcon24cd,lsoa21cd,msoa21cd,sicbl26cd,lat,imd25ind,icb26cd\r\n";

#[test]
fn the_real_sample_is_read_in_full() {
    let directory = sample();
    let counts = DirectoryCounts {
        rows: 123_018,
        live: 94_566,
        terminated: 28_452,
        without_geography: 342,
        repeated: 0,
        unreadable: 0,
    };
    assert_eq!(directory.counts(), counts);
    let version = directory.version();
    assert_eq!(version.to_string(), "nspl_nov2021_sample@c074ee893b4e");
    assert_eq!(version.digest, directory.files()[0].digest);

    let sutton = directory.lookup(&code("SM1 1EA"));
    assert_eq!(sutton.status(), PlaceStatus::Live);
    for (area, want) in [
        (Area::Lsoa2011, Some("E01004142")),
        (Area::Lsoa2021, None),
        (Area::Msoa2011, Some("E02000851")),
        (Area::Ward, Some("E05000564")),
        (Area::District, Some("E09000029")),
        (Area::UpperTier, Some("E09000029")),
        (Area::Constituency, Some("E14000984")),
        (Area::Ccg, Some("E38000245")),
        (Area::Icb, Some("E54000031")),
        (Area::Region, Some("E12000007")),
        (Area::Country, Some("E92000001")),
    ] {
        assert_eq!(sutton.code(area), want, "{area:?}");
    }
    assert_eq!(sutton.imd_rank(), Some(10196));

    let harrogate = directory.lookup(&code("HG1 1AA"));
    assert_eq!(harrogate.code(Area::District), Some("E07000165"));
    assert_eq!(harrogate.code(Area::UpperTier), Some("E10000023"), "North Yorkshire");
    assert_eq!(harrogate.code(Area::Icb), Some("E54000051"));

    let closed = directory.lookup(&code("WC1A 1AA"));
    assert_eq!((closed.status(), closed.code(Area::Lsoa2011)), (PlaceStatus::Terminated, Some("E01000855")));
    let wick = directory.lookup(&code("KW1 4XA"));
    assert_eq!((wick.code(Area::UpperTier), wick.code(Area::Region)), (Some("S12000017"), None));
    let jersey = directory.lookup(&code("JE1 0BD"));
    assert_eq!((jersey.status(), jersey.code(Area::Lsoa2011), jersey.imd_rank()), (PlaceStatus::Live, None, None));
}

#[test]
fn every_english_postcode_of_the_sample_has_a_council_and_a_board() {
    let directory = sample();
    let english = |home: &&Home| directory.codes.text(home.areas[Area::Country as usize]) == Some("E92000001");
    let homes: Vec<&Home> = directory.homes.iter().filter(english).collect();
    assert!(homes.len() > 1_000);
    for area in [Area::Lsoa2011, Area::Msoa2011, Area::District, Area::UpperTier, Area::Ccg, Area::Icb, Area::Region] {
        assert!(homes.iter().all(|home| home.areas[area as usize] > 0), "{area:?}");
    }
}

#[test]
fn every_record_of_the_sample_is_found_again_by_another_reading() {
    let path = reference().join("postcodes/nspl_nov2021_sample.csv.gz");
    let directory = sample();
    let file = std::fs::File::open(path).unwrap();
    let mut table = csv::Reader::from_reader(flate2::read::GzDecoder::new(file));
    let header: HashMap<String, usize> = table.headers().unwrap().iter().map(str::to_owned).zip(0..).collect();
    for record in table.records() {
        let record = record.unwrap();
        let cell = |name: &str| record[header[name]].to_owned();
        let place = directory.lookup(&code(&cell("pcd")));
        let status = if cell("doterm").is_empty() { PlaceStatus::Live } else { PlaceStatus::Terminated };
        let known = Some(cell("lsoa11")).filter(|lsoa| !lsoa.is_empty() && !lsoa.ends_with("99999999"));
        assert_eq!((place.status(), place.code(Area::Lsoa2011)), (status, known.as_deref()));
    }
}

#[test]
fn pseudo_postcodes_are_no_place_and_an_unlisted_code_is_unknown() {
    let directory = sample();
    let homeless = directory.lookup(&code("ZZ99 3VZ"));
    assert_eq!((homeless.status(), homeless.meaning()), (PlaceStatus::Pseudo, Some("No fixed abode")));
    assert_eq!(homeless.code(Area::Lsoa2011), None);
    let abroad = directory.lookup(&code("ZZ99 4QZ"));
    assert_eq!((abroad.status(), abroad.meaning()), (PlaceStatus::Pseudo, None));
    assert_eq!(directory.lookup(&code("ZZ99 4QQ")).status(), PlaceStatus::Unknown);
    assert_eq!(directory.lookup(&code("SM1 1CV")).status(), PlaceStatus::Unknown);
}

#[test]
fn a_later_release_is_read_by_its_own_column_names() {
    let folder = tempfile::tempdir().unwrap();
    let rows = "SM1 1EA,SM1  1EA,SM1 1EA,198001,,E09000001,E09000029,E05013766,E92000001,E12000007,E14001538,E01004142,E02000851,E38000245,51.3,12000,E54000031\r\n";
    let path = write(&folder, "NSPL_AUG_2026_UK.csv", &format!("{NEW}{rows}"));
    let directory = PostcodeDirectory::read(&[path]).unwrap();
    let place = directory.lookup(&code("sm11ea"));
    assert_eq!(place.code(Area::District), Some("E09000029"), "the later of two vintages");
    assert_eq!((place.code(Area::Lsoa2011), place.code(Area::Lsoa2021)), (None, Some("E01004142")));
    assert_eq!((place.code(Area::Icb), place.imd_rank()), (Some("E54000031"), Some(12000)));
    assert!(directory.version().to_string().starts_with("NSPL_AUG_2026_UK@"));
    assert!(directory.labelled("NSPL 2026-08").version().to_string().starts_with("NSPL 2026-08@"));
}

#[test]
fn a_missing_column_is_named_with_the_names_tried() {
    let folder = tempfile::tempdir().unwrap();
    let read = |content: &str| PostcodeDirectory::read(&[write(&folder, "d.csv", content)]).unwrap_err().to_string();
    let end = |text: &str| text.split("d.csv ").nth(1).unwrap().to_owned();
    assert_eq!(
        end(&read("pcds,doterm,lsoa21\nSM1 1EA,,E01004142\n")),
        "has no column for the district: tried oslaua, laua, lad##cd, ladcd"
    );
    assert_eq!(
        end(&read("pcds,doterm,laua\n")),
        "has no column for the lower layer super output area: tried lsoa11, lsoa11cd, lsoa21, lsoa21cd"
    );
    assert_eq!(
        end(&read("postal,doterm,laua,lsoa11\n")),
        "has no column for the postcode: tried pcds, pcd7, pcd8, pcd, pcd2"
    );
    assert_eq!(end(&read("pcds,doterm,laua,lsoa11\n")), "has no records");
    assert!(end(&read("pcds,doterm,laua,lsoa11\nSM1 1EA,\n")).starts_with("is not a table"));
    assert!(matches!(PostcodeDirectory::read(&[] as &[PathBuf]), Err(DirectoryError::NoFile)));
    let missing = PostcodeDirectory::read(&[folder.path().join("none.csv")]);
    assert!(matches!(missing, Err(DirectoryError::Unreadable { .. })));
}

#[test]
fn of_several_files_a_live_postcode_wins_and_nothing_is_lost_from_the_count() {
    let folder = tempfile::tempdir().unwrap();
    let first = write(
        &folder,
        "a.csv",
        "pcds,doterm,laua,lsoa11\nSM1 1EA,,E09000029,E01000001\nGIR 0AA,,E09000029,E01000001\n",
    );
    let second =
        write(&folder, "b.csv", "lsoa11,pcds,doterm,laua\nE01000002,SM1 1EA,202001,E09000029\n,SM1 1EB,202001,\n");
    for (paths, label) in [([&first, &second], "a+b"), ([&second, &first], "b+a")] {
        let directory = PostcodeDirectory::read(&paths).unwrap();
        let place = directory.lookup(&code("SM1 1EA"));
        assert_eq!((place.status(), place.code(Area::Lsoa2011)), (PlaceStatus::Live, Some("E01000001")));
        let counts =
            DirectoryCounts { rows: 4, live: 1, terminated: 1, without_geography: 1, repeated: 1, unreadable: 1 };
        assert_eq!(directory.counts(), counts);
        assert_eq!(directory.version().label, label);
    }
}

#[test]
fn a_changed_byte_is_another_version() {
    let folder = tempfile::tempdir().unwrap();
    let a = write(&folder, "a.csv", "pcds,doterm,laua,lsoa11\nSM1 1EA,,E09000029,E01000001\n");
    let digest = |path: &PathBuf| PostcodeDirectory::read(&[path]).unwrap().version().digest;
    let before = digest(&a);
    std::fs::write(&a, "pcds,doterm,laua,lsoa11\nSM1 1EA,,E09000029,E01000002\n").unwrap();
    assert_ne!(before, digest(&a));
}

fn any_postcode() -> impl Strategy<Value = Postcode> {
    proptest::string::string_regex("[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}").unwrap().prop_map(|text| code(&text))
}

proptest! {
    #[test]
    fn two_postcodes_never_share_a_key(a in any_postcode(), b in any_postcode()) {
        prop_assert_eq!(postcode_key(&a) == postcode_key(&b), a == b);
        prop_assert!(postcode_key(&a).unwrap() & TERMINATED == 0);
    }

    #[test]
    fn any_bytes_are_judged_as_a_directory_without_panic(content in proptest::collection::vec(any::<u8>(), 0..300)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d.csv");
        std::fs::write(&path, [NEW.as_bytes(), &content].concat()).unwrap();
        let _ = PostcodeDirectory::read(&[path]);
    }
}
