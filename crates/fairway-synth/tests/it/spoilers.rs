use std::collections::HashSet;

use fairway_synth::{Spoiler, SynthError, spoil};

use crate::support::{Output, options};

fn spoiled(spoiler: Spoiler) -> (Vec<u8>, Vec<u8>) {
    let output = Output::of(options(12, "asc-cld/r2"));
    let target = output.path("spoiled.csv");
    spoil(&output.path("submission.csv"), spoiler, &target).unwrap();
    (output.bytes("submission.csv"), output.bytes("spoiled.csv"))
}

fn cells(bytes: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    reader.byte_records().map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect()).collect()
}

fn text(cell: &[u8]) -> &str {
    std::str::from_utf8(cell).unwrap()
}

#[test]
fn columns_are_left_out_added_repeated_misnamed_and_swapped() {
    let header = |spoiler| cells(&spoiled(spoiler).1);
    assert!(header(Spoiler::MissingColumn).iter().all(|record| record.len() == 49));
    let extra = header(Spoiler::ExtraColumn);
    assert!(extra.iter().all(|record| record.len() == 51) && text(&extra[0][50]) == "Team");
    let repeated = header(Spoiler::RepeatedColumn);
    assert!(repeated.iter().all(|record| record.len() == 51 && record[50] == record[14]));
    assert_eq!(text(&header(Spoiler::MisnamedColumn)[0][14]), "Primary_Support_Reason");
    let swapped = header(Spoiler::SwappedColumns);
    assert_eq!((text(&swapped[0][14]), text(&swapped[0][15])), ("Postcode", "Primary Support Reason"));
}

#[test]
fn one_record_is_ragged_and_the_rest_stay() {
    let (before, after) = spoiled(Spoiler::RaggedRecord);
    let (before, after) = (cells(&before), cells(&after));
    for (number, (old, new)) in before.iter().zip(&after).enumerate() {
        assert_eq!(new.len(), old.len() - usize::from(number == 3));
    }
}

#[test]
fn encodings_hold_the_same_text() {
    let (before, after) = spoiled(Spoiler::Utf16);
    assert_eq!(&after[..2], b"\xff\xfe");
    let units: Vec<u16> = after[2..].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    assert_eq!(String::from_utf16(&units).unwrap().as_bytes(), before);
    let (before, after) = spoiled(Spoiler::ByteOrderMark);
    assert_eq!([b"\xef\xbb\xbf".as_slice(), &before].concat(), after);
    let (_, after) = spoiled(Spoiler::Windows1252);
    assert_eq!(cells(&after)[2][5], b"Ren\xe9e");
}

#[test]
fn separators_nul_quotes_and_formulas_are_as_named() {
    let (before, after) = spoiled(Spoiler::Semicolons);
    assert!(after.starts_with(b"LA Code;Reporting Period Start Date;"));
    assert_eq!(cells(&before).len(), after.iter().filter(|b| **b == b'\n').count());
    assert_eq!(spoiled(Spoiler::NulByte).1.iter().filter(|b| **b == 0).count(), 1);
    let (before, after) = spoiled(Spoiler::OpenQuote);
    assert_eq!(after.len(), before.len() + 1);
    assert_eq!(after.iter().filter(|b| **b == b'"').count() % 2, 1);
    assert_eq!(cells(&spoiled(Spoiler::FormulaCell).1)[2][28], b"=1+1");
}

#[test]
fn a_file_can_be_empty_or_a_header_alone() {
    assert!(spoiled(Spoiler::Empty).1.is_empty());
    let (before, after) = spoiled(Spoiler::HeaderOnly);
    assert!(before.starts_with(&after) && cells(&after).len() == 1);
}

#[test]
fn other_councils_and_periods_stand_where_said() {
    let column = |spoiler, at: usize| -> Vec<String> {
        cells(&spoiled(spoiler).1).iter().skip(1).map(|record| text(&record[at]).to_owned()).collect()
    };
    assert!(column(Spoiler::OtherCouncil, 0).iter().all(|code| code == "816"));
    let mixed = column(Spoiler::MixedCouncils, 0);
    assert_eq!((mixed[0].as_str(), mixed[1].as_str()), ("313", "816"));
    assert_eq!(column(Spoiler::MixedPeriods, 1)[1], "01/01/2019");
}

#[test]
fn every_spoiler_changes_the_file_and_reads_back_from_its_word() {
    let mut results = HashSet::new();
    for spoiler in Spoiler::ALL {
        assert_eq!(spoiler.as_str().parse(), Ok(spoiler));
        let (before, after) = spoiled(spoiler);
        assert!(before != after && results.insert(after), "{}", spoiler.as_str());
    }
    assert!("upside-down".parse::<Spoiler>().unwrap_err().contains("header-only"));
}

#[test]
fn what_is_not_a_submission_cannot_be_spoiled() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("other.csv");
    std::fs::write(&input, "a,b\n1,2\n").unwrap();
    let error = spoil(&input, Spoiler::MissingColumn, &dir.path().join("out.csv")).unwrap_err();
    assert!(error.to_string().contains("it has no column LA Code"), "{error}");
    let error = spoil(&dir.path().join("absent.csv"), Spoiler::Utf16, &dir.path().join("out.csv")).unwrap_err();
    assert!(matches!(error, SynthError::Io { .. }));
}
