//! How a person of the register compares with a query, field by field, and what each field says.
//!
//! What a field says is a ratio: how much likelier the query's value is if it is about this person than if it is about
//! somebody met by chance. The rates of slips come from [`Parameters`], those of chance from the register: a rare name
//! says more than a common one. A slip that leads to a name which exists says little, as that name's own bearers are the
//! likelier explanation.

use super::alike::{has_part, one_slip, same_unspaced, share, similar};
use super::asked::{Asked, AskedName};
use super::born;
use super::parameters::Parameters;
use super::place::{address, place, street};
use crate::index::names::word;
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
    pub(crate) const GIVEN_IS_FAMILY: u8 = 6;
    pub(crate) const FAMILY_EARLIER: u8 = 1;
    pub(crate) const FAMILY_SLIP: u8 = 2;
    pub(crate) const FAMILY_SIMILAR: u8 = 3;
    pub(crate) const FAMILY_DIFFERENT: u8 = 4;
    pub(crate) const FAMILY_FURTHER: u8 = 5;
    pub(crate) const PLACE_SLIP: u8 = 2;
    pub(crate) const PLACE_OUTCODE: u8 = 3;
    pub(crate) const PLACE_DIFFERENT: u8 = 4;
    pub(crate) const PLACE_AREA: u8 = 5;
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
    /// Elsewhere than at the same postcode: an address that has a word of the query's, one that has none.
    pub(crate) const LOCALITY: u8 = 16;
    pub(crate) const NOT_LOCALITY: u8 = 17;
}

/// One field: how it agrees and what that says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) level: u8,
    pub(crate) ratio: f64,
}

impl Field {
    pub(crate) const SILENT: Self = Self { level: level::NONE, ratio: 1.0 };

    pub(super) fn new(level: u8, ratio: f64) -> Self {
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
    /// The words of the address, at the same postcode.
    pub(crate) street: Field,
    pub(crate) number: Field,
    /// What all of them say together.
    pub(crate) ratio: f64,
    /// What they say of relatives of the person, who are not in the register.
    pub(crate) kin: f64,
}

impl Compared<'_> {
    /// Whether enough was compared to name anybody: the number; or two of given name, family name and birth date.
    pub(crate) fn is_enough(&self) -> bool {
        let compared = [self.given, self.family, self.born].iter().filter(|field| field.level != level::NONE).count();
        self.number.level == 0 || compared >= 2
    }

    /// Whether the given name is near to the person's or the birth date theirs, at the very postcode. A family name would not do: whoever lives
    /// there may have the same.
    pub(crate) fn is_own_at_home(&self) -> bool {
        let own = self.given.level <= level::GIVEN_SLIP || self.born.level == level::EXACT;
        own && self.place.level == level::EXACT
    }

    /// Whether the family name is the person's, at the very house: postcode, number and street.
    pub(crate) fn is_family_at_home(&self) -> bool {
        [self.family, self.place, self.address, self.street].iter().all(|field| field.level == level::EXACT)
    }

    /// Whether both names, birth date and postcode are the person's.
    pub(crate) fn agrees_throughout(&self) -> bool {
        [self.given, self.family, self.born, self.place].iter().all(|field| field.level == level::EXACT)
    }

    /// Whether number and birth date are the person's.
    pub(crate) fn is_cross_checked(&self) -> bool {
        self.number.level == 0 && self.born.level == level::EXACT
    }
}

/// How often a name is met by chance. One that nobody of the register has may be somebody's all the same: how many such
/// names there are is assumed.
fn unseen(rate: f64, asked: &Asked) -> f64 {
    rate.max(UNSEEN / asked.people)
}

const UNSEEN: f64 = 0.02;

/// Slips that make another name of a name of this many letters.
fn slips(letters: usize) -> f64 {
    10.0 * letters.max(2) as f64
}

/// Whoever is less likely than this for all else is not saved by the address, which is not looked at then.
const HOPELESS: f64 = 1e-4;

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
        address: Field::SILENT,
        street: Field::SILENT,
        number: number(asked, person, p),
        ratio: 0.0,
        kin: 0.0,
    };
    swap_names(asked, &mut compared, p);
    given_is_family(asked, &mut compared, p);
    let c = &compared;
    if c.given.ratio * c.family.ratio * c.born.ratio * c.place.ratio * c.number.ratio > HOPELESS {
        compared.address = address(asked, person, place, p);
        compared.street = street(asked, person, place, p);
    }
    together(&mut compared, p, asked.people);
    compared
}

/// Puts the fields together, for the person and for relatives of theirs.
fn together(c: &mut Compared<'_>, p: &Parameters, people: f64) {
    let both_names = c.given.level < level::GIVEN_SIMILAR && c.family.level < level::FAMILY_SIMILAR;
    let together = if both_names { p.names_together } else { 1.0 };
    let names = c.given.ratio * c.family.ratio / together;
    let place = c.place.ratio * c.address.ratio * c.street.ratio;
    c.ratio = names * c.born.ratio * c.sex.ratio * place * c.other.ratio * c.number.ratio;
    let shared = |share: f64, ratio: f64| share * ratio + 1.0 - share;
    let at_home = if c.place.level == level::EXACT { c.address.ratio.max(1.0) * c.street.ratio.max(1.0) } else { 1.0 };
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
        return Field::new(level::GIVEN_NICKNAME, one / (unseen(rate, asked) + 1.5 * one * held_rate));
    }
    if one_slip(first, held_first) || one_slip(&query.form, held) {
        let one = p.given[2] / slips(held.len());
        return Field::new(level::GIVEN_SLIP, one / (unseen(rate, asked) + 1.3 * one * held_rate));
    }
    let further = |names: &[u8], name: &[u8]| names.split(|b| *b == b' ').position(|part| part == name);
    let behind = |at| p.given[3] / if at == 0 { 1.0 } else { 4.0 };
    if let Some(at) = further(segment.letters(person.word()[2]), first) {
        return Field::new(level::GIVEN_FURTHER, behind(at) / rate.max(1.0 / asked.people));
    }
    if let Some(at) = further(&asked.other, held_first) {
        return Field::new(level::GIVEN_FURTHER, behind(at) / held_rate.max(1.0 / asked.people));
    }
    let sounds_alike = query.sound_first.is_some_and(|sound| u32::from(sound) == name[word::SOUNDS] >> 16);
    if sounds_alike || similar(first, held_first) {
        let one = p.given[4] / 60.0;
        return Field::new(level::GIVEN_SIMILAR, one / (unseen(rate, asked) + 4.0 * one * held_rate));
    }
    if super::asked::says_nothing(held) { Field::SILENT } else { Field::new(level::GIVEN_DIFFERENT, p.given[5]) }
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
    let best = before.fold(now, |best, next| if next.ratio > best.ratio { next } else { best });
    if best.level == level::FAMILY_DIFFERENT { family_elsewhere(asked, person, rates).unwrap_or(best) } else { best }
}

