//! Rules about several records together, in two halves that know nothing of one another but [`Gleanings`].
//!
//! A [`Gleaner`] takes from a judged record what rules across records ask about: hashes, no text. It may run wherever the
//! record is judged. [`Across`] takes gleanings in the order of the file and says which records contradict earlier ones;
//! what shows only once every record is known, it says at the end. Its memory grows with the number of different values.

mod figures;
mod followed;
mod glean;
mod imprint;
mod keys;
mod outline;

use std::sync::Arc;

use crate::plan::{Kind, Plan};
use crate::{DatasetFigures, Place};
use figures::{Counts, Figures};
use followed::Followed;
use glean::Referring;
use keys::Keys;
use outline::{Keyed, Outline, Reference};

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
    /// References to values that have not been seen yet.
    open: Vec<Open>,
    /// When so many are open, those found since are let go.
    tidy_at: usize,
}

#[derive(Debug, Default)]
struct Table {
    /// The number of the first record with the key; where `said` is used, the number of the key.
    keys: Keys,
    /// The first record with each key, where rules want both.
    first: Vec<u32>,
    /// How many keys are numbered.
    count: u64,
    /// For each key and each column that must agree, what was said first.
    said: Vec<Said>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Said {
    /// 0 where nothing was said yet.
    value: u32,
    record: u32,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    key: u128,
    reference: usize,
    place: Place,
}

/// The two halves, where the specification has a rule across records.
pub(crate) fn halves(plan: &Plan<'_>, follow: Option<&Follow>) -> Option<(Gleaner, Across)> {
    let outline = Arc::new(Outline::of(plan)?);
    let follow = follow.filter(|_| outline.events.as_ref().is_some_and(|events| !events.names.is_empty()));
    let gleaner = Gleaner::new(outline.clone(), follow.map(|follow| follow.key));
    Some((gleaner, Across::new(outline, plan, follow)))
}

const FEW: usize = 4096;

impl Across {
    fn new(outline: Arc<Outline>, plan: &Plan<'_>, follow: Option<&Follow>) -> Self {
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
            tables: outline.keys.iter().map(|_| Table::default()).collect(),
            open: Vec::new(),
            tidy_at: FEW,
            outline,
        }
    }

    /// Takes the records that follow, the first of them numbered `first`, and adds what contradicts earlier ones to `out`,
    /// in the order of the file. `place` is asked where a column of the n-th record lies.
    pub fn take(
        &mut self,
        gleanings: &Gleanings,
        first: u64,
        place: &dyn Fn(usize, usize) -> Place,
        out: &mut Vec<Contradiction>,
    ) {
        let from = out.len();
        for at in 0..self.tables.len() {
            self.take_key(at, gleanings, first, out);
        }
        self.take_references(gleanings, place);
        self.take_events(gleanings, first, place);
        if let Some(new) = out.get_mut(from..) {
            new.sort_unstable();
        }
        if self.open.len() > self.tidy_at {
            self.tidy();
            self.tidy_at = (self.open.len() * 2).max(FEW);
        }
    }

    /// One table at a time over all records: the lookups of neighbours overlap.
    fn take_key(&mut self, at: usize, gleanings: &Gleanings, first: u64, out: &mut Vec<Contradiction>) {
        let (Some(keyed), Some(table)) = (self.outline.keys.get(at), self.tables.get_mut(at)) else { return };
        for (nth, (keys, values)) in gleanings.rows().enumerate() {
            let key = keys.get(at).copied().unwrap_or_default();
            if key == 0 {
                continue;
            }
            let record = first + nth as u64;
            let earlier = table.first_with(key, record, keyed);
            if let Some(other) = earlier.record {
                let repeated = keyed.unique.iter();
                out.extend(repeated.map(|rule| Contradiction { nth, rule: rule.rule, column: rule.column, other }));
            }
            for (place, agree) in keyed.agree.iter().enumerate() {
                let value = values.get(agree.slot).copied().unwrap_or_default();
                let Some(said) = table.said.get_mut(earlier.said + place).filter(|_| value != 0) else { continue };
                if said.value == 0 {
                    *said = Said { value, record: u32::try_from(record).unwrap_or(u32::MAX) };
                } else if said.value != value {
                    let other = said.record.into();
                    out.push(Contradiction { nth, rule: agree.rule, column: Some(agree.column), other });
                }
            }
        }
    }

    fn take_references(&mut self, gleanings: &Gleanings, place: &dyn Fn(usize, usize) -> Place) {
        for Referring { nth, reference, key } in &gleanings.referring {
            let Some(Reference { key: table, column, .. }) = self.outline.references.get(*reference) else { continue };
            if self.tables.get(*table).is_some_and(|table| !table.keys.has(*key)) {
                self.open.push(Open { key: *key, reference: *reference, place: place(*nth, *column) });
            }
        }
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

    /// Lets go of references to values that were seen since.
    fn tidy(&mut self) {
        let (tables, references) = (&self.tables, &self.outline.references);
        self.open.retain(|open| {
            let table = references.get(open.reference).and_then(|reference| tables.get(reference.key));
            table.is_some_and(|table| !table.keys.has(open.key))
        });
    }

    /// Says what shows only now that every record is known: first of single records, in the order of the file, then of the
    /// file as a whole, in the order of the rules.
    ///
    /// # Errors
    /// Those of `say`.
    pub fn finish<E>(mut self, stated: &Stated<'_>, say: &mut dyn FnMut(AtEnd) -> Result<(), E>) -> Result<Closed, E> {
        self.tidy();
        self.open.sort_by_key(|open| (open.place.record, open.reference));
        for open in &self.open {
            let Some(reference) = self.outline.references.get(open.reference) else { continue };
            let (rule, column) = (reference.rule, Some(reference.column));
            say(AtEnd { rule, column, place: open.place, words: Vec::new() })?;
        }
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

struct Earlier {
    /// The first record with the key, where there was one.
    record: Option<u64>,
    /// Where its values begin in `said`.
    said: usize,
}

impl Table {
    /// Looks a key up, and takes it down where it is new.
    #[inline]
    fn first_with(&mut self, key: u128, record: u64, keyed: &Keyed) -> Earlier {
        let width = keyed.agree.len();
        if width == 0 {
            return Earlier { record: self.keys.note(key, record), said: 0 };
        }
        let both = !keyed.unique.is_empty();
        let place = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        match self.keys.note(key, self.count) {
            Some(known) => {
                let record = self.first.get(place(known)).filter(|_| both).map(|record| u64::from(*record));
                Earlier { record, said: place(known).saturating_mul(width) }
            }
            None => {
                self.count += 1;
                if both {
                    self.first.push(u32::try_from(record).unwrap_or(u32::MAX));
                }
                let said = self.said.len();
                self.said.resize(said + width, Said::default());
                Earlier { record: None, said }
            }
        }
    }
}
