//! What the kinds of defect have in common.

use fairway_domain::NhsNumber;
use jiff::civil::Date;

use super::{Changes, Scene};
use crate::chance::{Chance, plus};
use crate::row::{Row, push_date};
use crate::template::{Cell, Edition, LISTED, event, words_of};

pub(super) fn with_cell(cell: Cell, text: &str) -> Changes {
    vec![(cell, text.to_owned())]
}

/// The day in a cell; `None` where it is blank.
pub(super) fn day_of(row: &Row, cell: Cell) -> Option<Date> {
    let text = row.get(cell);
    let part = |from: usize, to: usize| text.get(from..to);
    Date::new(part(6, 10)?.parse().ok()?, part(3, 5)?.parse().ok()?, part(0, 2)?.parse().ok()?).ok()
}

/// A date of the person or the event that is filled.
pub(super) fn filled_date(scene: &Scene<'_>, chance: &mut Chance) -> Option<(Cell, Date)> {
    let cell = chance.any(&[Cell::Birth, Cell::EventStart, Cell::EventEnd], Cell::Birth);
    Some((cell, day_of(scene.row, cell)?))
}

pub(super) fn later_day(cell: Cell, day: Date, by: i32) -> Changes {
    let mut text = String::new();
    push_date(&mut text, plus(day, by));
    vec![(cell, text)]
}

pub(super) fn earlier_day(cell: Cell, day: Date, by: i32) -> Changes {
    later_day(cell, day, -by)
}

pub(super) fn blanked(scene: &Scene<'_>, cell: Cell) -> Option<Changes> {
    (!scene.row.get(cell).is_empty()).then(|| with_cell(cell, ""))
}

/// A last digit that does not check the others.
pub(super) fn without_check(scene: &Scene<'_>, chance: &mut Chance) -> Option<Changes> {
    let (nine, last) = scene.row.get(Cell::NhsNumber).split_at_checked(9)?;
    let last: i32 = last.parse().ok()?;
    Some(with_cell(Cell::NhsNumber, &format!("{nine}{}", (last + chance.within(1, 9)) % 10)))
}

/// The published example of an NHS number: well formed, but of nobody in the register.
pub(super) fn published_example(scene: &Scene<'_>, _: &mut Chance) -> Option<Changes> {
    let example = "9434765919";
    let fits = NhsNumber::parse(scene.row.get(Cell::NhsNumber)).is_ok();
    fits.then(|| with_cell(Cell::NhsNumber, example))
}

/// A listed value in other capitals.
pub(super) fn other_case(scene: &Scene<'_>, chance: &mut Chance) -> Option<Changes> {
    let (cell, text) = filled_code(scene, chance)?;
    let changed = if chance.happens(500) { text.to_ascii_uppercase() } else { text.to_ascii_lowercase() };
    (changed != text).then(|| with_cell(cell, &changed))
}

/// A listed value as the release before spells it; not where the two differ in capitals alone. In a file of the first
/// release there is none before it, so this spoils records of the second alone.
pub(super) fn other_release(scene: &Scene<'_>, chance: &mut Chance) -> Option<Changes> {
    let (cell, text) = filled_code(scene, chance)?;
    let edition = Some(scene.row.edition).filter(|edition| *edition == Edition::Second)?;
    let word = words_of(cell).iter().find(|word| word.text(edition) == text)?;
    let other = word.elsewhere(edition);
    (other != text).then(|| with_cell(cell, other))
}

fn filled_code<'a>(scene: &Scene<'a>, chance: &mut Chance) -> Option<(Cell, &'a str)> {
    let (cell, _) = LISTED.get(chance.index(LISTED.len()))?;
    let text = scene.row.get(*cell);
    (!text.is_empty()).then_some((*cell, text))
}

/// Blanks what this kind of event must have.
pub(super) fn sometimes_blank(scene: &Scene<'_>, chance: &mut Chance) -> Option<Changes> {
    let kind = scene.row.get(Cell::EventType);
    let edition = scene.row.edition;
    let cells: &[Cell] = if kind == event::REQUEST.text(edition) {
        &[Cell::Route, Cell::EventOutcome, Cell::EventEnd]
    } else if kind == event::ASSESSMENT.text(edition) {
        &[Cell::AssessmentType, Cell::EventEnd, Cell::SupportReason]
    } else if kind == event::SERVICE.text(edition) {
        &[Cell::ServiceType, Cell::ServiceComponent, Cell::EventOutcome]
    } else if kind == event::REVIEW.text(edition) {
        &[Cell::ReviewReason, Cell::ReviewMethod, Cell::EventOutcome]
    } else {
        &[]
    };
    blanked(scene, chance.any(cells, Cell::Route))
}

/// All cells of the record before, where that is about an event of the same person.
pub(super) fn repeated(scene: &Scene<'_>) -> Option<Changes> {
    let cells = Cell::ALL.iter().filter(|cell| scene.row.get(**cell) != scene.previous.get(**cell));
    let changes: Changes = cells.map(|cell| (*cell, scene.previous.get(*cell).to_owned())).collect();
    (same_person(scene) && !changes.is_empty()).then_some(changes)
}

fn same_person(scene: &Scene<'_>) -> bool {
    let own = scene.row.get(Cell::LaPerson);
    !own.is_empty() && own == scene.previous.get(Cell::LaPerson)
}

/// Nothing to say but that the record before is about the same person and has the same in this cell.
pub(super) fn same_before(scene: &Scene<'_>, cell: Cell) -> Option<()> {
    let own = scene.row.get(cell);
    (same_person(scene) && !own.is_empty() && own == scene.previous.get(cell)).then_some(())
}

/// Another number that passes its check, of the same beginning.
pub(super) fn another_number(number: &str, chance: &mut Chance) -> Option<String> {
    NhsNumber::parse(number).ok()?;
    let beginning = number.get(..3)?;
    let candidates = (0..200).map(|_| format!("{beginning}{:07}", chance.within(0, 9_999_999)));
    candidates.into_iter().find(|other| other != number && NhsNumber::parse(other).is_ok())
}
