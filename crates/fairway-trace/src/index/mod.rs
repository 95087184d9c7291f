//! The index of a register: a file that is mapped into memory and asked where it lies.

pub(crate) mod build;
pub(crate) mod image;
pub(crate) mod keys;
pub(crate) mod layout;
pub(crate) mod names;
pub(crate) mod texts;

use rustc_hash::FxHashSet;

use image::Image;
use keys::{Key, Row};
use layout::Section;
use names::NameId;

/// The first year that birth dates are counted for.
const FIRST_YEAR: usize = 1800;
/// Years, months and days of the count of birth dates, with room for unknown ones.
const DAYS: usize = 256 * 16 * 32;

/// Where a packed date is counted; beyond the end for one outside the years counted.
pub(crate) fn day_of(packed: u32) -> usize {
    let (year, month, day) = (packed as usize / 10_000, packed as usize / 100 % 100, packed as usize % 100);
    match year.checked_sub(FIRST_YEAR) {
        Some(year) if month < 16 && day < 32 => (year * 16 + month) * 32 + day,
        _ => DAYS,
    }
}

/// Letters and digits of a postcode without the blank, in one word, so that words sort as texts do. Longer texts keep
/// their first eight.
pub(crate) fn pack_place(text: &str) -> u64 {
    let mut word = [0; 8];
    let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
    word.iter_mut().zip(letters).for_each(|(to, from)| *to = from.to_ascii_uppercase());
    u64::from_be_bytes(word)
}

/// The bytes of a packed postcode.
pub(crate) fn place_bytes(place: u64) -> ([u8; 8], usize) {
    let bytes = place.to_be_bytes();
    (bytes, bytes.iter().take_while(|b| **b > 0).count())
}

/// The outward part of a full packed postcode.
pub(crate) fn outcode(place: u64) -> u64 {
    let (_, length) = place_bytes(place);
    let kept = length.saturating_sub(3);
    if kept == 0 { 0 } else { place >> (64 - 8 * kept) << (64 - 8 * kept) }
}

/// The letters that an outward part begins with, and the first word behind all that begin so.
pub(crate) fn area(outcode: u64) -> std::ops::Range<u64> {
    let (bytes, _) = place_bytes(outcode);
    let bits = 8 * bytes.iter().take_while(|b| b.is_ascii_alphabetic()).count().clamp(1, 7);
    let start = outcode >> (64 - bits) << (64 - bits);
    start | u64::from(b'0') << (56 - bits)..start | u64::from(b':') << (56 - bits)
}

/// Whether the postcode stands for no place.
pub(crate) fn is_pseudo(place: u64) -> bool {
    place >> 32 == u64::from(u32::from_be_bytes(*b"ZZ99"))
}

/// The words of an address in one form that say where it is: not its numbers, nor single letters.
pub(crate) fn words(form: &[u8]) -> impl Iterator<Item = &[u8]> {
    form.split(|b| *b == b' ').filter(|word| word.len() > 1 && !word.iter().any(u8::is_ascii_digit))
}

/// Where a word is counted.
pub(crate) fn word_slot(word: &[u8], slots: usize) -> usize {
    keys::hash_letters(word) as usize & slots.wrapping_sub(1)
}

/// Gender, sensitivity, and how many earlier names and postcodes there are.
pub(crate) mod flags {
    use crate::Gender;

    /// More earlier values of a kind than this are not kept for one person.
    pub(crate) const MOST_EARLIER: u32 = 255;

    pub(crate) fn pack(gender: Gender, sensitive: bool) -> u32 {
        let gender = match gender {
            Gender::NotKnown => 0,
            Gender::Male => 1,
            Gender::Female => 2,
            Gender::NotSpecified => 3,
        };
        gender | u32::from(sensitive) << 2
    }

    pub(crate) fn earlier(names: u32, places: u32) -> u32 {
        names << 8 | places << 16
    }

    pub(crate) fn gender(flags: u32) -> Gender {
        Gender::ALL[(flags & 3) as usize]
    }

    pub(crate) fn sensitive(flags: u32) -> bool {
        flags & 4 > 0
    }

    /// How many earlier family names and postcodes.
    pub(crate) fn counts(flags: u32) -> (usize, usize) {
        ((flags >> 8 & 255) as usize, (flags >> 16 & 255) as usize)
    }
}

/// An index with those of its rows that a later one replaced.
pub(crate) struct Segment {
    image: Image,
    replaced: FxHashSet<Row>,
}

impl Segment {
    pub(crate) fn new(image: Image) -> Self {
        Self { image, replaced: FxHashSet::default() }
    }

    pub(crate) fn image(&self) -> &Image {
        &self.image
    }

    /// Hides a row.
    pub(crate) fn replace(&mut self, row: Row) {
        self.replaced.insert(row);
    }

    /// How many rows are not hidden.
    pub(crate) fn len(&self) -> usize {
        self.image.count::<[u32; 8]>(Section::People) - self.replaced.len()
    }

    /// The words of every person, hidden or not: all of them are read and checked.
    pub(crate) fn words(&self) -> &[[u32; 8]] {
        self.image.all(Section::People)
    }

    /// The words of one person.
    #[inline]
    pub(crate) fn word(&self, row: Row) -> Option<&[u32; 8]> {
        self.image.at(Section::People, row as usize)
    }

    pub(crate) fn is_replaced(&self, row: Row) -> bool {
        !self.replaced.is_empty() && self.replaced.contains(&row)
    }

