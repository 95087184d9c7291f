//! How a person of the register compares with a query, field by field, and what each field says.
//!
//! What a field says is a ratio: how much likelier the query's value is if it is about this person than if it is about
//! somebody met by chance. The rates of slips come from [`Parameters`], those of chance from the register: a rare name
//! says more than a common one. A slip that leads to a name which exists says little, as that name's own bearers are the
//! likelier explanation.

use super::alike::{has_part, jaro_winkler, one_slip, same_unspaced, share};
use super::asked::{Asked, AskedName};
use super::born;
use super::parameters::Parameters;
use crate::index::names::word;
use crate::index::place_bytes;
use crate::{Gender, Person};

/// How a field agrees. The order is that of the rates in [`Parameters`].
pub(crate) mod level {
    /// The field is missing on a side, or says nothing.
    pub(crate) const NONE: u8 = u8::MAX;
    pub(crate) const EXACT: u8 = 0;
    pub(crate) const GIVEN_NICKNAME: u8 = 1;
    pub(crate) const GIVEN_SLIP: u8 = 2;
    pub(crate) const GIVEN_FURTHER: u8 = 3;
    pub(crate) const GIVEN_SIMILAR: u8 = 4;
    pub(crate) const GIVEN_DIFFERENT: u8 = 5;
    pub(crate) const FAMILY_EARLIER: u8 = 1;
    pub(crate) const FAMILY_SLIP: u8 = 2;
    pub(crate) const FAMILY_SIMILAR: u8 = 3;
    pub(crate) const FAMILY_DIFFERENT: u8 = 4;
    pub(crate) const PLACE_SLIP: u8 = 2;
    pub(crate) const PLACE_OUTCODE: u8 = 3;
    pub(crate) const PLACE_DIFFERENT: u8 = 4;
    /// An initial alone, which is the person's.
    pub(crate) const INITIAL: u8 = 10;
    /// An initial alone, which is not.
    pub(crate) const NOT_INITIAL: u8 = 11;
    /// A part of a family name of several parts.
    pub(crate) const PART: u8 = 12;
    /// The outward part alone: the same, another.
    pub(crate) const OUTCODE: u8 = 13;
    pub(crate) const NOT_OUTCODE: u8 = 14;
    /// Given and family name exchanged.
    pub(crate) const SWAPPED: u8 = 15;
}

/// One field: how it agrees and what that says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) level: u8,
    pub(crate) ratio: f64,
}

impl Field {
    pub(crate) const SILENT: Self = Self { level: level::NONE, ratio: 1.0 };

    fn new(level: u8, ratio: f64) -> Self {
        Self { level, ratio }
    }
}

/// A person compared with a query.
#[derive(Clone, Copy)]
pub(crate) struct Compared<'r> {
    pub(crate) person: Person<'r>,
    pub(crate) given: Field,
    pub(crate) family: Field,
    pub(crate) born: Field,
    pub(crate) sex: Field,
    pub(crate) place: Field,
    pub(crate) other: Field,
    pub(crate) address: Field,
    pub(crate) number: Field,
    /// What all of them say together.
    pub(crate) ratio: f64,
    /// What they say of relatives of the person, who are not in the register.
    pub(crate) kin: f64,
}

impl Compared<'_> {
    /// Whether enough was compared to name anybody: the number, or two of given name, family name and birth date. A
    /// shared address is not enough, however rare the family name.
    pub(crate) fn is_enough(&self) -> bool {
        let compared = [self.given, self.family, self.born].iter().filter(|field| field.level != level::NONE).count();
        self.number.level == 0 || compared >= 2
    }

    /// Whether number and birth date are the person's.
    pub(crate) fn is_cross_checked(&self) -> bool {
        self.number.level == 0 && self.born.level == level::EXACT
    }
}

/// Slips that make another name of a name of this many letters.
fn slips(letters: usize) -> f64 {
    10.0 * letters.max(2) as f64
}

