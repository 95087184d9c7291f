use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;

#[test]
fn a_year_is_full_on_the_birthday_and_not_the_day_before() {
    let born = date(1943, 6, 15);
    assert_eq!(full_years(born, date(2024, 6, 14)), Some(80));
    assert_eq!(full_years(born, date(2024, 6, 15)), Some(81));
    assert_eq!(full_years(born, born), Some(0));
    assert_eq!(full_years(born, date(1943, 6, 14)), None);
}

#[test]
fn who_was_born_on_29_february_is_a_year_older_on_1_march_of_a_common_year() {
    let born = date(2004, 2, 29);
    assert_eq!(full_years(born, date(2022, 2, 28)), Some(17));
    assert_eq!(full_years(born, date(2022, 3, 1)), Some(18));
    assert_eq!(full_years(born, date(2024, 2, 28)), Some(19));
    assert_eq!(full_years(born, date(2024, 2, 29)), Some(20));
}

#[test]
fn ages_agree_with_a_calendar_walked_day_by_day_for_every_birthday_of_four_years() {
    for offset in 0..1461 {
        let born = date(1999, 3, 1).checked_add(offset.days()).unwrap();
        let mut age = 0;
        for step in 1..=1500 {
            let on = born.checked_add(step.days()).unwrap();
            let leap_born = (born.month(), born.day()) == (2, 29) && !on.in_leap_year();
            let birthday = if leap_born { (3, 1) } else { (born.month(), born.day()) };
            age += i64::from((on.month(), on.day()) == birthday);
            assert_eq!(full_years(born, on), Some(age), "{born} {on}");
        }
    }
}

#[test]
fn the_departments_formula_is_kept_with_its_quirks() {
    // The example worked out in the Department's own arithmetic: 6,574 days / 365.25 = 17.998.
    assert_eq!(department_years(date(2005, 1, 1), date(2023, 1, 1)), Some(17));
    assert_eq!(department_years(date(2005, 1, 1), date(2023, 1, 2)), Some(18));
    // Early by most of a month: the day of birth is not looked at.
    assert_eq!(department_years(date(1950, 5, 31), date(2015, 5, 2)), Some(65));
    assert_eq!(full_years(date(1950, 5, 31), date(2015, 5, 2)), Some(64));
    assert_eq!(department_years(date(2024, 5, 10), date(2024, 4, 30)), None);
}

fn any_day() -> impl Strategy<Value = Date> {
    (1900i16..2100, 1i8..=12, 1i8..=31).prop_filter_map("a day of the calendar", |(y, m, d)| Date::new(y, m, d).ok())
}

proptest! {
    #[test]
    fn an_age_never_falls_as_days_go_by(born in any_day(), on in any_day()) {
        let next = on.tomorrow().unwrap();
        prop_assert!(full_years(born, on) <= full_years(born, next));
        prop_assert!(department_years(born, on) <= department_years(born, next));
    }

    #[test]
    fn the_two_ages_differ_by_one_year_at_most(born in any_day(), on in any_day()) {
        if let Some(exact) = full_years(born, on) {
            let department = department_years(born, on).unwrap();
            prop_assert!((exact - department).abs() <= 1);
        }
    }
}
