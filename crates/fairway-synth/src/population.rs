//! The people of one council. A client and one other person (a partner, a child, a neighbour) have neighbouring places
//! in the 999 range; either can be made again at any time from the seed and the place.

use std::rc::Rc;

use jiff::civil::Date;
use rustc_hash::FxHashMap;

use crate::cast::{Cast, Role};
use crate::chance::{Chance, Purpose, Streams, age, birthday, days, plus};
use crate::number::Numbers;
use crate::person::{Address, Origin, Period, Person, birth_at, client_age, other_age};
use crate::reference::{Council, Practice, Reference, outcode_of};

const STREETS: &[&str] = &[
    "HIGH STREET",
    "STATION ROAD",
    "CHURCH LANE",
    "VICTORIA ROAD",
    "MAIN STREET",
    "PARK ROAD",
    "MANOR ROAD",
    "KINGS ROAD",
    "QUEENS ROAD",
    "NEW ROAD",
    "GREEN LANE",
    "MILL LANE",
    "ALEXANDRA ROAD",
    "THE CRESCENT",
    "SPRINGFIELD ROAD",
    "GROVE ROAD",
    "YORK ROAD",
    "WINDSOR ROAD",
    "ALBERT STREET",
    "CHESTNUT AVENUE",
    "ELM CLOSE",
    "OAKFIELD ROAD",
    "MEADOW VIEW",
    "HAWTHORN DRIVE",
    "BEECH GROVE",
    "CEDAR CLOSE",
    "WEST STREET",
    "NORTH ROAD",
    "SOUTH PARADE",
    "LONDON ROAD",
];
const TOWNS: &[&str] = &[
    "ASHFORD",
    "BRAMLEY",
    "CARLTON",
    "DENTON",
    "EASTON",
    "FARNLEY",
    "GRANTHAM",
    "HALTON",
    "IDLE",
    "KIRKBY",
    "LANGLEY",
    "MARSTON",
    "NEWTON",
    "OAKHAM",
    "PRESTON",
    "RUDDINGTON",
    "SUTTON",
    "THORNTON",
    "UPTON",
    "WESTON",
];

/// What lies near an outcode.
struct Neighbourhood<'r> {
    practices: Vec<&'r Practice>,
    trusts: Rc<[&'r str]>,
    town: &'static str,
}

/// Makes the people of one council.
pub(crate) struct Population<'r> {
    reference: &'r Reference,
    numbers: &'r Numbers,
    streams: Streams,
    first: u64,
    period: Period,
    pub cast: Cast,
    /// Postcodes, each with its neighbourhood.
    homes: Vec<(&'r str, usize)>,
    everywhere: Vec<&'r str>,
    neighbourhoods: Vec<Neighbourhood<'r>>,
    /// Whether the postcodes are the council's own.
    pub own_postcodes: bool,
}

/// What a population is made from, besides reference data.
pub(crate) struct Founding {
    pub seed: u64,
    pub first: u64,
    pub people: u64,
    pub period: Period,
}

impl<'r> Population<'r> {
    pub(crate) fn new(reference: &'r Reference, numbers: &'r Numbers, council: &Council, founding: &Founding) -> Self {
        let (postcodes, own_postcodes) = reference.places.postcodes_of(council);
        let mut neighbourhoods = Vec::new();
        let mut known: FxHashMap<&str, usize> = FxHashMap::default();
        let mut homes = Vec::with_capacity(postcodes.len());
        for postcode in postcodes {
            let outcode = outcode_of(postcode);
            let place = *known.entry(outcode).or_insert_with(|| {
                neighbourhoods.push(neighbourhood(reference, outcode));
                neighbourhoods.len() - 1
            });
            homes.push((postcode, place));
        }
        let cast = Cast::new(Streams::named(founding.seed, &council.code), founding.people);
        Self {
            reference,
            numbers,
            streams: Streams::new(founding.seed),
            first: founding.first,
            period: founding.period,
            cast,
            homes,
            everywhere: reference.places.everywhere(),
            neighbourhoods,
            own_postcodes,
        }
    }

