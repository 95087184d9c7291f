//! Rules about several records together, in two halves that know nothing of one another but [`Gleanings`].
//!
//! A [`Gleaner`] takes from a judged record what rules across records ask about: hashes, no text. It may run wherever the
//! record is judged. [`Across`] takes gleanings in the order of the file and says which records contradict earlier ones;
//! what shows only once every record is known, it says at the end. Its memory grows with the number of different values, up to
//! [`CheckOptions::key_bytes`](crate::CheckOptions::key_bytes); what has no room there goes to temporary files.

mod awaited;
mod figures;
mod followed;
mod glean;
mod imprint;
mod keys;
mod outline;
#[cfg_attr(target_arch = "wasm32", path = "no_spill.rs")]
mod spill;
mod table;

use std::sync::Arc;

use fairway_domain::Fault;

use crate::plan::{Kind, Plan};
use crate::{CheckOptions, DatasetFigures, Place};
use awaited::{Awaited, Open};
use figures::{Counts, Figures};
use followed::Followed;
use glean::Referring;
use outline::{Outline, Reference};
use spill::Room;
use table::{Said, Table};

pub(crate) use figures::Stated;
pub(crate) use glean::{Gleaner, Gleanings};
pub use imprint::{Comparison, Follow, Imprint, ImprintKey};

/// A record that contradicts an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Contradiction {
    /// Which of the gleanings' records, counted from 0.
    pub nth: usize,
    /// Number of the rule in the plan.
    pub rule: usize,
    /// Where it is placed; `None` for the whole record.
    pub column: Option<usize>,
    /// Number of the earlier record, counted from 1.
    pub other: u64,
}

/// What shows only at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AtEnd {
    /// Number of the rule in the plan.
    pub rule: usize,
    pub column: Option<usize>,
    /// Of the record it is about; none of the file as a whole.
    pub place: Place,
    /// What fills the places of message and hint.
    pub words: Vec<(&'static str, String)>,
}

/// What remains of a file whose every record is known.
#[derive(Debug, Default)]
pub(crate) struct Closed {
    pub dataset: Option<DatasetFigures>,
    pub imprint: Option<Arc<Imprint>>,
}

/// What is known of the records so far.
#[derive(Debug)]
pub(crate) struct Across {
    outline: Arc<Outline>,
    /// Names of the kinds of event.
    kinds: Vec<String>,
    figures: Figures,
    followed: Option<Followed>,
    /// For each rule about one day of the year: days, and how many of them are that day.
    days: Vec<(u64, u64)>,
    /// One for each of the outline's keys.
    tables: Vec<Table>,
    awaited: Awaited,
    room: Room,
}

/// The two halves, where the specification has a rule across records.
pub(crate) fn halves(plan: &Plan<'_>, options: &CheckOptions) -> Option<(Gleaner, Across)> {
    let outline = Arc::new(Outline::of(plan)?);
    let follow =
        options.follow.as_ref().filter(|_| outline.events.as_ref().is_some_and(|events| !events.names.is_empty()));
    let gleaner = Gleaner::new(outline.clone(), follow.map(|follow| follow.key));
    Some((gleaner, Across::new(outline, plan, follow, options.key_bytes)))
}

impl Across {
    fn new(outline: Arc<Outline>, plan: &Plan<'_>, follow: Option<&Follow>, key_bytes: usize) -> Self {
        let kind = outline.events.as_ref().and_then(|events| plan.columns.get(events.kind?));
        let kinds = match kind.map(|column| &column.kind) {
            Some(Kind::Code(table)) => table.values.iter().take(table.current).map(|name| (*name).to_owned()).collect(),
            _ => Vec::new(),
        };
        Self {
            kinds,
            figures: Figures::default(),
            followed: follow.map(Followed::new),
            days: vec![(0, 0); outline.days.len()],
            tables: outline.keys.iter().map(Table::new).collect(),
            awaited: Awaited::new(),
            room: Room::new(key_bytes),
            outline,
        }
    }

    /// Takes the records that follow, the first of them numbered `first`, and adds what contradicts earlier ones to `out`,
    /// in the order of the file. `place` is asked where a column of the n-th record lies.
    ///
    /// # Errors
    /// When what has no room in memory cannot be written or read.
    pub fn take(
        &mut self,
        gleanings: &Gleanings,
        first: u64,
        place: &dyn Fn(usize, usize) -> Place,
        out: &mut Vec<Contradiction>,
    ) -> Result<(), Fault> {
        let from = out.len();
        self.make_room(gleanings.len())?;
        for at in 0..self.tables.len() {
            self.take_key(at, gleanings, first, out)?;
        }
        self.take_references(gleanings, place)?;
        self.take_events(gleanings, first, place);
        if let Some(new) = out.get_mut(from..) {
            new.sort_unstable();
        }
        Ok(())
    }

    /// Makes room for the keys of so many records: the tables that take most of it go to files.
    fn make_room(&mut self, records: usize) -> Result<(), Fault> {
        loop {
            let wanted: usize = self.tables.iter().map(|table| table.bytes() + table.growth(records)).sum();
            if wanted <= self.room.for_keys() {
                return Ok(());
            }
            let largest = self.tables.iter_mut().filter(|table| !table.is_bare()).max_by_key(|table| table.bytes());
            let Some(largest) = largest else { return Ok(()) };
            largest.spill(&mut self.room)?;
        }
    }