pub(crate) fn compare<'r>(asked: &Asked, person: Person<'r>, p: &Parameters) -> Compared<'r> {
    let given = given(asked, person, p);
    let family = family(asked, person, p);
    let born = born::compare(asked, person.word()[4], p);
    let place = place(asked, person, p);
    let mut compared = Compared {
        person,
        given,
        family,
        born,
        sex: sex(asked, person, given, p),
        place,
        other: other(asked, person, p),
        address: address(asked, person, place, p),
        number: number(asked, person, p),
        ratio: 0.0,
        kin: 0.0,
    };
    swap_names(asked, &mut compared, p);
    together(&mut compared, p, asked.people);
    compared
}

/// Puts the fields together, for the person and for relatives of theirs.
fn together(c: &mut Compared<'_>, p: &Parameters, people: f64) {
    let both_names = c.given.level < level::GIVEN_SIMILAR && c.family.level < level::FAMILY_SIMILAR;
    let together = if both_names { p.names_together } else { 1.0 };
    let names = c.given.ratio * c.family.ratio / together;
    c.ratio = names * c.born.ratio * c.sex.ratio * c.place.ratio * c.other.ratio * c.address.ratio * c.number.ratio;
    let shared = |share: f64, ratio: f64| share * ratio + 1.0 - share;
    let at_home = if c.address.level == 0 { c.address.ratio } else { 1.0 };
    c.kin = p.kin.iter().fold(0.0, |sum, kin| {
        let names = shared(kin.given, c.given.ratio * c.sex.ratio) * shared(kin.family, c.family.ratio) / together;
        sum + kin.each / people * names * shared(kin.born, c.born.ratio) * shared(kin.place, c.place.ratio * at_home)
    });
    if c.number.level == 0 {
        // A relative's query with this person's number: as rare as a number that is somebody else's.
        c.kin *= p.number[1] / p.number_of_stranger / 10.0 * people;
    }
}

fn given(asked: &Asked, person: Person<'_>, p: &Parameters) -> Field {
    let (query, id) = (&asked.given, person.word()[1]);
    if query.is_empty() || id == 0 {
        return Field::SILENT;
    }
    let segment = person.segment();
    let held = segment.letters(id);
    if query.is_initial() || held.len() == 1 {
        let same = query.form.first() == held.first();
        return if same {
            Field::new(level::INITIAL, p.initial / 0.08)
        } else {
            Field::new(level::NOT_INITIAL, 1.0 - p.initial)
        };
    }
    if held == query.form || same_unspaced(held, &query.form) {
        return Field::new(level::EXACT, p.given[0] / query.given_rate.max(1.0 / asked.people));
    }
    let first = query.first_part();
    let held_first = held.split(|b| *b == b' ').next().unwrap_or_default();
    if first == held_first {
        return Field::new(level::EXACT, p.given[0] / query.first_rate.max(1.0 / asked.people));
    }
    let name = segment.name(id);
    let held_rate = f64::from(name[word::MALE] + name[word::FEMALE]) / asked.people;
    let rate = query.first_rate;
    if !query.nicknames.is_empty() && share(query.nicknames, super::alike::nickname_groups(held_first)) {
        let one = p.given[1] / 4.0;
        return Field::new(level::GIVEN_NICKNAME, one / (rate + 1.5 * one * held_rate));
    }
    if one_slip(first, held_first) || one_slip(&query.form, held) {
        let one = p.given[2] / slips(held.len());
        return Field::new(level::GIVEN_SLIP, one / (rate + 1.3 * one * held_rate));
    }
    let further = segment.letters(person.word()[2]);
    if let Some(at) = further.split(|b| *b == b' ').position(|part| part == first) {
        let ratio = p.given[3] / if at == 0 { 1.0 } else { 4.0 } / rate.max(1.0 / asked.people);
        return Field::new(level::GIVEN_FURTHER, ratio);
    }
    let sounds_alike = query.sound_first.is_some_and(|sound| u32::from(sound) == name[word::SOUNDS] >> 16);
    if sounds_alike || jaro_winkler(first, held_first) > 0.88 {
        let one = p.given[4] / 60.0;
        return Field::new(level::GIVEN_SIMILAR, one / (rate + 4.0 * one * held_rate));
    }
    Field::new(level::GIVEN_DIFFERENT, p.given[5])
}