    /// The client at `place`, from 0.
    pub(crate) fn client(&self, place: u64) -> Person<'r> {
        let index = self.index_of(place);
        let mut chance = self.streams.of(Purpose::Identity, index);
        let mut origin = self.origin(&mut chance);
        let lives_with = self.lives_with(place);
        let address = self.address(index, lives_with);
        let kin = lives_with.filter(|_| chance.happens(600));
        if let Some(other) = kin {
            origin.family = self.origin(&mut self.streams.of(Purpose::Identity, self.index_of(other))).family;
        }
        let birth = birth_at(client_age(&mut chance), self.period.end, origin.background.abroad, &mut chance);
        let mut person = self.settled(index, origin, birth, address);
        person.death = self.death_of_client(birth, &mut chance);
        person
    }

    /// The person beside a client, who is no client.
    pub(crate) fn companion(&self, place: u64, client: &Person<'r>) -> Person<'r> {
        let index = self.index_of(place) + 1;
        let mut chance = self.streams.of(Purpose::Identity, index);
        let mut origin = self.origin(&mut chance);
        let client_age = age(client.birth, self.period.end);
        let abroad = origin.background.abroad;
        let tie = chance.within(0, 99);
        let (birth, at_home, same_family) = match tie {
            0 => (client.birth, true, true),
            1..35 => {
                let years = (client_age + chance.within(-6, 6)).clamp(19, 104);
                (birth_at(years, self.period.end, abroad, &mut chance), true, chance.happens(720))
            }
            35..60 => {
                let years = (client_age - chance.within(19, 38)).max(0);
                let at_home = years < 18 || chance.happens(300);
                (birth_at(years, self.period.end, abroad, &mut chance), at_home, chance.happens(750))
            }
            _ => (birth_at(other_age(&mut chance), self.period.end, abroad, &mut chance), false, false),
        };
        if (1..35).contains(&tie) {
            origin.female = !client.female;
            origin.given = origin.given_name(&mut chance);
        }
        let address = if at_home { client.address.clone() } else { self.address(index, None) };
        let mut person = self.settled(index, origin, birth, address);
        if same_family {
            person.family.clone_from(&client.family);
        }
        person.death = self.death_of_other(birth, &mut chance);
        person
    }

    /// A family name from anywhere, as someone takes on marriage.
    pub(crate) fn any_family(&self, chance: &mut Chance) -> &'r str {
        self.reference.names.background(chance).family.draw(chance)
    }

    /// A postcode of the council's.
    pub(crate) fn any_postcode(&self, chance: &mut Chance) -> &'r str {
        self.homes.get(chance.index(self.homes.len())).map_or("", |(postcode, _)| postcode)
    }

    fn index_of(&self, place: u64) -> u64 {
        self.first + 2 * place
    }

    fn origin(&self, chance: &mut Chance) -> Origin<'r> {
        let background = self.reference.names.background(chance);
        let mut origin = Origin { background, female: chance.happens(560), given: "", family: "" };
        origin.given = origin.given_name(chance);
        origin.family = background.family.draw(chance);
        origin
    }

    /// Three carers in four live with the first person they care for.
    fn lives_with(&self, place: u64) -> Option<u64> {
        if self.cast.role(place) == Role::User {
            return None;
        }
        let with = self.cast.cared_for(place).first().copied();
        with.filter(|_| !self.streams.draw(self.index_of(place)).is_multiple_of(4))
    }

    fn address(&self, index: u64, lives_with: Option<u64>) -> Address<'r> {
        let index = lives_with.map_or(index, |place| self.index_of(place));
        let mut chance = self.streams.of(Purpose::Home, index);
        let (postcode, place) = self.homes.get(chance.index(self.homes.len())).copied().unwrap_or_default();
        let near = &self.neighbourhoods[place];
        let flat = if chance.happens(180) { format!("FLAT {} ", chance.within(1, 40)) } else { String::new() };
        let street = STREETS[folded(postcode) % STREETS.len()];
        let line = format!("{flat}{} {street}", chance.within(1, 160));
        let usual = if chance.happens(600) { 0 } else { chance.index(near.practices.len()) };
        Address {
            line,
            town: near.town,
            postcode,
            practice: near.practices[(folded(postcode) + usual) % near.practices.len()],
            trusts: Rc::clone(&near.trusts),
        }
    }

    /// A person with a life behind them: earlier names and homes, a number they had before.
    fn settled(&self, index: u64, origin: Origin<'r>, birth: Date, address: Address<'r>) -> Person<'r> {
        let mut chance = self.streams.of(Purpose::Life, index);
        let years = age(birth, self.period.end);
        let renamed = match origin.female {
            true if years > 50 => 620,
            true if years > 24 => 380,
            _ => 10,
        };
        let earlier_families = if chance.happens(renamed) { vec![self.any_family(&mut chance)] } else { Vec::new() };
        let mut family = origin.family.to_owned();
        if origin.female && years > 20 && chance.happens(25) {
            family = format!("{family}-{}", self.any_family(&mut chance));
        }
        let earlier_postcodes = self.earlier_postcodes(address.postcode, &mut chance);
        Person {
            index,
            number: self.numbers.of(index),
            retired: self.numbers.retired(index),
            given: origin.given,
            other_given: origin.other_given(&mut chance),
            family,
            female: origin.female,
            ethnicity: chance
                .weighted(origin.background.ethnicities)
                .copied()
                .unwrap_or(crate::template::ethnicity::UNDECLARED),
            birth,
            death: None,
            address,
            earlier_families,
            earlier_postcodes,
            sensitive: chance.happens(2),
        }
    }

    /// Where someone lived before: nowhere else for half, twice for a seventh.
    fn earlier_postcodes(&self, now: &str, chance: &mut Chance) -> Vec<&'r str> {
        let moves = match chance.within(0, 99) {
            0..55 => 0,
            55..85 => 1,
            _ => 2,
        };
        let mut postcodes: Vec<&str> = (0..moves).map(|_| self.earlier_postcode(chance)).collect();
        postcodes.retain(|postcode| *postcode != now);
        postcodes.dedup();
        postcodes
    }

    fn earlier_postcode(&self, chance: &mut Chance) -> &'r str {
        if chance.happens(800) {
            return self.any_postcode(chance);
        }
        chance.any(&self.everywhere, "")
    }

    /// Clients die within the period or not at all.
    fn death_of_client(&self, birth: Date, chance: &mut Chance) -> Option<Date> {
        let per_mille = match age(birth, self.period.end) {
            ..65 => 18,
            65..80 => 55,
            _ => 125,
        };
        chance.happens(per_mille).then(|| chance.day(self.period.start, self.period.end))
    }

    fn death_of_other(&self, birth: Date, chance: &mut Chance) -> Option<Date> {
        let years = age(birth, self.period.end);
        let per_mille = match years {
            ..60 => 15,
            60..75 => 90,
            _ => 300,
        };
        let earliest = birthday(birth, 1).max(plus(self.period.end, -15 * 365));
        let dead = chance.happens(per_mille) && days(earliest, self.period.end) > 0;
        dead.then(|| chance.day(earliest, self.period.end))
    }
}

fn neighbourhood<'r>(reference: &'r Reference, outcode: &str) -> Neighbourhood<'r> {
    Neighbourhood {
        practices: reference.places.practices_near(outcode),
        trusts: reference.places.trusts_near(outcode).into(),
        town: TOWNS[folded(outcode) % TOWNS.len()],
    }
}

/// A number that goes with a text (FNV-1a), the same on every machine.
fn folded(text: &str) -> usize {
    text.bytes().fold(2_166_136_261_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619)) as usize
}
