//! From rows to the sections of an index.

use fairway_domain::{Digest, NhsNumber, Postcode};
use rustc_hash::FxHashMap;

use super::keys::{self, Key, Row};
use super::layout::{IndexError, Sections};
use super::names::NamesBuilder;
use super::texts::TextsBuilder;
use super::{DAYS, day_of, flags, pack_place};
use crate::register::{LINE_END, RegisterFile};
use crate::{Gender, PartialDate, RegisterError};

/// Words of addresses are counted in so many places at most.
const MOST_WORDS: usize = 1 << 20;

/// One person, as a register hands them over.
#[derive(Clone, Default)]
pub struct PersonRow<'a> {
    /// First given name.
    pub given_name: &'a str,
    /// Further given names, one blank between them.
    pub other_given_names: &'a str,
    /// Family name.
    pub family_name: &'a str,
    /// Gender.
    pub gender: Gender,
    /// Date of birth, as far as it is known.
    pub date_of_birth: Option<PartialDate>,
    /// Date of death.
    pub date_of_death: Option<PartialDate>,
    /// The lines of the address; none may hold a line break.
    pub address: [&'a str; 5],
    /// Code of the posting (the health body that the person is registered with); may not hold a line break.
    pub posting: &'a str,
    /// Since when they have been registered there.
    pub posted: Option<PartialDate>,
    /// Postcode of the address.
    pub postcode: Option<Postcode>,
    /// Code of the practice.
    pub gp_practice: &'a str,
    /// Whether no location may leave.
    pub sensitive: bool,
}

