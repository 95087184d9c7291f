//! People by what is alike in them. A person is in a group for each of their rows; the smallest of them counts.

use std::hash::Hasher;

use fairway_domain::GroupFacts;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

/// A cell as a number.
pub(super) fn hash_one(cell: &[u8]) -> u64 {
    hash([cell].into_iter())
}

fn hash<'c>(cells: impl Iterator<Item = &'c [u8]>) -> u64 {
    let mut hasher = FxHasher::default();
    for cell in cells {
        hasher.write(cell);
        hasher.write_u8(0xff);
    }
    hasher.finish()
}

pub(super) struct Groups {
    limit: u32,
    seen: FxHashSet<(u64, u64)>,
    people: FxHashMap<u64, u32>,
}

impl Groups {
    pub(super) fn new(limit: u32) -> Self {
        Self { limit, seen: FxHashSet::default(), people: FxHashMap::default() }
    }

    pub(super) fn take<'c>(&mut self, person: u64, cells: impl Iterator<Item = &'c [u8]>) {
        let group = hash(cells);
        if self.seen.insert((person, group)) {
            *self.people.entry(group).or_default() += 1;
        }
    }

    pub(super) fn facts(&mut self, columns: Vec<String>) -> GroupFacts {
        let mut smallest_of: FxHashMap<u64, u32> = FxHashMap::default();
        for (person, group) in self.seen.drain() {
            let size = self.people.get(&group).copied().unwrap_or_default();
            smallest_of.entry(person).and_modify(|known| *known = size.min(*known)).or_insert(size);
        }
        GroupFacts {
            columns,
            people: smallest_of.len() as u64,
            smallest: smallest_of.values().min().copied().unwrap_or_default().into(),
            below: smallest_of.values().filter(|size| **size < self.limit).count() as u64,
            alone: smallest_of.values().filter(|size| **size == 1).count() as u64,
        }
    }
}

/// How many people providers have, up to the limit.
pub(super) struct Providers {
    limit: u32,
    people: FxHashMap<u64, Vec<u64>>,
}

impl Providers {
    pub(super) fn new(limit: u32) -> Self {
        Self { limit, people: FxHashMap::default() }
    }

    pub(super) fn take(&mut self, provider: &[u8], person: u64) {
        let people = self.people.entry(hash_one(provider)).or_default();
        if people.len() < self.limit as usize && !people.contains(&person) {
            people.push(person);
        }
    }

    pub(super) fn small(&self) -> u64 {
        self.people.values().filter(|people| people.len() < self.limit as usize).count() as u64
    }
}
