//! Ages held against a calendar that shares no code with them: days are counted by hand from the years' lengths.

use fairway_deid::age::{department_years, full_years};
use jiff::civil::{Date, date};

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Every day from 1 January 2000 on, in order: its number is its place.
struct Calendar {
    days: Vec<(i64, i64, i64)>,
    firsts: Vec<usize>,
}

impl Calendar {
    fn new() -> Self {
        let (mut days, mut firsts) = (Vec::new(), Vec::new());
        for year in 2000..2125 {
            firsts.push(days.len());
            for month in 1..=12 {
                (1..=month_length(year, month)).for_each(|day| days.push((year, month, day)));
            }
        }
        Self { days, firsts }
    }

    /// The number of a day; 29 February of a common year is 1 March.
    fn number(&self, (year, month, day): (i64, i64, i64)) -> usize {
        let before: i64 = (1..month).map(|month| month_length(year, month)).sum();
        self.firsts[usize::try_from(year - 2000).unwrap()] + usize::try_from(before + day - 1).unwrap()
    }

    fn date(&self, number: usize) -> Date {
        let (year, month, day) = self.days[number];
        date(year.try_into().unwrap(), month.try_into().unwrap(), day.try_into().unwrap())
    }
}

/// Four years with a leap day in them.
const FOUR_YEARS: usize = 1461;

#[test]
fn every_birthday_of_four_years_on_every_day_of_four_years_now_and_later() {
    let calendar = Calendar::new();
    let first = calendar.number((2002, 3, 1));
    // The same four years, the years of coming of age, and those round 2100, which is no leap year.
    for apart in [0, 18, 96] {
        let span = calendar.number((2002 + apart, 3, 1));
        for born in first..first + FOUR_YEARS {
            let (year, month, day) = calendar.days[born];
            let birthdays: Vec<usize> = (1..apart + 6).map(|age| calendar.number((year + age, month, day))).collect();
            let first_of_month = calendar.number((year, month, 1));
            let birth = calendar.date(born);
            for on in span..span + FOUR_YEARS {
                let reached = birthdays.partition_point(|birthday| *birthday <= on) as i64;
                let exact = (on >= born).then_some(reached);
                let days = on.checked_sub(first_of_month).map(|days| days as i64);
                let today = calendar.date(on);
                assert_eq!(full_years(birth, today), exact, "{birth} {today}");
                assert_eq!(department_years(birth, today), days.map(|days| days * 100 / 36_525), "{birth} {today}");
            }
        }
    }
}
