//! How birth dates agree.

use super::asked::Asked;
use super::compare::{Field, level};
use super::parameters::Parameters;

/// How many dates each kind of slip may lead to; the last kind is any date.
const WAYS: [f64; 9] = [1.0, 1.0, 25.0, 3.0, 4.0, 1.0, 60.0, 300.0, 0.0];

pub(super) fn compare(asked: &Asked, held: u32, p: &Parameters) -> Field {
    let query = if asked.born > 0 { asked.born } else { asked.born_written };
    if query == 0 || held == 0 {
        return Field::SILENT;
    }
    let how = agreement(query, held);
    let rate = p.born[how as usize];
    let ratio = match WAYS[how as usize] {
        0.0 => rate,
        ways => rate / ways / asked.born_rate,
    };
    Field { level: how, ratio }
}

/// The kind of slip between two packed dates, in the order of the rates in [`Parameters`].
pub(super) fn agreement(query: u32, held: u32) -> u8 {
    if query == held {
        return level::EXACT;
    }
    let parts = |day: u32| (day / 10_000, day / 100 % 100, day % 100);
    let ((year, month, day), (held_year, held_month, held_day)) = (parts(query), parts(held));
    let partial = |month: u32, day: u32| month == 0 || day == 0;
    if partial(month, day) || partial(held_month, held_day) {
        return part_agreement((year, month), (held_year, held_month));
    }
    let wrong = digits(query).iter().zip(digits(held)).filter(|(a, b)| **a != *b).count();
    match (year == held_year, month == held_month, day == held_day) {
        (true, ..) if month == held_day && day == held_month => 1,
        _ if wrong == 1 => 2,
        _ if wrong == 2 && exchanged(query, held) => 3,
        (false, true, true) if matches!(year.abs_diff(held_year), 1 | 10) => 4,
        (true, ..) if month == 1 && day == 1 => 5,
        (true, true, false) | (true, false, true) | (false, true, true) => 6,
        (true, false, false) => 7,
        _ => 8,
    }
}

/// Whether two dates have less in common than any slip leaves.
pub(super) fn is_far(query: u32, held: u32) -> bool {
    agreement(query, held) > 6
}

/// The dates of the calendar that one slip makes eight digits of which are none: neighbouring digits exchanged, or day and
/// month.
pub(super) fn readings(written: u32) -> Vec<u32> {
    let (digits, value) = (digits(written), |digits: [u8; 8]| digits.iter().fold(0, |sum, d| sum * 10 + u32::from(*d)));
    let exchanges = [[0, 1, 2, 3, 6, 7, 4, 5].map(|at: usize| digits[at])];
    let neighbours = (0..7).map(|at| {
        let mut near = digits;
        near.swap(at, at + 1);
        near
    });
    let dates = exchanges.into_iter().chain(neighbours).map(value);
    dates.filter(|day| *day != written && crate::PartialDate::parse(&format!("{day:08}")).is_ok()).collect()
}

fn part_agreement(query: (u32, u32), held: (u32, u32)) -> u8 {
    let month_open = query.1 == 0 || held.1 == 0;
    match (query.0 == held.0, month_open || query.1 == held.1) {
        (true, true) => level::EXACT,
        (true, false) => 7,
        _ => 8,
    }
}

fn digits(packed: u32) -> [u8; 8] {
    std::array::from_fn(|at| (packed / 10u32.pow(7 - at as u32) % 10) as u8)
}

/// Whether two neighbouring digits changed places.
fn exchanged(a: u32, b: u32) -> bool {
    let (a, b) = (digits(a), digits(b));
    (0..7).any(|at| {
        a[at] == b[at + 1] && a[at + 1] == b[at] && a[at] != b[at] && a[at + 2..] == b[at + 2..] && a[..at] == b[..at]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_that_are_no_date_are_read_as_the_dates_one_exchange_away() {
        assert_eq!(readings(19_175_009), [19_170_509]);
        assert_eq!(readings(19_331_502), [19_330_215]);
        assert!(readings(0).is_empty());
    }

    #[test]
    fn each_kind_of_slip_is_told_from_the_others() {
        for (query, held, how) in [
            (19450312, 19450312, 0),
            (19451203, 19450312, 1),
            (19450313, 19450312, 2),
            (19540312, 19450312, 3),
            (19450321, 19450312, 3),
            (19500312, 19490312, 4),
            (19450101, 19450312, 5),
            (19450330, 19450312, 6),
            (19451118, 19450312, 7),
            (19321118, 19450312, 8),
            (19450000, 19450312, 0),
            (19450400, 19450312, 7),
        ] {
            assert_eq!(agreement(query, held), how, "{query} {held}");
        }
    }
}
