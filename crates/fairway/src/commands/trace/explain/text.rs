//! The explanation for a terminal: everybody in a line each, then the likeliest side by side with bars.

use std::fmt::Write as _;

use fairway_trace::{Candidate, Reason};

use super::{Told, cut, label, values};
use crate::output::grouped;

/// People whose fields stand side by side; more would not fit the width of a terminal.
const ABREAST: usize = 2;
/// Blocks of the longest bar of a probability.
const WIDEST: f64 = 30.0;

pub fn text(told: &Told<'_>) -> String {
    let count = told.candidates.len() as u64;
    let compared =
        if count == 1 { "1 person was compared.".into() } else { format!("{} people were compared.", grouped(count)) };
    let mut text = format!("{} {compared}\n", told.answer());
    if told.shown.values {
        let _ = writeln!(text, "  asked: {}", values::of_query(told.query));
    }
    if told.candidates.is_empty() {
        return text;
    }
    list(told, &mut text);
    let mut number = 1;
    for group in told.first().chunks(ABREAST) {
        side_by_side(group, number, &mut text);
        number += group.len();
    }
    text.push_str(
        "\n  Numbers are bits: one to the right doubles the odds that it is the person, one to the left halves them.\n",
    );
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// A line for each, with the probability and a bar of it.
fn list(told: &Told<'_>, text: &mut String) {
    text.push('\n');
    for (number, one) in (1_u64..).zip(told.candidates) {
        let bar = "█".repeat((one.probability * WIDEST).round() as usize);
        let who = if told.shown.values { format!("  {}", values::of_person(one.person)) } else { String::new() };
        let (probability, bits) = (cut(one.probability), one.bits());
        let _ = writeln!(text, "  {:>5}  {probability:.6} {bits:>+7.1} bits  {bar:<30}{who}", grouped(number));
    }
}

/// A few candidates, a line for each field that says something.
fn side_by_side(group: &[Candidate<'_>], first: usize, text: &mut String) {
    let heads = (first..).take(group.len()).map(|number| match number {
        1 => "1: the likeliest person".to_owned(),
        other => format!("{other}: the next likely"),
    });
    let _ = writeln!(text, "\n  {:<20} {}", "", row(heads));
    for field in Told::fields(group) {
        let said = group
            .iter()
            .map(|one| one.reasons.iter().find(|reason| reason.field == field).map_or_else(String::new, with_bar));
        let _ = writeln!(text, "  {:<20} {}", label(field), row(said));
    }
    let sums = group.iter().map(|one| format!("{:<26}{:>+6.1}", "together", one.bits()));
    let _ = writeln!(text, "  {:<20} {}", "", row(sums));
}

/// Cells padded to the width of a column, counted in letters.
fn row(cells: impl Iterator<Item = String>) -> String {
    cells.map(|cell| format!("{cell:<46}")).collect::<Vec<_>>().join(" ")
}

/// How a field agrees, its bits, and a bar of them: to the right for the person, to the left against.
fn with_bar(reason: &Reason) -> String {
    const BITS_PER_BLOCK: f64 = 3.0;
    let blocks = |most: usize| ((reason.bits.abs() / BITS_PER_BLOCK).round() as usize).min(most);
    let (against, for_it) = if reason.bits < 0.0 { (blocks(4), 0) } else { (0, blocks(8)) };
    format!("{:<26}{:>+6.1} {:>4}|{}", reason.how, reason.bits, "░".repeat(against), "█".repeat(for_it))
}
