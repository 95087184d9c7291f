//! One record against its specification.

mod cell;
mod filled;
mod postcode;

use fairway_domain::Fault;
use fairway_spec::Severity;
use jiff::civil::Date;

pub(crate) use cell::{Datum, Slot, State, is_formula};
pub(crate) use filled::Filled;

use crate::across::{Gleaner, Gleanings};
use crate::desk::{Desk, Note};
use crate::plan::{Builtin, ConditionId, Kind, Plan, RuleCheck, Truth};
use crate::read::{Cells, Reader};
use crate::{FieldStatus, FindingSink, Place, Validity};

/// Judges records; what it needs for one is reused for the next.
#[derive(Debug)]
pub(crate) struct Judge {
    slots: Vec<Slot>,
    known: Vec<Option<Truth>>,
    today: Date,
}

/// Where findings about the record at hand lie and go.
pub(crate) struct Scene<'a, 's, R: std::io::Read> {
    pub plan: &'a Plan<'s>,
    pub reader: &'a Reader<R>,
    pub cells: Cells<'a>,
    pub positions: &'a [Option<usize>],
    pub record: u64,
    pub desk: &'a mut Desk,
    pub sink: &'a mut dyn FindingSink,
}

impl<R: std::io::Read> Scene<'_, '_, R> {
    /// The place of a column's cell, or of the record.
    pub fn place(&self, column: Option<usize>) -> Place {
        let position = column.and_then(|column| self.positions.get(column).copied().flatten());
        let (line, byte) = self.reader.place_of(position);
        Place { record: Some(self.record), line: Some(line), byte: Some(byte) }
    }

    pub fn report(&mut self, note: &Note<'_>) -> Result<(), Fault> {
        self.desk.report(self.plan, note, self.sink)
    }
}

impl Judge {
    pub fn new(plan: &Plan<'_>, today: Date) -> Self {
        Self { slots: vec![Slot::ABSENT; plan.columns.len()], known: vec![None; plan.conditions.len()], today }
    }

    /// The cells of the record judged last, by column of the specification.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Reads the record's cells. False where all of them are blank.
    #[inline]
    pub fn read(&mut self, plan: &Plan<'_>, cells: Cells<'_>, positions: &[Option<usize>], missing: &[&str]) -> bool {
        let mut filled = false;
        for ((slot, column), position) in self.slots.iter_mut().zip(&plan.columns).zip(positions) {
            *slot = match position {
                Some(position) => cell::read(column, cells.get(*position), missing, self.today),
                None => Slot::ABSENT,
            };
            filled |= slot.state != State::Blank && slot.state != State::Absent;
        }
        filled
    }

    /// Adds what rules across records ask of the record that was judged last.
    pub fn glean<R: std::io::Read>(&mut self, scene: &Scene<'_, '_, R>, gleaner: &mut Gleaner, into: &mut Gleanings) {
        let plan = scene.plan;
        let filled =
            Filled { columns: &plan.columns, slots: &self.slots, cells: scene.cells, positions: scene.positions };
        let mut truths = Truths { plan, filled, known: &mut self.known };
        let mut applies = |condition| truths.of(condition) == Truth::True;
        gleaner.glean(0, (&filled, scene.reader.bytes()), &mut applies, into);
    }

    /// Says what is to be said about the record that was read last.
    pub fn judge<R: std::io::Read>(&mut self, scene: &mut Scene<'_, '_, R>) -> Result<(), Fault> {
        self.known.fill(None);
        let plan = scene.plan;
        let filled =
            Filled { columns: &plan.columns, slots: &self.slots, cells: scene.cells, positions: scene.positions };
        let mut truths = Truths { plan, filled, known: &mut self.known };
        for column in 0..plan.columns.len() {
            judge_cell(column, &mut truths, scene)?;
        }
        for check in &plan.checks {
            judge_rule(*check, &mut truths, scene)?;
        }
        judge_person(&truths, scene)
    }
}

/// Conditions on the record at hand, each looked at once.
struct Truths<'t, 's> {
    plan: &'t Plan<'s>,
    filled: Filled<'t>,
    known: &'t mut [Option<Truth>],
}

impl Truths<'_, '_> {
    #[inline]
    fn of(&mut self, condition: ConditionId) -> Truth {
        if condition == 0 {
            return Truth::True;
        }
        if let Some(Some(known)) = self.known.get(condition) {
            return *known;
        }
        let truth = self.plan.conditions.get(condition).map_or(Truth::Unknown, |node| node.truth(&self.filled));
        if let Some(known) = self.known.get_mut(condition) {
            *known = Some(truth);
        }
        truth
    }