/// The best agreement with the family name of now or one of before.
fn family(asked: &Asked, person: Person<'_>, p: &Parameters) -> Field {
    let (query, word) = (&asked.family, person.word());
    if query.is_empty() || word[3] == 0 {
        return Field::SILENT;
    }
    let rates = if person.gender() == Gender::Female { &p.family_female } else { &p.family_male };
    let now = family_name(asked, person, word[3], p, rates);
    let (earlier, _) = person.segment().earlier(word);
    let before = earlier.chunks(2).map(|pair| {
        let mut field = family_name(asked, person, pair[0], p, rates);
        if field.level != level::FAMILY_DIFFERENT {
            field.ratio *= rates[1] / rates[0];
            field.level = level::FAMILY_EARLIER;
        }
        field
    });
    before.fold(now, |best, next| if next.ratio > best.ratio { next } else { best })
}

fn family_name(asked: &Asked, person: Person<'_>, id: u32, p: &Parameters, rates: &[f64; 5]) -> Field {
    let (query, segment) = (&asked.family, person.segment());
    let held = segment.letters(id);
    if held == query.form || same_unspaced(held, &query.form) {
        return Field::new(level::EXACT, rates[0] / query.family_rate.max(1.0 / asked.people));
    }
    let name = segment.name(id);
    let held_rate = f64::from(name[word::FAMILY]) / asked.people;
    if has_part(held, &query.form) {
        return Field::new(level::PART, p.family_part / query.family_rate.max(2.0 / asked.people));
    }
    if has_part(&query.form, held) {
        return Field::new(level::PART, p.family_part / held_rate.max(2.0 / asked.people));
    }
    if one_slip(held, &query.form) {
        let one = rates[2] / slips(held.len());
        return Field::new(level::FAMILY_SLIP, one / (query.family_rate + 1.3 * one * held_rate));
    }
    let sounds_alike = query.sound_whole.is_some_and(|sound| u32::from(sound) == name[word::SOUNDS] & 0xFFFF);
    if sounds_alike || jaro_winkler(held, &query.form) > 0.88 {
        let one = rates[3] / 60.0;
        return Field::new(level::FAMILY_SIMILAR, one / (query.family_rate + 4.0 * one * held_rate));
    }
    Field::new(level::FAMILY_DIFFERENT, rates[4])
}

/// Where the names agree better the other way round, that is what counts.
fn swap_names(asked: &Asked, c: &mut Compared<'_>, p: &Parameters) {
    if c.given.level != level::GIVEN_DIFFERENT || c.family.level != level::FAMILY_DIFFERENT {
        return;
    }
    let (word, segment) = (c.person.word(), c.person.segment());
    let alike = |name: &AskedName, id: u32| {
        let held = segment.letters(id);
        held == name.form || one_slip(held, &name.form)
    };
    if !alike(&asked.given, word[3]) || !alike(&asked.family, word[1]) {
        return;
    }
    let (given, family) = (segment.name(word[1]), segment.name(word[3]));
    let straight = asked.given.given_rate * asked.family.family_rate;
    let held =
        f64::from(given[word::MALE] + given[word::FEMALE]) * f64::from(family[word::FAMILY]) / asked.people.powi(2);
    let ratio = p.names_swapped / (straight + p.names_swapped * held);
    if ratio > c.given.ratio * c.family.ratio {
        c.given = Field::new(level::SWAPPED, ratio.sqrt());
        c.family = c.given;
    }
}