/// A family name that stands among the further names of the other side, as a name from before a marriage does or one of
/// two; or a given name where the family name should be.
fn family_elsewhere(asked: &Asked, person: Person<'_>, rates: &[f64; 6]) -> Option<Field> {
    let (segment, word) = (person.segment(), person.word());
    let among = |names: &[u8], name: &[u8]| name.len() > 1 && names.split(|b| *b == b' ').any(|part| part == name);
    let held = |id: u32| among(segment.letters(id), &asked.family.form);
    let by_chance = if held(word[2]) || held(word[1]) {
        asked.family.family_rate + asked.family.given_rate
    } else if among(&asked.other, segment.letters(word[3])) {
        let name = segment.name(word[3]);
        f64::from(name[word::FAMILY] + name[word::MALE] + name[word::FEMALE]) / asked.people
    } else {
        return given_for_family(asked, person, rates);
    };
    Some(Field::new(level::FAMILY_FURTHER, rates[5] / by_chance.max(2.0 / asked.people)))
}

/// The given name, one slip away, written as the family name.
fn given_for_family(asked: &Asked, person: Person<'_>, rates: &[f64; 6]) -> Option<Field> {
    let (segment, id) = (person.segment(), person.word()[1]);
    let held = segment.letters(id);
    if held.len() < 2 || !one_slip(held, &asked.family.form) {
        return None;
    }
    let (one, name) = (rates[5] / slips(held.len()), segment.name(id));
    let held_rate = f64::from(name[word::MALE] + name[word::FEMALE]) / asked.people;
    let rate = unseen(asked.family.family_rate + asked.family.given_rate, asked);
    Some(Field::new(level::FAMILY_FURTHER, one / (rate + one * held_rate)))
}

fn family_name(asked: &Asked, person: Person<'_>, id: u32, p: &Parameters, rates: &[f64; 6]) -> Field {
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
        return Field::new(level::FAMILY_SLIP, one / (unseen(query.family_rate, asked) + 1.3 * one * held_rate));
    }
    let sounds_alike = query.sound_whole.is_some_and(|sound| u32::from(sound) == name[word::SOUNDS] & 0xFFFF);
    if sounds_alike || similar(held, &query.form) {
        let one = rates[3] / 60.0;
        return Field::new(level::FAMILY_SIMILAR, one / (unseen(query.family_rate, asked) + 4.0 * one * held_rate));
    }
    Field::new(level::FAMILY_DIFFERENT, rates[4])
}

/// A family name that was written as the given name, and the person's given name not at all.
fn given_is_family(asked: &Asked, c: &mut Compared<'_>, p: &Parameters) {
    if c.given.level != level::GIVEN_DIFFERENT || !matches!(c.family.level, level::FAMILY_DIFFERENT | level::NONE) {
        return;
    }
    let held = c.person.segment().letters(c.person.word()[3]);
    let ways = match held == asked.given.form {
        true => 1.0,
        false if one_slip(held, &asked.given.form) => slips(held.len()),
        false => return,
    };
    let (one, rate) = (p.given[6] / ways, asked.given.given_rate + asked.given.family_rate);
    c.given = Field::new(level::GIVEN_IS_FAMILY, one / (rate + one * family_rate(c.person, asked.people)));
}

/// Where the names agree better the other way round, that is what counts.
fn swap_names(asked: &Asked, c: &mut Compared<'_>, p: &Parameters) {
    if c.given.level != level::GIVEN_DIFFERENT
        || !matches!(c.family.level, level::FAMILY_DIFFERENT | level::FAMILY_FURTHER)
    {
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

/// The share of people with the person's family name.
fn family_rate(person: Person<'_>, people: f64) -> f64 {
    f64::from(person.family()[word::FAMILY]) / people
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

fn other(asked: &Asked, person: Person<'_>, p: &Parameters) -> Field {
    let held = person.segment().letters(person.word()[2]);
    if asked.other.is_empty() || held.is_empty() {
        return Field::SILENT;
    }
    fn parts(form: &[u8]) -> impl Iterator<Item = &[u8]> {
        form.split(|b| *b == b' ')
    }
    if parts(&asked.other).any(|part| part.len() > 1 && parts(held).any(|other| other == part)) {
        return Field::new(0, p.other_names[0] / 0.02);
    }
    let initials = parts(&asked.other).any(|part| parts(held).any(|other| part.first() == other.first()));
    if initials { Field::new(1, p.other_names[1] / 0.08) } else { Field::new(2, p.other_names[2]) }
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
