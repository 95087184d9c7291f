//! Step 3: candidates by four blocks, scored by an unweighted mean.
//!
//! Source: handbook, algorithmic trace. Birth date, gender and postcode must be given. Candidates share, exactly, (a) the
//! sounds of both names and the birth date; (b) sound of the family name, gender, birth date, postcode; (c) sound of the
//! given name and the same; (d) birth date, postcode, gender. At most fifty are scored, those of most blocks first; the
//! best is the answer unless the second is within five points. There is no lowest score.
//!
//! Read here so (inferred): a detail that the register does not hold is left out of the mean; among candidates of as many
//! blocks, the lower NHS number comes first. Our own addition: of a sensitive person no postcode is looked at.

use crate::index::keys::Key;
use crate::index::{pack_place, place_bytes};
use crate::score::{full_form, jaro_winkler};
use crate::{Gender, Person, Query, Register, Soundex, name};

/// Candidates that are scored.
const MOST: usize = 50;
/// The second best must be further behind than this.
const TOO_CLOSE: f64 = 5.0;

pub(super) enum Algorithmic<'r> {
    /// One candidate is far enough ahead: their score of 100 and by how much.
    One(Person<'r>, f64, f64),
    /// The second is too close.
    Close(f64, f64),
    /// There is no candidate.
    Nobody,
    /// Birth date, gender or postcode is missing.
    NotRun,
}

/// What is asked, ready to be scored.
struct Asked {
    born: u32,
    gender: Gender,
    place: u64,
    given: String,
    family: String,
    other: String,
    given_sound: Option<Soundex>,
    family_sound: Option<Soundex>,
}

pub(super) fn run<'r>(register: &'r Register, query: &Query<'_>) -> Algorithmic<'r> {
    let born = query.date_of_birth.filter(|date| date.full().is_some());
    let (Some(born), place) = (born, pack_place(query.postcode)) else { return Algorithmic::NotRun };
    if place == 0 || query.gender == Gender::NotKnown {
        return Algorithmic::NotRun;
    }
    let asked = Asked {
        born: born.packed(),
        gender: query.gender,
        place,
        given: compared(query.given_name),
        family: compared(query.family_name),
        other: compared(query.other_given_names),
        given_sound: given_sound(query.given_name),
        family_sound: Soundex::of(query.family_name),
    };
    let mut scores: Vec<(f64, Person<'r>)> =
        candidates(register, &asked).into_iter().map(|person| (score(&asked, person), person)).collect();
    scores.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.word()[0].cmp(&b.1.word()[0])));
    match &scores[..] {
        [] => Algorithmic::Nobody,
        [(best, _), (second, _), ..] if best - second < TOO_CLOSE => Algorithmic::Close(*best, best - second),
        [(best, person), rest @ ..] => {
            Algorithmic::One(*person, *best, best - rest.first().map_or(0.0, |second| second.0))
        }
    }
}

/// The people of the four blocks, those of most blocks first.
fn candidates<'r>(register: &'r Register, asked: &Asked) -> Vec<Person<'r>> {
    let by_sound = asked.family_sound.map(|sound| Key::BornFamily(asked.born, sound.packed()));
    let keys = [by_sound, Some(Key::BornPlace(asked.born, asked.place))];
    let mut found: Vec<(usize, Person<'r>)> = keys
        .into_iter()
        .flatten()
        .flat_map(|key| register.by_key(key))
        .map(|person| (blocks(asked, person), person))
        .filter(|(blocks, _)| *blocks > 0)
        .collect();
    found.sort_by_key(|(blocks, person)| (std::cmp::Reverse(*blocks), person.word()[0]));
    found.dedup_by_key(|(_, person)| person.word()[0]);
    found.into_iter().take(MOST).map(|(_, person)| person).collect()
}

/// How many blocks a person is in.
fn blocks(asked: &Asked, person: Person<'_>) -> usize {
    if person.word()[4] != asked.born {
        return 0;
    }
    let families = std::iter::once(person.family_name()).chain(person.earlier_family_names());
    let family = asked.family_sound.is_some() && families.map(Soundex::of).any(|sound| sound == asked.family_sound);
    let given = asked.given_sound.is_some() && given_sound(person.given_name()) == asked.given_sound;
    let here = !person.is_sensitive()
        && person.gender() == asked.gender
        && person.places_held().any(|place| place == asked.place);
    [family && given, here && family, here && given, here].into_iter().filter(|is| *is).count()
}

/// The sound of a given name, of its full form where it is a nickname.
fn given_sound(name: &str) -> Option<Soundex> {
    let mut form = Vec::new();
    name::form(name, &mut form);
    form.retain(|b| *b != b' ');
    let full = full_form(&form).unwrap_or(&form);
    std::str::from_utf8(full).ok().and_then(Soundex::of)
}