/// Given names mostly say the sex: only what they leave open counts.
fn sex(asked: &Asked, person: Person<'_>, given: Field, p: &Parameters) -> Field {
    let known = |gender| matches!(gender, Gender::Male | Gender::Female);
    if !known(asked.gender) || !known(person.gender()) {
        return Field::SILENT;
    }
    let alike = given.level < level::GIVEN_SIMILAR;
    let name = person.segment().name(person.word()[1]);
    let (men, women) = (f64::from(name[word::MALE]), f64::from(name[word::FEMALE]));
    let women = if alike { (women + 0.5) / (men + women + 1.0) } else { 0.5 };
    let by_chance = if asked.gender == Gender::Female { women } else { 1.0 - women };
    if asked.gender == person.gender() {
        Field::new(0, p.sex[0] / by_chance)
    } else {
        Field::new(1, p.sex[1] / by_chance)
    }
}

/// Of a sensitive person nothing is compared that says where they are, so that no answer can say it.
fn place(asked: &Asked, person: Person<'_>, p: &Parameters) -> Field {
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
        } else {
            continue;
        };
        if field.ratio > best.ratio {
            best = field;
        }
    }
    best
}

fn other(asked: &Asked, person: Person<'_>, p: &Parameters) -> Field {
    let held = person.segment().letters(person.word()[2]);
    if asked.other.is_empty() || held.is_empty() {
        return Field::SILENT;
    }
    let parts = |form: &'_ [u8]| form.split(|b| *b == b' ').map(<[u8]>::to_vec).collect::<Vec<_>>();
    let (query, held) = (parts(&asked.other), parts(held));
    if query.iter().any(|part| part.len() > 1 && held.contains(part)) {
        return Field::new(0, p.other_names[0] / 0.02);
    }
    let initials =
        query.iter().any(|part| held.iter().any(|other| part.len() * other.len() == 1 || part[0] == other[0]));
    if initials { Field::new(1, p.other_names[1] / 0.08) } else { Field::new(2, p.other_names[2]) }
}

/// Within a postcode, the number of the house tells one household from another; elsewhere, only the whole line says that
/// it is the same place under another postcode. How rare a line is, is assumed.
fn address(asked: &Asked, person: Person<'_>, place: Field, p: &Parameters) -> Field {
    if asked.address.is_empty() || person.is_sensitive() {
        return Field::SILENT;
    }
    let line = person.address_held().split(crate::register::LINE_END).next().unwrap_or_default();
    if place.level != level::EXACT {
        let mut held = Vec::new();
        crate::name::form(line, &mut held);
        let whole = held.len() > 5 && held.contains(&b' ');
        return if whole && (held == asked.address || one_slip(&held, &asked.address)) {
            Field::new(0, 0.3 * (asked.people / 50.0).clamp(1.0, 1_000.0))
        } else {
            Field::SILENT
        };
    }
    let numbers = |text: &[u8]| {
        let parts = text.split(|b| !b.is_ascii_alphanumeric());
        parts.filter(|part| part.iter().any(u8::is_ascii_digit)).map(<[u8]>::to_ascii_uppercase).collect::<Vec<_>>()
    };
    let (query, held) = (numbers(&asked.address), numbers(line.as_bytes()));
    match (query.is_empty() || held.is_empty(), query == held) {
        (true, _) => Field::SILENT,
        (_, true) => Field::new(0, p.address[0] / 0.12),
        _ => Field::new(1, p.address[1]),
    }
}

/// A number that is in the register is almost always given for its own person.
fn number(asked: &Asked, person: Person<'_>, p: &Parameters) -> Field {
    match asked.number {
        None => Field::SILENT,
        Some(number) if number == person.word()[0] => Field::new(0, p.number[0] * asked.people / p.number_of_stranger),
        Some(_) if asked.number_known => Field::new(1, p.number[1] / p.number_of_stranger),
        Some(_) => Field::new(2, p.number[2]),
    }
}
