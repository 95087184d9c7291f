//! One record against its specification.

mod cell;
mod filled;
pub(crate) mod held;
mod postcode;

use fairway_spec::Severity;
use jiff::civil::Date;

pub(crate) use cell::{Datum, Slot, State, is_formula, trim};
pub(crate) use filled::{Filled, full_years};

use crate::across::{Gleaner, Gleanings};
use crate::brief::Brief;
use crate::outcome::{Kind, Noted, Outcome};
use crate::plan::{Builtin, ConditionId, Plan, RuleCheck, Truth};
use crate::quality::Lane;
use crate::read::{Cells, Reader};
use crate::{FieldStatus, Place, Validity};

/// Judges records; what it needs for one is reused for the next.
#[derive(Debug)]
pub(crate) struct Judge {
    /// One for each column of the specification.
    seats: Vec<Seat>,
    slots: Vec<Slot>,
    known: Vec<Option<Truth>>,
    /// For each of the plan's requirements, what it comes to in this record.
    statuses: Vec<FieldStatus>,
    /// Columns that a rule of the record finds wrong.
    broken: Vec<usize>,
    today: Date,
}

/// What is needed of a column to count its cells.
#[derive(Debug, Clone, Copy)]
struct Seat {
    requirement: usize,
    lane: Lane,
}

/// The record at hand, and where findings about it go.
pub(crate) struct Page<'a, 's> {
    pub brief: &'a Brief<'s>,
    pub reader: &'a Reader,
    pub cells: Cells<'a>,
    /// Number of the record in its block, from 1.
    pub record: u32,
    /// A finding says that the record is left out.
    pub rejected: bool,
    pub out: &'a mut Outcome,
}

impl Page<'_, '_> {
    /// The place of a column's cell, counted from the block.
    pub fn place_of(&self, column: usize) -> Place {
        let position = self.brief.layout.positions.get(column).copied().flatten();
        let (line, byte) = self.reader.place_of(position);
        let byte = byte - self.reader.block_at();
        Place { record: Some(u64::from(self.record)), line: Some(line), byte: Some(byte) }
    }

    /// Notes a finding at a byte of the record.
    pub fn note_at(&mut self, kind: Kind, at: usize) {
        let (line, byte) = self.reader.place_at(at);
        let record = if kind.rule == Kind::built_in(Builtin::LineBlank, None).rule { 0 } else { self.record };
        self.push(kind, record, (line, byte), None);
    }

    /// Notes that nothing sensible follows the record read last.
    pub fn note_lost(&mut self, kind: Kind) {
        self.push(kind, 0, self.reader.next_place(), None);
    }

    /// Notes a finding about a column's cell.
    pub fn note_cell(&mut self, kind: Kind, value: Option<&str>) {
        let position = kind.column().and_then(|column| self.brief.layout.positions.get(column).copied().flatten());
        self.push(kind, self.record, self.reader.place_of(position), value);
    }

    fn push(&mut self, kind: Kind, record: u32, (line, byte): (u64, u64), value: Option<&str>) {
        let number = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        self.rejected |= self.brief.plan.rejects_record(usize::from(kind.rule), kind.column());
        let value = value.filter(|_| self.brief.show_values).map(|value| {
            let from = number(self.out.values.len() as u64);
            self.out.values.push_str(value);
            (from, number(self.out.values.len() as u64))
        });
        let byte = number(byte - self.reader.block_at());
        self.out.noted.push(Noted { kind, record, line: number(line), byte, value });
    }
}

impl Judge {
    pub fn new(plan: &Plan<'_>, today: Date) -> Self {
        let columns = plan.columns.iter().enumerate();
        let seats = columns.map(|(column, own)| Seat { requirement: own.requirement, lane: plan.grid.lane(column) });
        Self {
            seats: seats.collect(),
            slots: vec![Slot::ABSENT; plan.columns.len()],
            known: vec![None; plan.conditions.len()],
            statuses: vec![FieldStatus::Undetermined; plan.requirements.len()],
            broken: Vec::new(),
            today,
        }
    }

    /// The cells of the record judged last, by column of the specification.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Reads the record's cells. False where all of them are blank.
    #[inline]
    pub fn read(&mut self, brief: &Brief<'_>, cells: Cells<'_>) -> bool {
        let mut filled = false;
        for ((slot, column), position) in self.slots.iter_mut().zip(&brief.plan.columns).zip(&brief.layout.positions) {
            let Some(position) = position else { continue };
            slot.read(column, cells.cell(*position), &brief.plan.blanks, self.today);
            filled |= slot.state != State::Blank;
        }
        filled
    }

