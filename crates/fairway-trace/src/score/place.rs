//! How postcodes and addresses agree.

use super::alike::one_slip;
use super::asked::Asked;
use super::compare::{Field, level};
use super::parameters::Parameters;
use crate::Person;
use crate::index::place_bytes;
use crate::register::LINE_END;

/// Of a sensitive person nothing is compared that says where they are, so that no answer can say it.
pub(super) fn place(asked: &Asked, person: Person<'_>, p: &Parameters) -> Field {
    if person.is_sensitive() {
        return Field::SILENT;
    }
    let mut held = person.places_held().filter(|place| *place > 0).peekable();
    if (asked.place == 0 && asked.outcode == 0) || held.peek().is_none() {
        return Field::SILENT;
    }
    let outcode = |place: u64| crate::index::outcode(place) == asked.outcode;
    if asked.place == 0 {
        return if held.any(outcode) {
            Field::new(level::OUTCODE, p.outcode[0] / asked.outcode_rate)
        } else {
            Field::new(level::NOT_OUTCODE, p.outcode[1])
        };
    }
    let (bytes, length) = place_bytes(asked.place);
    let mut best = Field::new(level::PLACE_DIFFERENT, p.place[4]);
    for (at, place) in held.enumerate() {
        let (held, held_length) = place_bytes(place);
        let field = if place == asked.place {
            let how = usize::from(at > 0);
            Field::new(how as u8, p.place[how] / asked.place_rate)
        } else if one_slip(&bytes[..length], &held[..held_length]) {
            let one = p.place[2] / 40.0 * if at > 0 { p.place[1] } else { 1.0 };
            let rate = f64::from(person.segment().count_at(place)) / asked.people;
            let known = if asked.place_rate > 0.9 / asked.people { asked.place_rate } else { 0.0 };
            Field::new(level::PLACE_SLIP, one / (known + 1.5 * one * rate))
        } else if outcode(place) && at == 0 {
            Field::new(level::PLACE_OUTCODE, p.place[3] / asked.outcode_rate)
        } else if asked.area.contains(&place) && at == 0 {
            Field::new(level::PLACE_AREA, p.place[5] / asked.area_rate)
        } else {
            continue;
        };
        if field.ratio > best.ratio {
            best = field;
        }
    }
    best
}

/// Within a postcode, the number of the house tells one household from another. Elsewhere, a word that few have in theirs says that it is the same place under another
/// postcode.
pub(super) fn address(asked: &Asked, person: Person<'_>, place: Field, p: &Parameters) -> Field {
    if asked.address.is_empty() || person.is_sensitive() {
        return Field::SILENT;
    }
    let held = person.address_held();
    if place.level != level::EXACT {
        return locality(asked, held, place, p);
    }
    match same_house(asked, held) {
        None => Field::SILENT,
        Some(true) => Field::new(0, p.address[0] / SAME_HOUSE),
        Some(false) => Field::new(1, p.address[1]),
    }
}

/// What the words of the lines say of those who share the postcode: of each line the rarest, as words of a line hang
/// together, and only as far as it is rarer than the postcode. An address that has words, and none of the request's, is
/// another street's.
pub(super) fn street(asked: &Asked, person: Person<'_>, place: Field, p: &Parameters) -> Field {
    let is_telling = asked.words.first().is_some_and(|rarest| rarest.1 <= COMMON_WORD);
    if place.level != level::EXACT || !is_telling || person.is_sensitive() {
        return Field::SILENT;
    }
    let held = person.address_held();
    let rates = held.split(LINE_END).filter_map(|line| common_word(asked, line));
    let said = rates.map(|rate| (p.street[0] * asked.place_rate / rate).max(1.0)).reduce(|all, line| all * line);
    match said {
        Some(ratio) => Field::new(0, ratio),
        None if crate::index::words(held.as_bytes()).next().is_some() => Field::new(1, p.street[1]),
        None => Field::SILENT,
    }
}

/// How often the house has the same number by chance. Assumed.
const SAME_HOUSE: f64 = 0.12;
/// A word that more people than this share have in their address does not say where it is.
const COMMON_WORD: f64 = 0.1;
/// How often a word of an address is written with a slip, and by how much likelier such a word is to be met by chance.
/// Assumed.
const WORD_SLIP: [f64; 2] = [0.1, 10.0];

/// Whether the numbers of the address are those of the query, as far as both go on, for one may have fewer lines; nothing
/// where a side has none.
fn same_house(asked: &Asked, held: &str) -> Option<bool> {
    let mut query = numbers(&asked.address).peekable();
    let mut held = numbers(held.as_bytes()).peekable();
    (query.peek().is_some() && held.peek().is_some()).then(|| query.zip(held).all(|(a, b)| a.eq_ignore_ascii_case(b)))
}

fn numbers(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|b| !b.is_ascii_alphanumeric()).filter(|part| part.iter().any(u8::is_ascii_digit))
}

fn locality(asked: &Asked, held: &str, place: Field, p: &Parameters) -> Field {
    if held.is_empty() || asked.words.first().is_none_or(|rarest| rarest.1 > COMMON_WORD) {
        return Field::SILENT;
    }
    // Whoever lives in the same district has its words in the address: as many, at most, as if all who have them did.
    let near = if matches!(place.level, level::PLACE_OUTCODE | level::OUTCODE) { asked.outcode_rate } else { 1.0 };
    let house = if same_house(asked, held) == Some(true) { p.address[0] / SAME_HOUSE } else { 1.0 };
    match common_word(asked, held) {
        Some(rate) => Field::new(level::LOCALITY, (p.locality[0] / (rate / near).min(1.0)).max(1.0) * house),
        None => Field::new(level::NOT_LOCALITY, p.locality[1]),
    }
}

/// How often the rarest telling word that both addresses have is met by chance.
fn common_word(asked: &Asked, held: &str) -> Option<f64> {
    let mut telling = asked.words.iter().filter(|word| word.1 <= COMMON_WORD).peekable();
    telling.peek()?;
    let mut form = Vec::with_capacity(held.len());
    crate::name::form(held, &mut form);
    let has = |word: &[u8]| crate::index::words(&form).any(|held| held == word);
    let slipped = |word: &[u8]| word.len() > 5 && crate::index::words(&form).any(|held| one_slip(held, word));
    telling.clone().find(|word| has(&word.0)).map(|word| word.1).or_else(|| {
        telling.find(|word| slipped(&word.0)).map(|word| word.1.max(1.0 / asked.people) * WORD_SLIP[1] / WORD_SLIP[0])
    })
}
