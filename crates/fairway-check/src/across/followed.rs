//! Events followed from the earlier submission to this one.

use std::collections::BTreeMap;
use std::sync::Arc;

use fairway_spec::Across as Asked;
use hashbrown::HashTable;
use jiff::civil::Date;

use super::AtEnd;
use super::figures::{Counts, Stated};
use super::glean::Footprint;
use super::imprint::{Comparison, Follow, Imprint, ImprintKey, OPEN, Trail, day_number};
use super::outline::Closing;
use crate::Place;

/// The events of this submission, and what is left of the earlier one's.
#[derive(Debug)]
pub(super) struct Followed {
    key: ImprintKey,
    trails: Vec<Trail>,
    earlier: Option<Earlier>,
}

#[derive(Debug)]
struct Earlier {
    imprint: Arc<Imprint>,
    /// Trails by identity, the first of each.
    known: HashTable<u32>,
    /// Open trails by series, the first of each, of those that are the first of their identity.
    open: HashTable<u32>,
    /// Whether a trail's event was met in this file.
    met: Vec<bool>,
    /// Records that may be an open event of the earlier submission with another start.
    restarts: Vec<(u32, Place)>,
}

impl Followed {
    pub fn new(follow: &Follow) -> Self {
        let earlier = follow.earlier.clone().map(Earlier::new);
        Self { key: follow.key, trails: Vec::new(), earlier }
    }

    /// Takes the event of a record. `place` says where the record's start stands.
    #[inline]
    pub fn add(&mut self, event: &Footprint, end: Option<Date>, record: u64, place: impl Fn() -> Place) {
        if let Some(earlier) = &mut self.earlier {
            earlier.meet(event, place);
        }
        let end = end.map_or(OPEN, day_number);
        let record = u32::try_from(record).unwrap_or(u32::MAX);
        self.trails.push(Trail { series: event.series, identity: event.identity, end, record });
    }

    /// What a rule against the earlier submission says.
    pub fn judge(&mut self, closing: &[Closing], counts: &Counts, stated: &Stated<'_>, names: &[String]) -> Vec<AtEnd> {
        if self.comparison(stated) != Some(Comparison::Compared) {
            return Vec::new();
        }
        let Some(earlier) = &mut self.earlier else { return Vec::new() };
        let mut said = Vec::new();
        // Those that started anew have not vanished.
        for closing in closing.iter().filter(|closing| matches!(closing.asked, Asked::Restarted { .. })) {
            earlier.restarted(closing, &mut said);
        }
        for closing in closing {
            match closing.asked {
                Asked::Vanished { open, .. } => earlier.vanished(closing, open, stated, &mut said),
                Asked::Volume { most_change, least_events } => {
                    let volumes = counts.by_name(names);
                    earlier.volumes(closing, &volumes, (most_change, least_events), stated, &mut said);
                }
                _ => {}
            }
        }
        said
    }

    /// How the earlier submission was used, where there is one.
    pub fn comparison(&self, stated: &Stated<'_>) -> Option<Comparison> {
        let earlier = self.earlier.as_ref()?;
        Some(earlier.imprint.comparison(&self.key, &stated.specification, stated.organisation))
    }

    /// This submission's own imprint.
    pub fn imprint(self, counts: &Counts, stated: &Stated<'_>, names: &[String]) -> Imprint {
        let whose = (stated.specification.clone(), stated.organisation.map(str::to_owned));
        let kinds = counts.by_name(names).into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect();
        Imprint::new(&self.key, whose, stated.period, (kinds, self.trails))
    }
}

impl Earlier {
    fn new(imprint: Arc<Imprint>) -> Self {
        let trails = &imprint.trails;
        let (mut known, mut open) = (HashTable::new(), HashTable::new());
        for (number, trail) in (0_u32..).zip(trails) {
            let first = first_of(&mut known, trails, number, |trail| trail.identity);
            if first && trail.end == OPEN {
                first_of(&mut open, trails, number, |trail| trail.series);
            }
        }
        Self { known, open, met: vec![false; trails.len()], restarts: Vec::new(), imprint }
    }

    #[inline]
    fn meet(&mut self, event: &Footprint, place: impl Fn() -> Place) {
        let trails = &self.imprint.trails;
        let find = |table: &HashTable<u32>, hash: u64, of: fn(&Trail) -> u64| {
            table.find(hash, |known| trails.get(*known as usize).is_some_and(|trail| of(trail) == hash)).copied()
        };
        if let Some(known) = find(&self.known, event.identity, |trail| trail.identity) {
            if let Some(met) = self.met.get_mut(known as usize) {
                *met = true;
            }
        } else if let Some(open) = find(&self.open, event.series, |trail| trail.series) {
            self.restarts.push((open, place()));
        }
    }

    fn restarted(&mut self, closing: &Closing, said: &mut Vec<AtEnd>) {
        for (number, place) in std::mem::take(&mut self.restarts) {
            let (Some(met), Some(trail)) =
                (self.met.get_mut(number as usize), self.imprint.trails.get(number as usize))
            else {
                continue;
            };
            if !std::mem::replace(met, true) {
                said.push(AtEnd { place, words: vec![("other", trail.record.to_string())], ..closing.at_end() });
            }
        }
    }

    fn vanished(&self, closing: &Closing, of_open: bool, stated: &Stated<'_>, said: &mut Vec<AtEnd>) {
        let Some((start, end)) = stated.period else { return };
        let period = day_number(start)..=day_number(end);
        // A file of an earlier period knows nothing of what began later.
        let later = self.imprint.period().is_none_or(|(_, before)| before <= end);
        let belongs = |trail: &Trail| if of_open { trail.end == OPEN && later } else { period.contains(&trail.end) };
        let trails = &self.imprint.trails;
        let mut absent: Vec<&Trail> = self
            .known
            .iter()
            .filter_map(|number| {
                let met = self.met.get(*number as usize).copied().unwrap_or(true);
                trails.get(*number as usize).filter(|trail| !met && belongs(trail))
            })
            .collect();
        absent.sort_unstable_by_key(|trail| trail.record);
        let number = |trail: &Trail| vec![("other", trail.record.to_string())];
        said.extend(absent.into_iter().map(|trail| AtEnd { words: number(trail), ..closing.at_end() }));
    }

    fn volumes(
        &self,
        closing: &Closing,
        now: &BTreeMap<&str, u64>,
        (most_change, least_events): (f64, u64),
        stated: &Stated<'_>,
        said: &mut Vec<AtEnd>,
    ) {
        let months = |(start, end): (Date, Date)| {
            (i32::from(end.year()) - i32::from(start.year())) * 12 + i32::from(end.month()) - i32::from(start.month())
        };
        // A longer period has more events.
        if self.imprint.period().map(months) != stated.period.map(months) {
            return;
        }
        for (kind, before) in &self.imprint.about.kinds {
            let count = now.get(kind.as_str()).copied().unwrap_or_default();
            let changed = count.abs_diff(*before) as f64 > most_change * *before as f64;
            if changed && count.max(*before) >= least_events {
                let words =
                    vec![("found", kind.clone()), ("count", count.to_string()), ("expected", before.to_string())];
                said.push(AtEnd { words, ..closing.at_end() });
            }
        }
    }
}

/// Takes a trail down under its hash, unless there is one; says whether it did.
fn first_of(table: &mut HashTable<u32>, trails: &[Trail], number: u32, of: fn(&Trail) -> u64) -> bool {
    let hash = |number: u32| trails.get(number as usize).map_or(0, of);
    let own = hash(number);
    table.entry(own, |known| hash(*known) == own, |known| hash(*known)).or_insert(number).get() == &number
}
