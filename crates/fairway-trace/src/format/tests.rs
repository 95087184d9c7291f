use proptest::prelude::*;

use super::check::is_timestamp;
use super::line::{Cells, push_cell, push_padded};

fn split(line: &str) -> Option<Vec<String>> {
    let mut cells = Cells::default();
    cells.split(line, ',').ok()?;
    Some(cells.iter().map(str::to_owned).collect())
}

#[test]
fn a_line_is_cut_at_its_separators_and_quotation_marks_are_taken_away() {
    for (line, cells) in [
        ("", vec![""]),
        ("a,b", vec!["a", "b"]),
        (",", vec!["", ""]),
        ("\"a,b\",c", vec!["a,b", "c"]),
        ("\"say \"\"when\"\"\",", vec!["say \"when\"", ""]),
        (" a , b ", vec!["a", "b"]),
        ("\"\",\"\"", vec!["", ""]),
    ] {
        assert_eq!(split(line).unwrap(), cells, "{line}");
    }
}

#[test]
fn a_quotation_mark_out_of_place_is_no_line() {
    for line in ["\"a", "a\"b", "\"a\"b,c", " \"a\"", "\"", "\"\"\"", "a,\"b"] {
        assert_eq!(split(line), None, "{line}");
    }
}

#[test]
fn fixed_widths_count_characters_and_show_what_is_missing_or_left() {
    let mut cells = Cells::default();
    let mut cut = |line: &str| {
        cells.cut(line, [2, 3].into_iter());
        cells.iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(cut("éàb  "), ["éà", "b"]);
    assert_eq!(cut("abc"), ["ab"]);
    assert_eq!(cut("abcdef"), ["ab", "cde", "f"]);
    assert_eq!(cut(""), Vec::<String>::new());
}

#[test]
fn a_time_stamp_is_a_day_of_the_calendar_and_a_time_of_the_day() {
    assert!(is_timestamp("20240229235959"));
    for text in
        ["", "2024022923595", "20230229000000", "20240229240000", "20240229236000", "2024022923595x", "+0240229235959"]
    {
        assert!(!is_timestamp(text), "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_split_is_what_an_independent_reader_reads(line in "[a,\" é]{0,12}") {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line.as_bytes());
        let theirs = reader.records().next().map(|record| record.unwrap());
        if let (Some(ours), Some(theirs)) = (split(&line), theirs) {
            prop_assert_eq!(ours, theirs.iter().map(|cell| cell.trim().to_owned()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn cells_written_are_the_cells_read(cells in proptest::collection::vec("[^\r\n]{0,8}", 1..6)) {
        let mut line = String::new();
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                line.push(',');
            }
            push_cell(&mut line, cell, ',');
        }
        prop_assert_eq!(split(&line).unwrap(), cells.iter().map(|cell| cell.trim()).collect::<Vec<_>>());
    }

    #[test]
    fn padded_cells_written_are_the_cells_read(cells in proptest::collection::vec("[^\r\n]{0,8}", 1..6)) {
        let mut line = String::new();
        cells.iter().for_each(|cell| push_padded(&mut line, cell, 8));
        let mut read = Cells::default();
        read.cut(&line, cells.iter().map(|_| 8));
        prop_assert_eq!(read.iter().collect::<Vec<_>>(), cells.iter().map(|cell| cell.trim()).collect::<Vec<_>>());
    }
}
