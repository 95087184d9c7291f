//! Columns of one extract do not pin down the day of birth together.
//!
//! Whoever knows the month of birth, and a person's exact age on the exact days of events, sees on which days of that
//! month the age had changed: each event in the month cuts it in two. A window of less than a month is what the gate
//! allows nobody (rule G7: one age per reference date, or a window of at least 30 days). An age at the end of a reporting
//! period, or one reckoned from the first of the month, tells nothing of the day.
//!
//! Ages on many days without the month narrow the date, too, but how far depends on the events of each person: that is
//! for the rules that look at the output.

use super::{Case, reason};
use crate::{BirthClue, Reason};

pub(crate) fn reasons(case: &Case<'_>) -> Vec<Reason> {
    // Figures are of groups; how small these may be is for the disclosure profile.
    if case.request.figures.is_some() {
        return Vec::new();
    }
    let names_of = |clue: BirthClue| -> Vec<&str> {
        case.chosen_columns()
            .filter(|offered| offered.birth_clue == Some(clue))
            .map(|o| o.column.name.as_str())
            .collect()
    };
    let clues = [BirthClue::BirthMonth, BirthClue::AgeOnDay, BirthClue::DayOfAge].map(names_of);
    if clues.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    let [month, age, day] = clues.map(|names| names.join(", "));
    let why = format!("{month}, {age} and {day} together narrow a date of birth to less than a month");
    vec![reason("birth-date-narrowed", why, "Leave out one of them; an age band may do for the age")]
}
