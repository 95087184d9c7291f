use std::fmt;

use fairway_domain::NhsNumber;

use super::ADDRESS_LINES;
use crate::index::keys::Row;
use crate::index::{Segment, flags, place_bytes};
use crate::{Gender, PartialDate};

/// One person of a register, as it knows them now.
///
/// Of a sensitive person no location leaves: address, postcode and practice read blank, and earlier postcodes are none.
/// Name, birth date, gender, number and date of death stay. Source: NHS England, "Restricting access to a patient's
/// demographic record". `Debug` is masked.
#[derive(Clone, Copy)]
pub struct Person<'r> {
    segment: &'r Segment,
    row: Row,
    word: &'r [u32; 8],
}

const NOBODY: &[u32; 8] = &[0; 8];

impl<'r> Person<'r> {
    pub(crate) fn new(segment: &'r Segment, row: Row) -> Self {
        Self { segment, row, word: segment.word(row).unwrap_or(NOBODY) }
    }

    /// Reads all that is held of the person, so that nothing damaged in it comes to light later.
    pub(crate) fn read_whole(self) {
        let texts = (1..6).map(|at| self.detail(at)).chain(self.earlier_family_names());
        let read = texts.map(str::len).sum::<usize>() + self.places_held().count();
        std::hint::black_box(read);
    }

    pub(crate) fn segment(self) -> &'r Segment {
        self.segment
    }

    /// The words that scoring looks at: number, given, other and family name, birth date, postcode, flags, history.
    pub(crate) fn word(self) -> &'r [u32; 8] {
        self.word
    }

    /// The current NHS number.
    pub fn nhs_number(self) -> NhsNumber {
        let nine: [u8; 9] = std::array::from_fn(|at| (self.word[0] / 10u32.pow(8 - at as u32) % 10) as u8);
        let check = NhsNumber::check_digit(nine).unwrap_or_default();
        let text = format!("{:09}{check}", self.word[0]);
        // An index is made of numbers that were parsed, and its checksum agreed: there is no other case.
        NhsNumber::parse(&text).unwrap_or(NhsNumber::EXAMPLE)
    }

    /// Family name.
    pub fn family_name(self) -> &'r str {
        self.detail(3)
    }

    /// First given name.
    pub fn given_name(self) -> &'r str {
        self.detail(1)
    }

    /// Further given names, one blank between them.
    pub fn other_given_names(self) -> &'r str {
        self.detail(2)
    }

    /// Gender.
    pub fn gender(self) -> Gender {
        flags::gender(self.word[6])
    }

    /// Date of birth, as far as it is known.
    pub fn date_of_birth(self) -> Option<PartialDate> {
        PartialDate::unpacked(self.word[4])
    }

    /// Date of death, as far as it is known; `None` for the living.
    pub fn date_of_death(self) -> Option<PartialDate> {
        PartialDate::unpacked(self.segment.detail(self.row)[0])
    }

    /// The five lines of the address.
    pub fn address(self) -> [&'r str; ADDRESS_LINES] {
        let mut lines = if self.is_sensitive() { "" } else { self.address_held() }.split(super::LINE_END);
        std::array::from_fn(|_| lines.next().unwrap_or_default())
    }

    /// Code of the posting: the health body that the person is registered with, where the register holds it.
    pub fn posting(self) -> &'r str {
        if self.is_sensitive() { "" } else { self.after_address(0) }
    }

    /// Since when the person has been registered there.
    pub fn posted(self) -> Option<PartialDate> {
        if self.is_sensitive() { None } else { PartialDate::parse(self.after_address(1)).ok() }
    }

    /// Postcode of the address, upper case with one space.
    pub fn postcode(self) -> String {
        if self.is_sensitive() { String::new() } else { spaced(self.segment.place(self.word[5])) }
    }

    /// Code of the general practice where the person is registered.
    pub fn gp_practice(self) -> &'r str {
        if self.is_sensitive() { "" } else { self.detail(5) }
    }

    /// Whether the register restricts access to where the person is.
    pub fn is_sensitive(self) -> bool {
        flags::sensitive(self.word[6])
    }

    /// Earlier family names, in the register's order.
    pub fn earlier_family_names(self) -> impl Iterator<Item = &'r str> {
        self.segment.earlier(self.word).0.chunks(2).filter_map(|pair| pair.get(1)).map(|id| self.segment.text(*id))
    }

    /// Earlier postcodes, in the register's order.
    pub fn earlier_postcodes(self) -> impl Iterator<Item = String> {
        let hidden = self.is_sensitive();
        self.places_held().skip(1).filter(move |_| !hidden).map(spaced)
    }

    /// The current postcode, then the earlier ones, packed, whether or not they may be shown: for comparison alone.
    pub(crate) fn places_held(self) -> impl Iterator<Item = u64> {
        let earlier = self.segment.earlier(self.word).1;
        std::iter::once(&self.word[5]).chain(earlier).map(move |id| self.segment.place(*id))
    }

    /// The address, whether or not it may be shown: for comparison alone.
    pub(crate) fn address_held(self) -> &'r str {
        let text = self.detail(4);
        text.match_indices(super::LINE_END).nth(ADDRESS_LINES - 1).map_or(text, |(end, _)| &text[..end])
    }

    /// What is held behind the address, in the same text: the posting, and its date as digits.
    fn after_address(self, at: usize) -> &'r str {
        self.detail(4).split(super::LINE_END).nth(ADDRESS_LINES + at).unwrap_or_default()
    }

    /// The words of the family name.
    pub(crate) fn family(self) -> [u32; 6] {
        self.segment.name(self.word[3])
    }

    fn detail(self, at: usize) -> &'r str {
        self.segment.text(self.segment.detail(self.row)[at])
    }
}

/// A packed postcode as it is written.
fn spaced(place: u64) -> String {
    let (bytes, length) = place_bytes(place);
    let text = |range: std::ops::Range<usize>| bytes[range].iter().map(|b| char::from(*b)).collect::<String>();
    match length.checked_sub(3) {
        Some(split) if split > 0 => format!("{} {}", text(0..split), text(split..length)),
        _ => text(0..length),
    }
}

impl fmt::Debug for Person<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[identifiable]")
    }
}