    /// Takes from the record that was judged last, the n-th of its block, what rules about several records ask.
    pub fn glean(&mut self, nth: usize, page: &Page<'_, '_>, gleaner: &mut Gleaner, into: &mut Gleanings) {
        let plan = &page.brief.plan;
        let (columns, positions) = (&plan.columns, &page.brief.layout.positions);
        let filled = Filled { columns, slots: &self.slots, cells: page.cells, positions };
        let mut truths =
            Truths { plan, filled, known: &mut self.known, statuses: &mut self.statuses, today: self.today };
        let mut applies = |condition| truths.of(condition) == Truth::True;
        gleaner.glean(nth, (&filled, page.reader.bytes()), &mut applies, into);
    }

    /// Says what is to be said about the record that was read last.
    pub fn judge(&mut self, page: &mut Page<'_, '_>) {
        self.known.fill(None);
        self.broken.clear();
        let brief = page.brief;
        let (columns, positions) = (&brief.plan.columns, &brief.layout.positions);
        let filled = Filled { columns, slots: &self.slots, cells: page.cells, positions };
        let mut truths = Truths {
            plan: &brief.plan,
            filled,
            known: &mut self.known,
            statuses: &mut self.statuses,
            today: self.today,
        };
        truths.settle();
        let organisation = organisation(&truths, page);
        for (column, (slot, Seat { requirement, lane })) in filled.slots.iter().zip(&self.seats).enumerate() {
            let status = truths.statuses[*requirement];
            let index = match slot.state {
                State::Absent => continue,
                _ if is_quiet(slot, status) => lane.index(status, slot.counted),
                _ => {
                    judge_cell(column, *slot, status, (&truths, &mut *page));
                    brief.plan.grid.index(column, status, slot, passes(&brief.plan, *slot))
                }
            };
            page.out.counts.add(organisation, index);
        }
        for check in &brief.plan.checks {
            judge_rule(*check, &mut truths, page, &mut self.broken);
        }
        judge_person(&truths, page);
        count_broken(&truths, &mut self.broken, organisation, page);
    }
}

/// Whose record it is, by its number among those that the block's records bear.
#[inline]
fn organisation(truths: &Truths<'_, '_>, page: &mut Page<'_, '_>) -> u32 {
    match truths.plan.grid.organisation() {
        Some(column) => page.out.counts.organisation(truths.filled.text(column)),
        None => 0,
    }
}

/// Whether a cell counts as valid where no rule about several cells says otherwise.
#[inline]
fn passes(plan: &Plan<'_>, slot: Slot) -> bool {
    match slot.problem {
        Some(problem) if slot.state != State::Earlier => validity_of(plan, problem.index()) == Validity::Valid,
        _ => true,
    }
}

/// Counts the fields that a rule about several cells found wrong as what they are.
#[inline]
fn count_broken(truths: &Truths<'_, '_>, broken: &mut Vec<usize>, organisation: u32, page: &mut Page<'_, '_>) {
    if broken.is_empty() {
        return;
    }
    broken.sort_unstable();
    broken.dedup();
    for column in broken.drain(..) {
        let slot = truths.filled.slots[column];
        if passes(truths.plan, slot) {
            let index = |passes| truths.plan.grid.index(column, truths.status(column), &slot, passes);
            page.out.counts.shift(organisation, index(true), index(false));
        }
    }
}

/// Conditions on the record at hand, each looked at once.
struct Truths<'t, 's> {
    plan: &'t Plan<'s>,
    filled: Filled<'t>,
    known: &'t mut [Option<Truth>],
    statuses: &'t mut [FieldStatus],
    today: Date,
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
        let truth =
            self.plan.conditions.get(condition).map_or(Truth::Unknown, |node| node.truth(&self.filled, self.today));
        if let Some(known) = self.known.get_mut(condition) {
            *known = Some(truth);
        }
        truth
    }

    /// Finds out what each requirement comes to in this record.
    #[inline]
    fn settle(&mut self) {
        for (number, (mandatory, applicable)) in self.plan.requirements.iter().enumerate() {
            self.statuses[number] = match (self.of(*mandatory), self.of(*applicable)) {
                (Truth::True, _) => FieldStatus::Mandatory,
                (_, Truth::False) => FieldStatus::NotApplicable,
                (Truth::False, Truth::True) => FieldStatus::Applicable,
                _ => FieldStatus::Undetermined,
            };
        }
    }

    #[inline]
    fn status(&self, column: usize) -> FieldStatus {
        self.statuses[self.plan.columns[column].requirement]
    }
}

