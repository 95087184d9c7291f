//! Single values, each against a slow and obvious reading of the same rule.

use fairway_domain::{NhsNumber, Postcode};
use fairway_spec::{DayForm, Form, Reading};

/// Any text as a day, in every form: what is read is written as it stood, and the two strict forms take nothing else.
pub fn date(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let read = |form: DayForm| Form::Date(form).read(&text).ok();
    let as_read = |format: &str| match jiff::civil::Date::strptime(format, &*text) {
        Ok(day) if day.year() > 0 => Some(Reading::Day(day)),
        _ => None,
    };
    let strict = |shape: &[u8]| {
        text.len() == shape.len()
            && text.bytes().zip(shape).all(|(b, s)| if *s == b'9' { b.is_ascii_digit() } else { b == *s })
    };
    let british = strict(b"99/99/9999").then(|| as_read("%d/%m/%Y")).flatten();
    assert_eq!(read(DayForm::British), british, "as dd/mm/yyyy");
    if strict(b"9999-99-99") {
        assert_eq!(read(DayForm::Iso), as_read("%Y-%m-%d"), "as yyyy-mm-dd");
    }
    let _ = read(DayForm::Any);
    if let Some((pattern, rest)) = text.split_once('\n')
        && let Ok(form) = DayForm::pattern(pattern)
    {
        let _ = Form::Date(form.clone()).read(rest);
        let _ = Form::Moment(form.clone()).read(rest);
        let _ = Form::Time(form).read(rest);
    }
}

/// Any text as an NHS number: ten digits, not all the same, whose weights add up.
pub fn nhs_number(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let kept: String = text.trim().chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let digits: Vec<u32> = kept.chars().filter_map(|c| c.to_digit(10)).collect();
    let right = kept.chars().count() == 10
        && digits.len() == 10
        && digits.iter().any(|digit| *digit != digits[0])
        // The check digit has the weight 1: a number is right where the weighted sum divides by 11.
        && digits.iter().zip((1..=10).rev()).map(|(digit, weight)| digit * weight).sum::<u32>() % 11 == 0;
    match NhsNumber::parse(&text) {
        Ok(number) => assert!(right && number.as_str() == kept, "took a wrong number"),
        Err(_) => assert!(!right, "refused a right number"),
    }
}

/// Any text as a postcode: what is read is read the same once more, and has the shape that the standard draws.
pub fn postcode(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let shape: String = text
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .map(|c| match c {
            'A'..='Z' | 'a'..='z' => 'A',
            '0'..='9' => '9',
            _ => '?',
        })
        .collect();
    let right = ["A99AA", "A999AA", "AA99AA", "AA999AA", "A9A9AA", "AA9A9AA"].contains(&shape.as_str());
    match Postcode::parse(&text) {
        Ok(code) => {
            assert!(right, "took what has no postcode's shape");
            assert_eq!(Postcode::parse(code.as_str()).as_ref(), Ok(&code), "not read the same once more");
        }
        Err(_) => assert!(!right, "refused a postcode"),
    }
}