    /// Rows that have the key, each once, and now and then one that has not.
    pub(crate) fn rows(&self, key: Key) -> impl Iterator<Item = Row> {
        let hash = key.hash();
        let buckets = self.image.count::<u32>(Section::Buckets).saturating_sub(1);
        let bucket = keys::bucket(hash, buckets);
        let ends: &[u32] = self.image.some(Section::Buckets, bucket..bucket + 2);
        let found: &[u32] = match ends {
            [start, end] => self.image.some(Section::Postings, *start as usize..*end as usize),
            _ => &[],
        };
        // Rows lie in order: one that two of its keys brought into the bucket stands there twice running.
        let mut last = None;
        found
            .iter()
            .filter_map(move |posting| keys::row_of(*posting, hash))
            .filter(move |row| last.replace(*row) != Some(*row) && !self.is_replaced(*row))
    }

    /// The row of a current number.
    pub(crate) fn by_number(&self, nine: u32) -> Option<Row> {
        self.rows(Key::Number(nine)).find(|row| self.word(*row).is_some_and(|word| word[0] == nine))
    }

    /// The row of a number, whether or not it is hidden.
    pub(crate) fn any_by_number(&self, nine: u32) -> Option<Row> {
        let row = self.image.partition(Section::People, |word: &[u32; 8]| word[0] < nine) as Row;
        self.word(row).is_some_and(|word| word[0] == nine).then_some(row)
    }

    pub(crate) fn text(&self, id: u32) -> &str {
        let end = |id: u32| self.image.at(Section::TextEnds, id as usize).map_or(0, |end: &u32| *end as usize);
        let bytes = self.image.some(Section::Texts, id.checked_sub(1).map_or(0, end)..end(id));
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    pub(crate) fn detail(&self, row: Row) -> [u32; 6] {
        self.image.at(Section::Details, row as usize).copied().unwrap_or_default()
    }

    /// Earlier family names, each a name and a text, and the numbers of earlier postcodes.
    pub(crate) fn earlier(&self, word: &[u32; 8]) -> (&[u32], &[u32]) {
        let (names, places) = flags::counts(word[6]);
        let start = word[7] as usize;
        let held = self.image.some(Section::History, start..start + 2 * names + places);
        held.split_at_checked(2 * names).unwrap_or_default()
    }

    /// The postcode of a number, zero for none.
    pub(crate) fn place(&self, id: u32) -> u64 {
        (id as usize).checked_sub(1).and_then(|at| self.image.at(Section::Places, at)).copied().unwrap_or(0)
    }

    pub(crate) fn name(&self, id: NameId) -> [u32; 6] {
        self.image.at(Section::Names, id as usize).copied().unwrap_or_default()
    }

    pub(crate) fn letters(&self, id: NameId) -> &[u8] {
        let name = self.name(id);
        let start = name[names::word::START] as usize;
        self.image.some(Section::Letters, start..start + name[names::word::LENGTH] as usize)
    }

    pub(crate) fn find_name(&self, form: &[u8]) -> NameId {
        let slots = self.image.count::<u32>(Section::NameSlots);
        let mut at = keys::hash_letters(form) as usize & slots.wrapping_sub(1);
        for _ in 0..slots {
            match self.image.at(Section::NameSlots, at) {
                None | Some(0) => return 0,
                Some(id) if self.letters(*id) == form => return *id,
                Some(_) => at = (at + 1) & (slots - 1),
            }
        }
        0
    }

    /// How many people have lived at a postcode.
    pub(crate) fn count_at(&self, place: u64) -> u32 {
        self.counted(Section::Places, Section::PlaceCounts, place)
    }

    /// How many people have lived in an outward part.
    pub(crate) fn count_in(&self, outcode: u64) -> u32 {
        self.counted(Section::Outcodes, Section::OutcodeCounts, outcode)
    }

    /// How many people have lived in the outward parts of a range.
    pub(crate) fn count_between(&self, range: &std::ops::Range<u64>) -> u32 {
        let at = |word: u64| self.image.partition(Section::Outcodes, |outcode: &u64| *outcode < word);
        self.image.some::<u32>(Section::OutcodeCounts, at(range.start)..at(range.end)).iter().sum()
    }

    /// How many people were born on a day.
    pub(crate) fn count_born(&self, packed: u32) -> u32 {
        self.image.at(Section::BornCounts, day_of(packed)).copied().unwrap_or(0)
    }

    /// How many people have this word in their address, or another that is counted with it.
    pub(crate) fn count_word(&self, word: &[u8]) -> u32 {
        let slot = word_slot(word, self.image.count::<u32>(Section::WordCounts));
        self.image.at(Section::WordCounts, slot).copied().unwrap_or(0)
    }

    /// What a superseded number leads to, one step on.
    pub(crate) fn successor(&self, nine: u32) -> Option<u32> {
        let at = self.image.partition(Section::Superseded, |pair: &[u32; 2]| pair[0] < nine);
        let pair: &[u32; 2] = self.image.at(Section::Superseded, at)?;
        (pair[0] == nine).then_some(pair[1])
    }

    /// Numbers that this update supersedes or takes out.
    pub(crate) fn gone(&self) -> impl Iterator<Item = u32> {
        let pairs: &[[u32; 2]] = self.image.all(Section::Superseded);
        let removed: &[u32] = self.image.all(Section::Removed);
        pairs.iter().map(|pair| pair[0]).chain(removed.iter().copied())
    }

    fn counted(&self, keys: Section, counts: Section, key: u64) -> u32 {
        let at = self.image.partition(keys, |held: &u64| *held < key);
        let count = || self.image.at(counts, at).copied().unwrap_or(0);
        if self.image.at(keys, at) == Some(&key) { count() } else { 0 }
    }
}