/// Whether nothing is to be said of a cell.
#[inline(always)]
fn is_quiet(slot: &Slot, status: FieldStatus) -> bool {
    let blank = slot.counted == Lane::BLANK;
    let unfit = if blank { FieldStatus::Mandatory } else { FieldStatus::NotApplicable };
    slot.problem.is_none() & (status != unfit)
}

/// Mandatory, applicable, readable: what one cell is asked.
fn judge_cell(column: usize, slot: Slot, status: FieldStatus, (truths, page): (&Truths<'_, '_>, &mut Page<'_, '_>)) {
    match (slot.state, status) {
        (State::Blank, FieldStatus::Mandatory) => say(column, Builtin::MandatoryBlank, truths, page),
        (State::Blank, _) => {}
        (_, FieldStatus::NotApplicable) => say(column, Builtin::NotApplicableFilled, truths, page),
        _ => {}
    }
    if let Some(problem) = slot.problem {
        say(column, problem, truths, page);
    }
}

/// Reports a built-in rule at a cell.
fn say(column: usize, rule: Builtin, truths: &Truths<'_, '_>, page: &mut Page<'_, '_>) {
    let status = truths.status(column);
    let slot = truths.filled.slots[column];
    let validity = match (slot.state, status) {
        (State::Blank, FieldStatus::Mandatory) => Validity::BlankMandatory,
        (State::Blank, _) => Validity::BlankAllowed,
        (State::Earlier, _) => Validity::Release1,
        (State::Good, _) => Validity::Valid,
        _ => validity_of(truths.plan, rule.index()),
    };
    let detail = match slot.datum {
        Datum::Code(code) if matches!(rule, Builtin::EarlierRelease | Builtin::Capitals) => u32::from(code),
        _ => 0,
    };
    let (status, validity) = (Some(status), Some(validity));
    let kind = Kind { status, validity, detail, ..Kind::built_in(rule, Some(column)) };
    page.note_cell(kind, Some(truths.filled.raw(column)));
}

/// What a broken rule makes of a value: one that is only warned of still counts as valid.
fn validity_of(plan: &Plan<'_>, rule: usize) -> Validity {
    if plan.rules[rule].severity >= Severity::Error { Validity::Invalid } else { Validity::Valid }
}

/// A rule with conditions. Where its cell is blank but mandatory, or unreadable, that has been said already.
#[inline]
fn judge_rule(check: RuleCheck, truths: &mut Truths<'_, '_>, page: &mut Page<'_, '_>, broken: &mut Vec<usize>) {
    if truths.of(check.when) != Truth::True || truths.of(check.holds) != Truth::False {
        return;
    }
    let Some(column) = check.column else {
        return page.note_at(Kind::of(check.rule, None), 0);
    };
    let status = truths.status(column);
    let said = match truths.filled.slots[column].state {
        State::Absent | State::Unreadable => true,
        State::Blank => status == FieldStatus::Mandatory,
        _ => false,
    };
    if said {
        return;
    }
    let value = truths.filled.raw(column);
    let judged = validity_of(truths.plan, check.rule);
    if judged == Validity::Invalid && !value.is_empty() {
        broken.push(column);
    }
    let validity = if value.is_empty() { Validity::BlankAllowed } else { judged };
    page.note_cell(
        Kind { status: Some(status), validity: Some(validity), ..Kind::of(check.rule, Some(column)) },
        Some(value),
    );
}

/// A record that names its person neither by NHS number nor by the sender's own identifier is about nobody.
#[inline]
fn judge_person(truths: &Truths<'_, '_>, page: &mut Page<'_, '_>) {
    let roles = truths.plan.roles;
    let (Some(nhs_number), Some(local)) = (roles.nhs_number, roles.local_person) else { return };
    let blank = |column| truths.filled.is_blank(column) != Some(false);
    if blank(nhs_number) && blank(local) {
        page.note_at(Kind::built_in(Builtin::PersonUnidentified, None), 0);
    }
}
