//! A query made ready for comparison.

use fairway_domain::Postcode;

use super::alike;
use crate::index::build::nine;
use crate::index::names::{self, word};
use crate::index::{is_pseudo, outcode, pack_place};
use crate::{Gender, Query, Register, Soundex, name};

/// Given names that say nobody's name. Source: NHS England, NHSE_probabilistic_linkage (placeholders made blank), in part.
const PLACEHOLDERS: [&[u8]; 16] = [
    b"BABY",
    b"BABY BOY",
    b"BABY GIRL",
    b"BOY",
    b"GIRL",
    b"INFANT",
    b"TWIN",
    b"TWIN ONE",
    b"TWIN TWO",
    b"UNKNOWN",
    b"NOT KNOWN",
    b"NK",
    b"UNNAMED",
    b"MALE",
    b"FEMALE",
    b"NOT STATED",
];
/// Beginnings of such names.
const PLACEHOLDER_STARTS: [&[u8]; 3] = [b"BABY OF", b"TWIN OF", b"INFANT OF"];
/// Titles that stand where a given name should, or before it.
const TITLES: [&[u8]; 13] =
    [b"MR", b"MRS", b"MISS", b"MS", b"DR", b"PROF", b"REV", b"REVEREND", b"SIR", b"DAME", b"LADY", b"LORD", b"MASTER"];
/// Birth dates that stand for an unknown one: 1 January of 1900, 1901 and 1800.
const NO_BIRTH_DATE: [u32; 3] = [19_000_101, 19_010_101, 18_000_101];

/// A name asked for.
#[derive(Default)]
pub(crate) struct AskedName {
    /// The name in one form; empty where there is none.
    pub(crate) form: Vec<u8>,
    /// How long the first part is.
    pub(crate) first: usize,
    /// Sound of the first part and of the whole.
    pub(crate) sound_first: Option<u16>,
    pub(crate) sound_whole: Option<u16>,
    /// Shares of people with the whole as given name, the first part as given name, the whole as family name.
    pub(crate) given_rate: f64,
    pub(crate) first_rate: f64,
    pub(crate) family_rate: f64,
    pub(crate) nicknames: &'static [u16],
}

impl AskedName {
    pub(crate) fn is_empty(&self) -> bool {
        self.form.is_empty()
    }

    pub(crate) fn is_initial(&self) -> bool {
        self.form.len() == 1
    }

    pub(crate) fn first_part(&self) -> &[u8] {
        &self.form[..self.first]
    }
}

/// A query with all that is needed to compare it.
pub(crate) struct Asked {
    /// The number asked, resolved to the current one.
    pub(crate) number: Option<u32>,
    /// Whether another number took the place of the one asked.
    pub(crate) superseded: bool,
    /// Whether the number is in the register.
    pub(crate) number_known: bool,
    pub(crate) given: AskedName,
    pub(crate) family: AskedName,
    /// Further given names, with those that stand behind the first in its own field.
    pub(crate) other: Vec<u8>,
    pub(crate) gender: Gender,
    /// Packed birth date, zero where none was given.
    pub(crate) born: u32,
    /// Eight digits that are no date of the calendar, zero where there are none: compared, never looked up.
    pub(crate) born_written: u32,
    /// Share of people born then.
    pub(crate) born_rate: f64,
    /// The postcode, zero where none was given or it stands for no place; malformed ones too.
    pub(crate) place: u64,
    pub(crate) place_rate: f64,
    /// The outward part; alone where `place` is zero.
    pub(crate) outcode: u64,
    pub(crate) outcode_rate: f64,
    /// The outward parts with the same letters, and the share of people in the others of them.
    pub(crate) area: std::ops::Range<u64>,
    pub(crate) area_rate: f64,
    pub(crate) address: Vec<u8>,
    /// The words of the address with the shares of people who have them in theirs, the rarest first.
    pub(crate) words: Vec<(Vec<u8>, f64)>,
    pub(crate) people: f64,
}

impl Asked {
    pub(crate) fn new(register: &Register, query: &Query<'_>) -> Self {
        let people = (register.len() as f64).max(1.0);
        let share = |count: u64| count as f64 / people;
        let given = given(register, query.given_name, people);
        let family = asked_name(register, query.family_name, people);
        let mut other = Vec::new();
        name::form(query.other_given_names, &mut other);
        if given.first < given.form.len() {
            let behind = given.form[given.first + 1..].to_vec();
            other = if other.is_empty() { behind } else { [&behind[..], b" ", &other[..]].concat() };
        }
        let born = query.date_of_birth.map(crate::PartialDate::packed).filter(|day| !NO_BIRTH_DATE.contains(day));
        let born = born.unwrap_or(0);
        let born_written = if query.date_of_birth.is_none() { eight_digits(query.born_as_written) } else { 0 };
        let (place, outcode) = places(query.postcode);
        let mut address = Vec::new();
        name::form(query.address_line1, &mut address);
        let mut line = Vec::new();
        for below in query.address_below.iter().filter(|below| !below.is_empty()) {
            name::form(below, &mut line);
            address.push(b' ');
            address.extend_from_slice(&line);
        }
        let asked = query.nhs_number.map(nine);
        let current = asked.and_then(|number| register.resolve(number));
        let of_all = |count: &dyn Fn(&crate::index::Segment) -> u32| {
            register.segments().iter().map(|s| u64::from(count(s))).sum()
        };
        let outcode_rate = share(if outcode > 0 { of_all(&|segment| segment.count_in(outcode)) } else { 0 });
        let area = if outcode > 0 { crate::index::area(outcode) } else { 0..0 };
        let area_rate = share(if outcode > 0 { of_all(&|segment| segment.count_between(&area)) } else { 0 });
        Self {
            number: current.or(asked),
            superseded: current.is_some() && current != asked,
            number_known: current.is_some(),
            given,
            family,
            other,
            gender: query.gender,
            born,
            born_written,
            born_rate: born_rate(register, if born > 0 { born } else { born_written }, people),
            place,
            place_rate: share(if place > 0 { of_all(&|segment| segment.count_at(place)) } else { 0 }).max(0.5 / people),
            outcode,
            outcode_rate: outcode_rate.max(1.0 / people),
            area,
            area_rate: (area_rate - outcode_rate).max(1.0 / people),
            words: words(&address, &|word| share(of_all(&|segment| segment.count_word(word))).max(1.0 / people)),
            address,
            people,
        }
    }

