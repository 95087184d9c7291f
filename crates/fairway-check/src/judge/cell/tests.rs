use jiff::civil::date as day;
use proptest::prelude::*;

use super::*;

#[test]
fn a_date_is_two_digits_two_digits_and_four() {
    assert_eq!(date("29/02/1940"), Ok(day(1940, 2, 29)));
    for text in ["1/1/2024", "2024-01-01", "29/02/40", "01/01/2024 00:00", "14670", "01-01-2024", "٠١/01/202"] {
        assert_eq!(date(text), Err(Builtin::DateFormat), "{text}");
    }
    for text in ["29/02/1941", "02/29/1940", "00/00/0000", "31/04/2024", "01/13/2024"] {
        assert_eq!(date(text), Err(Builtin::DateImpossible), "{text}");
    }
}

#[test]
fn numbers_keep_two_decimals_and_nothing_else() {
    assert_eq!(decimal("12.5"), Some(1250));
    assert_eq!(decimal("-0.05"), Some(-5));
    assert_eq!(decimal("1000"), Some(100_000));
    for text in ["", "-", "12.", ".5", "1,000.00", "£5", "1e3", "1.234", "12345678901234567", "+1"] {
        assert_eq!(decimal(text), None, "{text}");
    }
    assert_eq!(integer("-12"), Some(-12));
    assert_eq!(integer("12.0"), None);
    assert_eq!(integer("9999999999999999999"), None);
}

#[test]
fn a_formula_is_seen_through_its_disguises() {
    for text in ["=1+1", "+44 7700 900123", "@SUM(A1)", "-2+3", "-", "'=1", "\u{feff}=1", "\u{ff1d}1", "%0A=1", "|calc"]
    {
        assert!(is_formula(text), "{text}");
    }
    for text in ["-12.50", "-1,000", "O'Brien", "'t Hooft", "100%", "%", "Élan", "a=b", "5-6"] {
        assert!(!is_formula(text), "{text}");
    }
}

#[test]
fn blanks_at_the_ends_are_no_part_of_a_text() {
    assert_eq!(trim("\u{a0} 9434765919\u{a0}"), "9434765919");
    assert_eq!(trim("a b"), "a b");
}

proptest! {
    #[test]
    fn every_day_reads_back(year in 1i16..9999, month in 1i8..=12, on in 1i8..=31) {
        let text = format!("{on:02}/{month:02}/{year:04}");
        prop_assert_eq!(date(&text).ok(), Date::new(year, month, on).ok());
    }

    #[test]
    fn every_number_of_hundredths_reads_back(number in -1_000_000_000_000i64..1_000_000_000_000) {
        let text = format!("{}{}.{:02}", if number < 0 { "-" } else { "" }, number.abs() / 100, number.abs() % 100);
        prop_assert_eq!(decimal(&text), Some(number));
    }

    #[test]
    fn any_text_is_read_without_panic(text in ".*") {
        let _ = (date(&text), decimal(&text), integer(&text), is_formula(&text), trim(&text));
    }
}
