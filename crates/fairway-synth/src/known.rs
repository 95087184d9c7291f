//! What the council's system holds about a person: the register's details, with the errors that people make.

use jiff::civil::Date;

use crate::chance::{Chance, age, plus};
use crate::person::{Period, Person};
use crate::population::Population;
use crate::reference::{Names, title_case};
use crate::template::{Word, gender};

/// A person's details as the council sends them. Names have capitals where people write them.
pub(crate) struct Known<'r> {
    pub nhs_number: String,
    pub given: String,
    pub family: String,
    pub gender: Word,
    pub birth: Date,
    pub postcode: String,
    /// What differs from the register, by the names of the truth file.
    pub flags: Vec<&'static str>,
    /// Whether the register has this person at all.
    pub registered: bool,
    pub person: &'r Person<'r>,
}

/// How often details differ. Shares from 0 to 1.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noise {
    pub unknown_numbers: f64,
    pub details: f64,
}

/// What can differ, with weights after the rates between two NHS systems in Cambridgeshire (Cardinal et al. 2023),
/// raised where social care is known to be poorer.
const DIFFERENCES: &[(&str, u32)] = &[
    ("absent", 90),
    ("dob_swap", 25),
    ("dob_digit", 45),
    ("dob_year", 20),
    ("dob_jan1", 15),
    ("sn_typo", 200),
    ("sn_new", 150),
    ("sn_old", 100),
    ("sn_part", 60),
    ("fn_typo", 150),
    ("fn_nick", 500),
    ("fn_initial", 60),
    ("fn_middle", 120),
    ("fn_joined", 200),
    ("names_swapped", 50),
    ("sex_wrong", 50),
    ("sex_unknown", 40),
    ("pc_old", 600),
    ("pc_new", 700),
    ("pc_typo", 100),
    ("pc_nfa", 20),
];

impl<'r> Known<'r> {
    /// The council's view of `person`, beside whom lives `companion`.
    pub(crate) fn new(
        person: &'r Person<'r>,
        companion: &Person<'_>,
        noise: Noise,
        world: &World<'_, '_>,
        chance: &mut Chance,
    ) -> Self {
        let mut known = Self {
            nhs_number: person.number.as_str().to_owned(),
            given: title_case(person.given),
            family: title_case(&person.family),
            gender: if person.female { gender::FEMALE } else { gender::MALE },
            birth: person.birth,
            postcode: person.address.postcode.to_owned(),
            flags: Vec::new(),
            registered: true,
            person,
        };
        known.mistake_number(companion, noise.unknown_numbers, chance);
        if chance.share(noise.details) {
            known.differ(world, chance);
            while chance.happens(220) {
                known.differ(world, chance);
            }
        }
        known
    }

    fn mistake_number(&mut self, companion: &Person<'_>, unknown: f64, chance: &mut Chance) {
        if chance.share(unknown) {
            match chance.within(0, 99) {
                0..94 => {
                    self.nhs_number.clear();
                    self.flags.push("nn_missing");
                }
                94..97 => {
                    self.nhs_number = with_other_digit(&self.nhs_number, chance);
                    self.flags.push("nn_typo");
                }
                _ => {
                    self.nhs_number = companion.number.as_str().to_owned();
                    self.flags.push("nn_other");
                }
            }
        } else if let Some(retired) = self.person.retired.filter(|_| chance.happens(500)) {
            self.nhs_number = retired.as_str().to_owned();
            self.flags.push("nn_superseded");
        }
    }

    /// Makes one detail differ; tries again where the one drawn cannot.
    fn differ(&mut self, world: &World<'_, '_>, chance: &mut Chance) {
        for _ in 0..8 {
            let what = chance.weighted(DIFFERENCES).copied().unwrap_or("pc_new");
            if !self.clashes(what) && self.change(what, world, chance) {
                self.flags.push(what);
                return;
            }
        }
    }

    /// Whether something of the same kind differs already, so that one change would hide the other.
    fn clashes(&self, what: &str) -> bool {
        let kind = |flag: &str| flag.split('_').next().unwrap_or_default().to_owned();
        let names = |flag: &str| ["sn", "fn", "names"].contains(&kind(flag).as_str());
        self.flags.iter().any(|flag| kind(flag) == kind(what) || (names(flag) && kind(what) == "names"))
            || (names(what) && self.flags.contains(&"names_swapped"))
    }

    fn change(&mut self, what: &str, world: &World<'_, '_>, chance: &mut Chance) -> bool {
        match what {
            "absent" => {
                self.registered = false;
                true
            }
            "names_swapped" => {
                std::mem::swap(&mut self.given, &mut self.family);
                true
            }
            "sex_wrong" => {
                self.gender = if self.gender == gender::MALE { gender::FEMALE } else { gender::MALE };
                true
            }
            "sex_unknown" => {
                self.gender = gender::UNKNOWN;
                true
            }
            _ if what.starts_with("dob") => self.change_birth(what, world.period, chance),
            _ if what.starts_with("sn") => replace(&mut self.family, family_of(what, self.person, world, chance)),
            _ if what.starts_with("fn") => replace(&mut self.given, given_of(what, self.person, world.names, chance)),
            _ => replace(&mut self.postcode, postcode_of(what, self.person, world, chance)),
        }
    }