    /// Whether neither number nor address was asked.
    pub(crate) fn has_few_details(&self) -> bool {
        self.number.is_none() && self.address.is_empty()
    }
}

fn words(address: &[u8], rate: &dyn Fn(&[u8]) -> f64) -> Vec<(Vec<u8>, f64)> {
    let mut words: Vec<_> = crate::index::words(address).map(|word| (word.to_vec(), rate(word))).collect();
    words.sort_by(|a, b| a.1.total_cmp(&b.1));
    words
}

fn eight_digits(text: &str) -> u32 {
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) { text.parse().unwrap_or(0) } else { 0 }
}

fn given(register: &Register, text: &str, people: f64) -> AskedName {
    let mut found = asked_name(register, text, people);
    if TITLES.contains(&found.first_part()) {
        let rest = found.form.get(found.first + 1..).unwrap_or_default().to_vec();
        found = asked_name(register, std::str::from_utf8(&rest).unwrap_or_default(), people);
    }
    if says_nothing(&found.form) { AskedName::default() } else { found }
}

/// Whether a given name is none: a placeholder, or a title alone.
pub(crate) fn says_nothing(form: &[u8]) -> bool {
    PLACEHOLDERS.contains(&form)
        || TITLES.contains(&form)
        || PLACEHOLDER_STARTS.iter().any(|start| form.starts_with(start))
}

pub(crate) fn asked_name(register: &Register, text: &str, people: f64) -> AskedName {
    let mut form = Vec::with_capacity(text.len());
    name::form(text, &mut form);
    let first = form.iter().position(|b| *b == b' ').unwrap_or(form.len());
    let sound = |form: &[u8]| std::str::from_utf8(form).ok().and_then(Soundex::of).map(Soundex::packed);
    let mut counts = [0u64; 3];
    for segment in register.segments() {
        let name = segment.name(segment.find_name(&form));
        counts[0] += u64::from(name[word::MALE] + name[word::FEMALE]);
        counts[1] += u64::from(name[word::FAMILY]);
        if first < form.len() {
            let part = segment.name(segment.find_name(&form[..first]));
            counts[2] += u64::from(part[word::MALE] + part[word::FEMALE]);
        }
    }
    let rate = |count: u64| count as f64 / people;
    AskedName {
        sound_first: sound(&form[..first]),
        sound_whole: sound(&form),
        given_rate: rate(counts[0]),
        family_rate: rate(counts[1]),
        first_rate: if first < form.len() { rate(counts[2]) } else { rate(counts[0]) },
        nicknames: alike::nickname_groups(&form[..first]),
        first,
        form,
    }
}

/// The sounds of a given name and of those that stand for it.
pub(crate) fn given_sounds(name: &AskedName) -> Vec<u16> {
    let mut sounds: Vec<u16> = name.sound_first.into_iter().chain(alike::nickname_sounds(name.nicknames)).collect();
    sounds.sort_unstable();
    sounds.dedup();
    sounds
}

/// The sounds of a family name by which people are looked up.
pub(crate) fn family_sounds(name: &AskedName) -> Vec<u16> {
    let mut sounds: Vec<u16> = name.sound_whole.into_iter().collect();
    names::parts_sounds(&name.form, &mut sounds);
    sounds.sort_unstable();
    sounds.dedup();
    sounds
}

/// Share of people born on a day; on the days of a month or a year where that is all that is known. A day on which
/// few were born counts as an average day of its year.
fn born_rate(register: &Register, born: u32, people: f64) -> f64 {
    if born == 0 {
        return 1.0;
    }
    let count = |day: u32| register.segments().iter().map(|segment| segment.count_born(day)).sum::<u32>();
    let year = born / 10_000 * 10_000;
    // A sample of one day in each month stands for the year.
    let sampled: u32 = (1..=12).map(|month| count(year + month * 100 + 3 + 2 * month)).sum();
    let average = f64::from(sampled).max(0.5) / 12.0;
    let (month, day) = (born / 100 % 100, born % 100);
    let expected = match (month, day) {
        (0, _) => average * 365.25,
        (_, 0) => average * 30.4,
        _ => f64::from(count(born)).max(average),
    };
    (expected / people).max(0.1 / people)
}

/// Postcode and outward part of what was written; zeros where it says nothing.
fn places(text: &str) -> (u64, u64) {
    let packed = pack_place(text);
    if packed == 0 || is_pseudo(packed) {
        return (0, 0);
    }
    if Postcode::parse(text).is_ok() {
        return (packed, outcode(packed));
    }
    let letters = text.bytes().filter(u8::is_ascii_alphanumeric).count();
    if letters <= 4 { (0, packed) } else { (packed, outcode(packed)) }
}