/// What the register held of a person before.
pub enum Earlier<'a> {
    /// A family name.
    FamilyName(&'a str),
    /// A postcode.
    Postcode(&'a Postcode),
}

/// Gathers the rows of a register, in any order, and makes its index.
pub struct RegisterBuilder {
    texts: TextsBuilder,
    names: NamesBuilder,
    places: FxHashMap<u64, u32>,
    people: Vec<Held>,
    earlier: Vec<(u32, u32, EarlierId)>,
    superseded: Vec<[u32; 2]>,
    removed: Vec<u32>,
    address: String,
}

struct Held {
    word: [u32; 8],
    detail: [u32; 6],
    record: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum EarlierId {
    Family { name: u32, text: u32 },
    Place(u32),
}

impl Default for RegisterBuilder {
    fn default() -> Self {
        Self {
            texts: TextsBuilder::new(),
            names: NamesBuilder::new(),
            places: FxHashMap::default(),
            people: Vec::new(),
            earlier: Vec::new(),
            superseded: Vec::new(),
            removed: Vec::new(),
            address: String::new(),
        }
    }
}

impl RegisterBuilder {
    /// Adds a person.
    ///
    /// # Errors
    /// When there is more text than one index can hold.
    pub fn person(&mut self, number: NhsNumber, row: &PersonRow<'_>) -> Result<(), RegisterError> {
        self.address.clear();
        for line in row.address {
            self.address.push_str(line);
            self.address.push(LINE_END);
        }
        // The posting has its place behind the address, in the same text: few registers have one.
        self.address.push_str(row.posting);
        self.address.push(LINE_END);
        self.address.push_str(&row.posted.map_or_else(String::new, PartialDate::digits));
        let packed = |date: Option<PartialDate>| date.map_or(0, PartialDate::packed);
        let place = row.postcode.as_ref().map_or(0, |postcode| self.place(postcode));
        let word = [
            nine(number),
            self.names.given(row.given_name, row.gender)?,
            self.names.other(row.other_given_names)?,
            self.names.family(row.family_name)?,
            packed(row.date_of_birth),
            place,
            flags::pack(row.gender, row.sensitive),
            0,
        ];
        let detail = [
            packed(row.date_of_death),
            self.texts.intern(row.given_name)?,
            self.texts.intern(row.other_given_names)?,
            self.texts.intern(row.family_name)?,
            self.texts.intern(self.address.trim_end_matches(LINE_END))?,
            self.texts.intern(row.gp_practice)?,
        ];
        let record = u32::try_from(self.people.len() + 1).unwrap_or(u32::MAX);
        self.people.push(Held { word, detail, record });
        Ok(())
    }

    /// Adds what the register held of a person before.
    ///
    /// # Errors
    /// When there is more text than one index can hold.
    pub fn earlier(&mut self, number: NhsNumber, value: &Earlier<'_>) -> Result<(), RegisterError> {
        let id = match value {
            Earlier::FamilyName(name) => {
                EarlierId::Family { name: self.names.family(name)?, text: self.texts.intern(name)? }
            }
            Earlier::Postcode(postcode) => EarlierId::Place(self.place(postcode)),
        };
        let record = u32::try_from(self.earlier.len()).unwrap_or(u32::MAX);
        self.earlier.push((nine(number), record, id));
        Ok(())
    }

    /// Adds a number that another took the place of, which is current or itself superseded.
    pub fn superseded(&mut self, old: NhsNumber, new: NhsNumber) {
        self.superseded.push([nine(old), nine(new)]);
    }

    /// In an update: says that the person with this number is no longer in the register.
    pub fn removed(&mut self, number: NhsNumber) {
        self.removed.push(nine(number));
    }

    fn place(&mut self, postcode: &Postcode) -> u32 {
        let next = u32::try_from(self.places.len() + 1).unwrap_or(u32::MAX);
        *self.places.entry(pack_place(postcode.as_str())).or_insert(next)
    }

    /// The sections of the index. `known` says whether a number that is not among the rows is in the register all the
    /// same: for a whole register none is.
    pub(crate) fn finish(mut self, known: impl Fn(u32) -> bool) -> Result<Sections, IndexError> {
        if self.people.len() >= keys::MOST_PEOPLE {
            return Err(RegisterError::TooLarge { what: "people" }.into());
        }
        self.people.sort_unstable_by_key(|held| (held.word[0], held.record));
        self.check_people()?;
        self.check_superseded(&known)?;
        let mut sections = Sections::default();
        let ids = self.lay_places(&mut sections);
        self.lay_people(&ids, &mut sections)?;
        count(&mut sections, &ids);
        self.superseded.sort_unstable();
        self.removed.sort_unstable();
        (sections.superseded, sections.removed) = (self.superseded, self.removed);
        (sections.texts, sections.text_ends) = self.texts.finish();
        self.names.finish(&mut sections);
        count_words(&mut sections);
        lay_postings(&mut sections);
        Ok(sections)
    }

    fn check_people(&self) -> Result<(), RegisterError> {
        let twice = self.people.windows(2).filter(|pair| pair[0].word[0] == pair[1].word[0]).map(|pair| pair[1].record);
        match twice.min() {
            Some(record) => {
                Err(RegisterFile::People.wrong(record, "nhs_number", "an earlier record has the same number"))
            }
            None => Ok(()),
        }
    }

    fn row_of(&self, number: u32) -> Option<usize> {
        self.people.binary_search_by_key(&number, |held| held.word[0]).ok()
    }

    fn check_superseded(&self, known: &impl Fn(u32) -> bool) -> Result<(), RegisterError> {
        let mut replaced = FxHashMap::default();
        for (record, [old, new]) in (1..).zip(&self.superseded) {
            let wrong = |what| Err(RegisterFile::Superseded.wrong(record, "old_nhs_number", what));
            if self.row_of(*old).is_some() {
                return wrong("a person in register.csv still has this number");
            }
            if replaced.insert(*old, *new).is_some() {
                return wrong("an earlier record replaces the same number");
            }
        }
        let leads_home = |mut number: u32| {
            for _ in 0..=replaced.len() {
                if self.row_of(number).is_some() {
                    return true;
                }
                match replaced.get(&number) {
                    Some(next) => number = *next,
                    None => return known(number),
                }
            }
            false
        };
        match (1..).zip(&self.superseded).find(|(_, pair)| !leads_home(pair[1])) {
            Some((record, _)) => {
                let what = "it does not lead to a number in register.csv";
                Err(RegisterFile::Superseded.wrong(record, "nhs_number", what))
            }
            None => Ok(()),
        }
    }

    /// Sorts the postcodes; the place of each first number in that order, from 1.
    fn lay_places(&mut self, sections: &mut Sections) -> Vec<u32> {
        let mut sorted: Vec<(u64, u32)> = std::mem::take(&mut self.places).into_iter().collect();
        sorted.sort_unstable();
        let mut ids = vec![0; sorted.len() + 1];
        for (to, (place, from)) in (1..).zip(&sorted) {
            ids[*from as usize] = to;
            sections.places.push(*place);
        }
        sections.outcodes = sections.places.iter().map(|place| super::outcode(*place)).collect();
        sections.outcodes.sort_unstable();
        sections.outcodes.dedup();
        ids
    }

    fn lay_people(&mut self, ids: &[u32], sections: &mut Sections) -> Result<(), RegisterError> {
        let earlier = std::mem::take(&mut self.earlier);
        let mut by_row = Vec::with_capacity(earlier.len());
        for (number, record, id) in earlier {
            let row = self.row_of(number).ok_or_else(|| {
                RegisterFile::History.wrong(record + 1, "nhs_number", "nobody in register.csv has this number")
            })?;
            by_row.push((row, !matches!(id, EarlierId::Family { .. }), record, id));
        }
        by_row.sort_unstable();
        let mut earlier = by_row.into_iter().peekable();
        for (row, held) in self.people.drain(..).enumerate() {
            let mut word = held.word;
            word[5] = ids[word[5] as usize];
            word[7] = u32::try_from(sections.history.len())
                .map_err(|_| RegisterError::TooLarge { what: "earlier values" })?;
            let (mut names, mut places) = (0, 0);
            while let Some((.., id)) = earlier.next_if(|next| next.0 == row) {
                match id {
                    EarlierId::Family { name, text } if names < flags::MOST_EARLIER => {
                        sections.history.extend([name, text]);
                        names += 1;
                    }
                    EarlierId::Place(place) if places < flags::MOST_EARLIER => {
                        sections.history.push(ids[place as usize]);
                        places += 1;
                    }
                    _ => {}
                }
            }
            word[6] |= flags::earlier(names, places);
            sections.people.push(word);
            sections.details.push(held.detail);
        }
        Ok(())
    }
}

/// How often each postcode, outward part and birth date occurs.
fn count(sections: &mut Sections, ids: &[u32]) {
    sections.place_counts = vec![0; ids.len()];
    sections.outcode_counts = vec![0; sections.outcodes.len()];
    sections.born_counts = vec![0; DAYS];
    for word in &sections.people {
        if let Some(day) = sections.born_counts.get_mut(day_of(word[4])) {
            *day += 1;
        }
        let (names, places) = flags::counts(word[6]);
        let start = word[7] as usize + 2 * names;
        for place in std::iter::once(&word[5]).chain(&sections.history[start..start + places]).filter(|id| **id > 0) {
            sections.place_counts[*place as usize - 1] += 1;
            let outcode = super::outcode(sections.places[*place as usize - 1]);
            if let Ok(at) = sections.outcodes.binary_search(&outcode) {
                sections.outcode_counts[at] += 1;
            }
        }
    }
}

/// Counts people by the words of their addresses. Words that fall together count together: they only seem more common.
fn count_words(sections: &mut Sections) {
    let mut people_at = vec![0u32; sections.text_ends.len()];
    sections.details.iter().filter(|detail| detail[4] > 0).for_each(|detail| people_at[detail[4] as usize] += 1);
    let slots = (2 * sections.people.len()).next_power_of_two().clamp(256, MOST_WORDS);
    sections.word_counts = vec![0; slots];
    let (mut form, mut found) = (Vec::new(), Vec::new());
    for (id, people) in (0..).zip(people_at).filter(|(_, people)| *people > 0) {
        let (start, end) = super::texts::span(&sections.text_ends, id);
        crate::name::form(sections.texts.get(start..end).unwrap_or_default(), &mut form);
        found.clear();
        found.extend(super::words(&form).map(|word| super::word_slot(word, slots)));
        found.sort_unstable();
        found.dedup();
        found.iter().for_each(|slot| sections.word_counts[*slot] += people);
    }
}

/// The first nine digits: the tenth follows from them.
pub(crate) fn nine(number: NhsNumber) -> u32 {
    number.as_str().bytes().take(9).fold(0, |nine, digit| nine * 10 + u32::from(digit - b'0'))
}

/// Two passes, so that nothing but the postings themselves is held: count, then place.
fn lay_postings(sections: &mut Sections) {
    let total = |people: usize| people * 4 + 64;
    let buckets = total(sections.people.len());
    let mut starts = vec![0u32; buckets + 1];
    for row in 0..sections.people.len() {
        keys_of(sections, row, |key| starts[keys::bucket(key.hash(), buckets) + 1] += 1);
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut postings = vec![0u32; starts[buckets] as usize];
    let mut next = starts.clone();
    for row in 0..sections.people.len() {
        keys_of(sections, row, |key| {
            let hash = key.hash();
            let at = &mut next[keys::bucket(hash, buckets)];
            postings[*at as usize] = keys::posting(row as Row, hash);
            *at += 1;
        });
    }
    (sections.buckets, sections.postings) = (starts, postings);
}

/// Says every key of a person once.
fn keys_of(sections: &Sections, row: usize, mut say: impl FnMut(Key)) {
    let word = sections.people[row];
    let (born, day) = (word[4], word[4] % 10_000);
    let given = super::names::sound_of_first(&sections.names, word[1]);
    let mut families = Vec::with_capacity(4);
    let (names, places) = flags::counts(word[6]);
    let history = &sections.history[word[7] as usize..word[7] as usize + 2 * names + places];
    for name in std::iter::once(word[3]).chain(history[..2 * names].chunks(2).map(|pair| pair[0])) {
        super::names::sounds_of(&sections.names, &sections.letters, name, &mut families);
    }
    families.sort_unstable();
    families.dedup();
    let mut homes: Vec<u64> = std::iter::once(word[5])
        .chain(history[2 * names..].iter().copied())
        .filter_map(|id| sections.places.get((id as usize).checked_sub(1)?).copied())
        .filter(|place| !super::is_pseudo(*place))
        .collect();
    homes.sort_unstable();
    homes.dedup();
    say(Key::Number(word[0]));
    if born > 0 {
        say(Key::Born(born));
        given.into_iter().for_each(|given| say(Key::BornGiven(born, given)));
        families.iter().for_each(|family| say(Key::BornFamily(born, *family)));
        homes.iter().for_each(|home| say(Key::BornPlace(born, *home)));
    }
    homes.iter().for_each(|home| say(Key::Place(*home)));
    families.iter().for_each(|family| say(Key::Family(*family)));
    let mut districts: Vec<u64> = homes.into_iter().map(super::outcode).filter(|outcode| *outcode > 0).collect();
    districts.dedup();
    for outcode in districts {
        given.into_iter().for_each(|given| say(Key::GivenOutcode(given, outcode)));
        families.iter().for_each(|family| say(Key::FamilyOutcode(*family, outcode)));
    }
    for (given, family) in given.into_iter().flat_map(|given| families.iter().map(move |family| (given, *family))) {
        say(Key::Names(given, family));
        if born > 0 {
            say(Key::NamesYear(given, family, born / 10_000));
        }
        if day > 100 {
            say(Key::NamesDay(given, family, day));
        }
    }
}

/// An index of these rows, with the digest of where they come from.
pub(crate) fn write(sections: &Sections, version: Digest, path: &std::path::Path) -> Result<(), IndexError> {
    super::layout::write_file(sections, version, path)
}