    fn status(&mut self, column: usize) -> FieldStatus {
        let (mandatory, applicable) = {
            let column = &self.plan.columns[column];
            (column.mandatory, column.applicable)
        };
        match (self.of(mandatory), self.of(applicable)) {
            (Truth::True, _) => FieldStatus::Mandatory,
            (_, Truth::False) => FieldStatus::NotApplicable,
            (Truth::False, Truth::True) => FieldStatus::Applicable,
            _ => FieldStatus::Undetermined,
        }
    }
}

/// Mandatory, applicable, readable: what one cell is asked.
#[inline]
fn judge_cell<R: std::io::Read>(
    column: usize,
    truths: &mut Truths<'_, '_>,
    scene: &mut Scene<'_, '_, R>,
) -> Result<(), Fault> {
    let slot = truths.filled.slots[column];
    let Slot { state, problem, .. } = slot;
    if state == State::Absent {
        return Ok(());
    }
    let plan = truths.plan;
    if state == State::Blank {
        let missing = truths.of(plan.columns[column].mandatory) == Truth::True;
        if missing {
            say(column, Builtin::MandatoryBlank, truths, scene)?;
        }
    } else if truths.of(plan.columns[column].applicable) == Truth::False {
        say(column, Builtin::NotApplicableFilled, truths, scene)?;
    }
    match problem {
        Some(problem) => say(column, problem, truths, scene),
        None => Ok(()),
    }
}

/// Reports a built-in rule at a cell.
#[cold]
fn say<R: std::io::Read>(
    column: usize,
    rule: Builtin,
    truths: &mut Truths<'_, '_>,
    scene: &mut Scene<'_, '_, R>,
) -> Result<(), Fault> {
    let status = truths.status(column);
    let slot = truths.filled.slots[column];
    let now = match (&truths.plan.columns[column].kind, slot.datum) {
        (Kind::Code(table), Datum::Code(code)) => {
            Some(table.today(code).map_or("no value of this release", |code| table.text(code)))
        }
        _ => None,
    };
    let named = [("now", now.unwrap_or_default())];
    let validity = match (slot.state, status) {
        (State::Blank, FieldStatus::Mandatory) => Validity::BlankMandatory,
        (State::Blank, _) => Validity::BlankAllowed,
        (State::Earlier, _) => Validity::Release1,
        (State::Good, _) => Validity::Valid,
        _ => validity_of(truths.plan.rules[rule.index()].severity),
    };
    let names_value = matches!(rule, Builtin::EarlierRelease | Builtin::Capitals);
    scene.report(&Note {
        column: Some(column),
        place: scene.place(Some(column)),
        status: Some(status),
        validity: Some(validity),
        words: if names_value { &named } else { &[] },
        value: Some(truths.filled.raw(column)),
        ..Note::of(rule)
    })
}

/// What a broken rule makes of a value: one that is only warned of still counts as valid.
fn validity_of(severity: Severity) -> Validity {
    if severity >= Severity::Error { Validity::Invalid } else { Validity::Valid }
}

/// A rule with conditions. Where its cell is blank but mandatory, or unreadable, that has been said already.
#[inline]
fn judge_rule<R: std::io::Read>(
    check: RuleCheck,
    truths: &mut Truths<'_, '_>,
    scene: &mut Scene<'_, '_, R>,
) -> Result<(), Fault> {
    if truths.of(check.when) != Truth::True || truths.of(check.holds) != Truth::False {
        return Ok(());
    }
    let Some(column) = check.column else {
        return scene.report(&Note { rule: check.rule, place: scene.place(None), ..Note::default() });
    };
    let status = truths.status(column);
    let said = match truths.filled.slots[column].state {
        State::Absent | State::Unreadable => true,
        State::Blank => status == FieldStatus::Mandatory,
        _ => false,
    };
    if said {
        return Ok(());
    }
    let value = truths.filled.raw(column);
    let severity = truths.plan.rules[check.rule].severity;
    scene.report(&Note {
        rule: check.rule,
        column: Some(column),
        place: scene.place(Some(column)),
        status: Some(status),
        validity: Some(if value.is_empty() { Validity::BlankAllowed } else { validity_of(severity) }),
        value: Some(value),
        ..Note::default()
    })
}

/// A record that names its person neither by NHS number nor by the sender's own identifier is about nobody.
#[inline]
fn judge_person<R: std::io::Read>(truths: &Truths<'_, '_>, scene: &mut Scene<'_, '_, R>) -> Result<(), Fault> {
    let roles = truths.plan.roles;
    let (Some(nhs_number), Some(local)) = (roles.nhs_number, roles.local_person) else { return Ok(()) };
    let blank = |column| truths.filled.is_blank(column) != Some(false);
    if !(blank(nhs_number) && blank(local)) {
        return Ok(());
    }
    scene.report(&Note { place: scene.place(None), ..Note::of(Builtin::PersonUnidentified) })
}