/// A name as it is compared: in the national form, letters beyond A to Z as `@`.
fn compared(name: &str) -> String {
    name.trim()
        .chars()
        .filter(|c| !name::is_removed(*c))
        .map(|c| if c.is_ascii() { c.to_ascii_uppercase() } else { '@' })
        .collect()
}

/// The mean over what both sides have.
fn score(asked: &Asked, person: Person<'_>) -> f64 {
    let mut parts = vec![born_score(asked.born, person.word()[4]), gender_score(asked.gender, person.gender())];
    if !person.is_sensitive() {
        parts.push(place_score(asked.place, person.places_held()));
    }
    parts.extend(name_scores(asked, person));
    parts.iter().sum::<f64>() / parts.len() as f64
}

/// The scores of the names, of the instance of the family name that agrees best.
fn name_scores(asked: &Asked, person: Person<'_>) -> Vec<f64> {
    let one = |asked: &str, held: &str| {
        (!asked.is_empty() && !held.is_empty())
            .then(|| 100.0 * jaro_winkler(asked.as_bytes(), compared(held).as_bytes()))
    };
    let families = std::iter::once(person.family_name()).chain(person.earlier_family_names());
    let family = families.filter_map(|family| one(&asked.family, family)).max_by(f64::total_cmp);
    let given = one(&asked.given, person.given_name());
    [given, family, one(&asked.other, person.other_given_names())].into_iter().flatten().collect()
}

/// 100 for the same date; 66 for two parts, or day and month exchanged in the same year; 33 for the year.
fn born_score(asked: u32, held: u32) -> f64 {
    let parts = |day: u32| (day / 10_000, day / 100 % 100, day % 100);
    let ((y, m, d), (year, month, day)) = (parts(asked), parts(held));
    match (y == year, m == month, d == day) {
        (true, true, true) => 100.0,
        (true, true, _) | (true, _, true) | (_, true, true) => 66.0,
        (true, ..) if m == day && d == month => 66.0,
        (true, ..) => 33.0,
        _ => 0.0,
    }
}

/// 100 for the same, 0 for male and female, 50 where one says neither.
fn gender_score(asked: Gender, held: Gender) -> f64 {
    let sexed = |gender| matches!(gender, Gender::Male | Gender::Female);
    match asked == held {
        true => 100.0,
        false if sexed(asked) && sexed(held) => 0.0,
        false => 50.0,
    }
}

/// 100 for the same postcode; for its beginning, the share of its length. Earlier ones count where the current says 0.
fn place_score(asked: u64, held: impl Iterator<Item = u64>) -> f64 {
    let ((query, length), mut best) = (place_bytes(asked), 0.0);
    for (at, place) in held.enumerate() {
        let (other, other_length) = place_bytes(place);
        let score = match () {
            () if place == asked => 100.0,
            // The blank in the middle counts as a character.
            () if length > 0 && other[..other_length].starts_with(&query[..length]) => {
                100.0 * length as f64 / (other_length + 1) as f64
            }
            () => 0.0,
        };
        best = f64::max(best, score);
        if at == 0 && best > 0.0 {
            break;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn birth_dates_genders_and_postcodes_score_as_published() {
        for (a, b, want) in [
            (19450312, 19450312, 100.0),
            (19450312, 19990312, 66.0),
            (19450312, 19450399, 66.0),
            (19450312, 19459912, 66.0),
            (19450312, 19451203, 66.0),
            (19450312, 19451111, 33.0),
            (19450312, 19461111, 0.0),
        ] {
            assert_eq!(born_score(a, b), want, "{a} {b}");
        }
        assert_eq!(gender_score(Gender::Male, Gender::Female), 0.0);
        assert_eq!(gender_score(Gender::Male, Gender::NotSpecified), 50.0);
        assert_eq!(gender_score(Gender::NotSpecified, Gender::NotSpecified), 100.0);
        let place =
            |asked: &str, held: &[&str]| place_score(pack_place(asked), held.iter().map(|held| pack_place(held)));
        assert_eq!(place("LS1 4AP", &["LS1 4AP"]), 100.0);
        assert_eq!(place("LS1", &["LS1 4AP"]).round(), 43.0, "the handbook's example");
        assert_eq!(place("LS1 4AP", &["LS2 9JT", "LS1 4AP"]), 100.0);
        assert_eq!(place("LS1 4AP", &["LS2 9JT"]), 0.0);
    }

    #[test]
    fn nicknames_sound_like_their_full_form_and_letters_beyond_a_to_z_are_one() {
        assert_eq!(given_sound("Dave"), given_sound("David"));
        assert_ne!(Soundex::of("Jim"), Soundex::of("James"));
        assert_eq!(given_sound("Jim"), given_sound("James"));
        assert_eq!(compared("Zoë"), "ZO@");
        assert_eq!(compared("Smith-Jones."), "SMITH-JONES");
    }
}
