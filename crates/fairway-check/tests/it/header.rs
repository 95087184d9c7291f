//! The header: every departure named and placed, and the records judged all the same where that makes sense.

use fairway_check::Verdict;

use crate::support::{example, one, rules, run};

#[test]
fn the_example_files_are_clean() {
    let (summary, found) = run(&example("r2").bytes());
    assert_eq!(found, []);
    assert_eq!((summary.verdict, summary.records, summary.records_rejected), (Verdict::Clean, 9, 0));
    assert_eq!(summary.organisation.as_deref(), Some("210"));
    assert_eq!(summary.period_end, Some(jiff::civil::date(2026, 3, 31)));
}

#[test]
fn a_missing_column_is_named_once_and_not_asked_for_in_every_record() {
    let mut sheet = example("r2");
    let gender = sheet.column("Gender");
    sheet.rows.iter_mut().for_each(|row| {
        row.remove(gender);
    });
    let (summary, found) = run(&sheet.bytes());
    assert_eq!(summary.verdict, Verdict::Rejected);
    assert_eq!(found.len(), 1);
    let seen = one(&found, "header-column-missing");
    assert_eq!((seen.column.as_str(), seen.letter.as_str(), seen.record), ("Gender", "J", None));
    assert_eq!(seen.message, "The column Gender is missing");
}

#[test]
fn an_extra_column_is_named_with_its_letter() {
    let mut sheet = example("r2");
    sheet.rows.iter_mut().enumerate().for_each(|(at, row)| {
        row.insert(2, if at == 0 { "Shoe size".into() } else { "42".into() });
    });
    let (summary, found) = run(&sheet.bytes());
    assert_eq!(summary.verdict, Verdict::Rejected);
    let seen = one(&found, "header-column-extra");
    assert_eq!((seen.letter.as_str(), seen.line, seen.byte), ("C", Some(1), Some(36)));
    assert_eq!(seen.message, "Column C, Shoe size, is not in the specification");
    assert_eq!(found.len(), 1);
}

#[test]
fn a_repeated_column_is_told_from_an_extra_one() {
    let mut sheet = example("r2");
    sheet.rows.iter_mut().for_each(|row| row.push(row[9].clone()));
    let (_, found) = run(&sheet.bytes());
    let seen = one(&found, "header-column-repeated");
    assert_eq!((seen.column.as_str(), seen.letter.as_str()), ("Gender", "AY"));
    assert_eq!(found.len(), 1);
}

#[test]
fn a_misnamed_column_is_given_its_name_and_its_values_are_judged() {
    let mut sheet = example("r2").with(1, "Adult 1 Linked Person_ID", "=1");
    let column = sheet.column("Adult 1 Linked Person_ID");
    sheet.rows[0][column] = "Adult_1_Linked_Person_ID".into();
    let (_, found) = run(&sheet.bytes());
    let seen = one(&found, "header-column-misnamed");
    assert_eq!(
        seen.message,
        "Column AK is called Adult_1_Linked_Person_ID, but must be called Adult 1 Linked Person_ID"
    );
    assert_eq!(one(&found, "formula-cell").column, "Adult 1 Linked Person_ID");
}

#[test]
fn names_that_differ_by_letters_find_their_nearest() {
    let mut sheet = example("r2");
    for (header, sent) in [("Ethnicity", "Ethnicty"), ("Date of Birth", "DateOfBirth"), ("Postcode", "Post code ")] {
        let column = sheet.column(header);
        sheet.rows[0][column] = sent.into();
    }
    let (_, found) = run(&sheet.bytes());
    let columns: Vec<&str> = found.iter().map(|seen| seen.column.as_str()).collect();
    assert_eq!(columns, ["Ethnicity", "Date of Birth", "Postcode"]);
    assert!(found.iter().all(|seen| seen.rule == "header-column-misnamed"));
}

#[test]
fn two_columns_in_each_others_place_are_one_move() {
    let mut sheet = example("r2");
    sheet.rows.iter_mut().for_each(|row| row.swap(5, 6));
    let (_, found) = run(&sheet.bytes());
    let seen = one(&found, "header-column-order");
    assert_eq!(seen.message, "The column First Name is in column G, but must be in column F");
    assert_eq!(found.len(), 1);
}

#[test]
fn a_first_line_that_is_data_is_never_repeated() {
    let mut sheet = example("r2");
    sheet.rows.remove(0);
    let (summary, found) = run(&sheet.bytes());
    assert_eq!(summary.verdict, Verdict::StoppedEarly);
    assert_eq!(found.len(), 1);
    let seen = one(&found, "header-absent");
    assert!(!format!("{seen:?}").contains("Appleby"));
}

#[test]
fn other_separators_are_named() {
    for (mark, word) in [(';', "semicolons"), ('\t', "tabs"), ('|', "vertical bars")] {
        let text = String::from_utf8(example("r2").bytes()).unwrap().replace(',', &mark.to_string());
        let (summary, found) = run(text.as_bytes());
        assert_eq!(summary.verdict, Verdict::StoppedEarly);
        assert_eq!(
            one(&found, "delimiter-wrong").message,
            format!("The columns are separated by {word}, not by commas")
        );
    }
}

#[test]
fn a_line_that_names_the_separator_is_passed_over_and_the_file_refused() {
    let mut bytes = b"sep=,\r\n".to_vec();
    bytes.extend(example("r2").with(1, "Gender", "Man").bytes());
    let (summary, found) = run(&bytes);
    assert_eq!(summary.verdict, Verdict::Rejected);
    assert_eq!(one(&found, "header-absent").line, Some(1));
    assert_eq!(one(&found, "value-not-in-list").line, Some(3));
}

#[test]
fn nothing_and_a_header_alone_are_told_apart() {
    assert_eq!(rules(b""), ["file-empty"]);
    assert_eq!(rules(b"\xef\xbb\xbf"), ["encoding-byte-order-mark", "file-empty"]);
    assert_eq!(rules(b"\r\n\r\n"), ["line-blank", "file-empty"]);
    let mut sheet = example("r2");
    sheet.rows.truncate(1);
    assert_eq!(rules(&sheet.bytes()), ["file-header-only"]);
    assert_eq!(run(b"").0.verdict, Verdict::Rejected);
}

#[test]
fn a_control_character_in_the_header_leaves_no_record_out() {
    let mut sheet = example("r2");
    sheet.rows[0][9] = "Gen\u{7}der".into();
    let (summary, found) = run(&sheet.bytes());
    assert_eq!((summary.verdict, summary.records_rejected), (Verdict::Rejected, 0));
    let rules: Vec<&str> = found.iter().map(|seen| seen.rule.as_str()).collect();
    assert_eq!(rules, ["character-control", "header-column-misnamed"]);
}
