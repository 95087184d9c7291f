use jiff::civil::{date, time};

use super::*;

fn date_of(form: &DayForm, text: &str) -> Result<Reading, Misread> {
    Form::Date(form.clone()).read(text)
}

#[test]
fn an_iso_date_is_four_digits_two_and_two() {
    assert_eq!(date_of(&DayForm::Iso, "1940-02-29"), Ok(Reading::Day(date(1940, 2, 29))));
    for text in ["29/02/1940", "1940-2-29", "1940-02-29T00:00:00", "19400229", "1940-02-2x", ""] {
        assert_eq!(date_of(&DayForm::Iso, text), Err(Misread::Date), "{text}");
    }
    for text in ["1941-02-29", "2024-13-01", "0000-01-01", "2024-00-10"] {
        assert_eq!(date_of(&DayForm::Iso, text), Err(Misread::NoSuchDay), "{text}");
    }
}

#[test]
fn a_pattern_reads_what_it_writes_and_refuses_other_patterns() {
    for pattern in ["%d %b %Y", "%Y%m%d", "%d.%m.%y", "%B %d, %Y", "%d/%m/%Y"] {
        let form = DayForm::pattern(pattern).unwrap();
        let example = Form::Date(form.clone()).example();
        assert_eq!(date_of(&form, &example), Ok(Reading::Day(date(2025, 3, 31))), "{pattern} {example}");
    }
    let lenient = DayForm::pattern("%d/%m/%Y").unwrap();
    assert_eq!(date_of(&lenient, "1/2/2024"), Ok(Reading::Day(date(2024, 2, 1))));
    assert_eq!(date_of(&lenient, "1/2/24"), Err(Misread::Date));
    for wrong in ["%!", "yyyy-mm-dd", "", "%"] {
        assert!(DayForm::pattern(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn times_and_moments_are_read_with_and_without_an_offset() {
    let moment = |text: &str| Form::Moment(DayForm::Iso).read(text);
    assert_eq!(moment("2025-03-31T10:30:00"), Ok(Reading::Moment(date(2025, 3, 31).at(10, 30, 0, 0))));
    assert_eq!(moment("2025-03-31T10:30:00Z"), Ok(Reading::Moment(date(2025, 3, 31).at(10, 30, 0, 0))));
    assert_eq!(moment("2025-03-31T10:30:00+01:00"), Ok(Reading::Moment(date(2025, 3, 31).at(9, 30, 0, 0))));
    assert_eq!(moment("2025-03-31"), Err(Misread::Moment));
    assert_eq!(Form::Time(DayForm::Iso).read("10:30:00"), Ok(Reading::Time(time(10, 30, 0, 0))));
    assert_eq!(Form::Time(DayForm::Iso).read("10:30"), Err(Misread::Time));
}

#[test]
fn a_number_is_read_through_its_marks() {
    let marks = |decimal: &str, group: &str, bare| Marks { decimal: decimal.into(), group: group.into(), bare };
    let number = |marks: Marks, text: &str| Form::Number(marks).read(text);
    assert_eq!(number(Marks::default(), "12.5"), Ok(Reading::Number(12.5)));
    assert_eq!(number(marks(",", ".", true), "1.234,5"), Ok(Reading::Number(1234.5)));
    assert_eq!(number(marks(".", ",", false), "£1,234.50 p.a."), Ok(Reading::Number(1234.5)));
    assert_eq!(number(Marks::default(), "£12"), Err(Misread::Number));
    for text in ["", "-", "nan", "infinity", "1,5", "1 2", "0x1F"] {
        assert_eq!(number(Marks::default(), text), Err(Misread::Number), "{text}");
    }
    assert_eq!(Form::Integer(marks(".", "", false)).read("95%"), Ok(Reading::Whole(95)));
    assert_eq!(Form::Integer(Marks::default()).read("1.0"), Err(Misread::Integer));
    assert_eq!(Form::Integer(Marks::default()).read("9999999999999999999"), Err(Misread::Integer));
}

#[test]
fn each_shape_of_text_fits_its_own_example_and_not_a_word() {
    use TextForm as T;
    let all = [
        T::Email,
        T::Uri,
        T::Uuid,
        T::Binary,
        T::Duration,
        T::Object,
        T::Array,
        T::Point,
        T::PointArray,
        T::PointObject,
        T::GeoJson,
        T::TopoJson,
    ];
    for form in all {
        assert!(form.fits(form.example()), "{form:?}");
        assert!(!form.fits("a word"), "{form:?}");
    }
    assert!(!T::Point.fits("200, 10"));
    assert!(!T::GeoJson.fits(r#"{"type": "Point"}"#));
}

#[test]
fn a_list_is_as_good_as_its_worst_item() {
    let list = Form::List { delimiter: ";".into(), item: Some(Box::new(Form::Integer(Marks::default()))) };
    assert_eq!(list.read("1;2;3"), Ok(Reading::Text));
    assert_eq!(list.read("1;b"), Err(Misread::Integer));
}

#[test]
fn a_bound_says_on_which_side_values_lie() {
    let bound = |limit, value| Bound { limit, value, text: "5".into() };
    let five = Reading::Whole(5);
    for (limit, at, above) in [
        (Limit::AtLeast, true, true),
        (Limit::Above, false, true),
        (Limit::AtMost, true, false),
        (Limit::Below, false, false),
    ] {
        assert_eq!(bound(limit, five).holds(Reading::Number(5.0)), at, "{limit:?}");
        assert_eq!(bound(limit, five).holds(Reading::Whole(6)), above, "{limit:?}");
    }
    assert!(bound(Limit::AtLeast, five).holds(Reading::Truth(true)), "what cannot be compared is not out of bounds");
}

#[test]
fn a_pattern_is_of_the_whole_text_and_linear() {
    let pattern = Pattern::new("a|b").unwrap();
    assert!(pattern.fits("a") && pattern.fits("b") && !pattern.fits("ab") && !pattern.fits("a\n"));
    assert!(Pattern::new("a)|(b").is_err());
    assert!(Pattern::new("(?=a)").is_err());
    assert!(Pattern::new("(a{1000}){1000}").is_err());
    let nested = Pattern::new("(a*)*c").unwrap();
    assert!(!nested.fits(&"a".repeat(100_000)));
}