    /// One table at a time over all records: so their places in it can be reached for together.
    fn take_key(
        &mut self,
        at: usize,
        gleanings: &Gleanings,
        first: u64,
        out: &mut Vec<Contradiction>,
    ) -> Result<(), Fault> {
        let (Some(keyed), Some(table)) = (self.outline.keys.get(at), self.tables.get_mut(at)) else { return Ok(()) };
        table.reach_for(gleanings.rows().filter_map(|(keys, _)| keys.get(at).copied()));
        for (nth, (keys, values)) in gleanings.rows().enumerate() {
            let key = keys.get(at).copied().unwrap_or_default();
            if key == 0 {
                continue;
            }
            let record = first + nth as u64;
            let earlier = table.first_with(key, record, &self.room)?;
            if let Some(other) = earlier.record {
                let repeated = keyed.unique.iter();
                out.extend(repeated.map(|rule| Contradiction { nth, rule: rule.rule, column: rule.column, other }));
            }
            for (said, agree) in earlier.said.iter_mut().zip(&keyed.agree) {
                let value = values.get(agree.slot).copied().unwrap_or_default();
                if value == 0 {
                    continue;
                }
                if said.value == 0 {
                    *said = Said { value, record: u32::try_from(record).unwrap_or(u32::MAX) };
                } else if said.value != value {
                    let other = said.record.into();
                    out.push(Contradiction { nth, rule: agree.rule, column: Some(agree.column), other });
                }
            }
        }
        Ok(())
    }

    fn take_references(&mut self, gleanings: &Gleanings, place: &dyn Fn(usize, usize) -> Place) -> Result<(), Fault> {
        let Self { outline, tables, awaited, room, .. } = self;
        for Referring { nth, reference, key } in &gleanings.referring {
            let Some(Reference { key: table, column, .. }) = outline.references.get(*reference) else { continue };
            let Some(table) = tables.get_mut(*table) else { continue };
            if !table.has(*key, room)? {
                awaited.push(Open { key: *key, reference: *reference, place: place(*nth, *column) });
            }
        }
        awaited.tidy(room, |open, room| has(outline, tables, open, room))
    }

    fn take_events(&mut self, gleanings: &Gleanings, first: u64, place: &dyn Fn(usize, usize) -> Place) {
        gleanings.events.iter().for_each(|event| self.figures.add(event));
        let start = self.outline.events.as_ref().and_then(|columns| columns.start).unwrap_or_default();
        if let Some(followed) = &mut self.followed {
            for footprint in &gleanings.footprints {
                let end = gleanings.events.get(footprint.nth).and_then(|event| event.end);
                followed.add(footprint, end, first + footprint.nth as u64, || place(footprint.nth, start));
            }
        }
        for ((days, hits), (more_days, more_hits)) in self.days.iter_mut().zip(&gleanings.days) {
            *days += more_days;
            *hits += more_hits;
        }
    }

    /// Says what shows only now that every record is known: first of single records, in the order of the file, then of the
    /// file as a whole, in the order of the rules.
    ///
    /// # Errors
    /// Those of `say`, and when what had no room in memory cannot be read.
    pub fn finish(
        mut self,
        stated: &Stated<'_>,
        say: &mut dyn FnMut(AtEnd) -> Result<(), Fault>,
    ) -> Result<Closed, Fault> {
        self.say_absent(say)?;
        let counts = std::mem::take(&mut self.figures).close();
        self.of_figures(&counts, stated).into_iter().try_for_each(say)?;
        let mut dataset = None;
        if self.outline.events.is_some() {
            let mut figures = counts.summary(&self.outline.closing, stated.today, &self.kinds);
            figures.earlier = self.followed.as_ref().and_then(|followed| followed.comparison(stated));
            dataset = Some(figures);
        }
        let imprint = self.followed.map(|followed| Arc::new(followed.imprint(&counts, stated, &self.kinds)));
        Ok(Closed { dataset, imprint })
    }
}

impl Across {
    /// Says which values never came.
    fn say_absent(&mut self, say: &mut dyn FnMut(AtEnd) -> Result<(), Fault>) -> Result<(), Fault> {
        let Self { outline, tables, awaited, room, .. } = self;
        let awaited = std::mem::replace(awaited, Awaited::new());
        awaited.finish(|open| has(outline, tables, open, room), &mut |open| {
            let Some(Reference { rule, column, .. }) = outline.references.get(open.reference) else { return Ok(()) };
            say(AtEnd { rule: *rule, column: Some(*column), place: open.place, words: Vec::new() })
        })
    }

    /// What the figures of the whole file say.
    fn of_figures(&mut self, counts: &Counts, stated: &Stated<'_>) -> Vec<AtEnd> {
        let closing = self.outline.closing.iter().flat_map(|closing| counts.judge(closing, stated, &self.kinds));
        let mut said: Vec<AtEnd> = closing.collect();
        for (asked, (days, hits)) in self.outline.days.iter().zip(&self.days) {
            if *days >= asked.least_records.max(1) && *hits as f64 > asked.most_share * *days as f64 {
                let words = vec![("count", hits.to_string()), ("expected", days.to_string())];
                said.push(AtEnd { rule: asked.rule, column: Some(asked.column), place: Place::default(), words });
            }
        }
        if let Some(followed) = &mut self.followed {
            said.extend(followed.judge(&self.outline.closing, counts, stated, &self.kinds));
        }
        said.sort_by_key(|end| end.rule);
        said
    }
}

/// Whether the value that a reference waits for has come.
fn has(outline: &Outline, tables: &mut [Table], open: &Open, room: &Room) -> Result<bool, Fault> {
    let table = outline.references.get(open.reference).and_then(|reference| tables.get_mut(reference.key));
    table.map_or(Ok(true), |table| table.has(open.key, room))
}