    /// Never makes a child or a person of more than 110 years.
    fn change_birth(&mut self, what: &str, period: Period, chance: &mut Chance) -> bool {
        let birth = self.birth;
        let changed = match what {
            "dob_swap" => Date::new(birth.year(), birth.day(), birth.month()).ok(),
            "dob_digit" => Some(plus(birth, chance.any(&[-20, -10, -3, -1, 1, 2, 10, 20], 1))),
            "dob_year" => Date::new(birth.year() + chance.any(&[-10, -1, 1, 10], 1), birth.month(), birth.day()).ok(),
            _ => Date::new(birth.year(), 1, 1).ok(),
        };
        let Some(changed) = changed else { return false };
        let fits = changed != birth && (19..=110).contains(&age(changed, period.start));
        if fits {
            self.birth = changed;
        }
        fits
    }
}

/// Where changed details come from.
pub(crate) struct World<'a, 'r> {
    pub names: &'a Names,
    pub population: &'a Population<'r>,
    pub period: Period,
}

fn replace(text: &mut String, by: Option<String>) -> bool {
    match by {
        Some(by) if !by.is_empty() && by != *text => {
            *text = by;
            true
        }
        _ => false,
    }
}

fn family_of(what: &str, person: &Person<'_>, world: &World<'_, '_>, chance: &mut Chance) -> Option<String> {
    let family = match what {
        "sn_typo" => mistyped(&person.family, chance),
        "sn_new" => world.population.any_family(chance).to_owned(),
        "sn_old" => person.earlier_families.first().map(ToString::to_string)?,
        _ => person.family.split_once('-').map(|(first, _)| first.to_owned())?,
    };
    Some(title_case(&family))
}

fn given_of(what: &str, person: &Person<'_>, names: &Names, chance: &mut Chance) -> Option<String> {
    let other = person.other_given.split(' ').next().filter(|name| !name.is_empty());
    let given = match what {
        "fn_typo" => mistyped(person.given, chance),
        "fn_nick" => names.short_form(person.given, chance)?.to_owned(),
        "fn_initial" => person.given.get(..1)?.to_owned(),
        "fn_middle" => other?.to_owned(),
        _ => format!("{} {}", person.given, other?),
    };
    Some(title_case(&given))
}

fn postcode_of(what: &str, person: &Person<'_>, world: &World<'_, '_>, chance: &mut Chance) -> Option<String> {
    match what {
        "pc_old" => person.earlier_postcodes.first().map(ToString::to_string),
        "pc_new" => Some(world.population.any_postcode(chance).to_owned()),
        "pc_nfa" => Some("ZZ99 3VZ".to_owned()),
        _ => Some(mistyped_postcode(person.address.postcode, chance)),
    }
}

/// A letter left out, doubled, swapped with the next or hit beside its key.
fn mistyped(name: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    if letters.len() < 3 {
        return name.to_owned();
    }
    let at = 1 + chance.index(letters.len() - 1);
    match chance.within(0, 99) {
        0..25 => {
            letters.remove(at);
        }
        25..45 => letters.insert(at, letters[at]),
        45..65 => letters.swap(at - 1, at),
        _ => letters[at] = chance.any(&['A', 'E', 'I', 'N', 'R', 'S', 'T', 'M', 'L'], 'E'),
    }
    letters.into_iter().collect()
}

/// A letter for a figure, or another last letter. The shape stays a postcode's now and then.
fn mistyped_postcode(postcode: &str, chance: &mut Chance) -> String {
    let (outward, inward) = postcode.split_once(' ').unwrap_or((postcode, ""));
    match chance.within(0, 99) {
        0..30 => format!("{outward} {}", inward.replacen('0', "O", 1)),
        30..45 => format!("{outward} {}", inward.replacen('1', "I", 1)),
        _ => {
            let letter = chance.any(&['A', 'B', 'D', 'E', 'F', 'G', 'H', 'J', 'L', 'N'], 'A');
            let kept = inward.get(..inward.len().saturating_sub(1)).unwrap_or_default();
            format!("{outward} {kept}{letter}")
        }
    }
}

fn with_other_digit(number: &str, chance: &mut Chance) -> String {
    let mut digits: Vec<u8> = number.bytes().collect();
    let at = 3 + chance.index(digits.len().saturating_sub(3));
    let by = chance.within(1, 9) as u8;
    if let Some(digit) = digits.get_mut(at) {
        *digit = b'0' + (*digit - b'0' + by) % 10;
    }
    String::from_utf8(digits).unwrap_or_default()
}
