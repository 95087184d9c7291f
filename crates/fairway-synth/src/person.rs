use jiff::civil::Date;

use crate::chance::{Chance, birthday, plus};
use crate::number::Number;
use crate::reference::{Background, Practice};
use crate::template::Word;

/// The reporting period, both days included.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Period {
    pub start: Date,
    pub end: Date,
}

/// Where someone lives.
#[derive(Clone)]
pub(crate) struct Address<'r> {
    pub line: String,
    pub town: &'static str,
    pub postcode: &'r str,
    pub practice: &'r Practice,
    /// NHS trusts near by.
    pub trusts: std::rc::Rc<[&'r str]>,
}

/// Someone as the demographics register knows them. Names are upper case.
pub(crate) struct Person<'r> {
    /// Place among all people of the 999 range.
    pub index: u64,
    pub number: Number,
    pub retired: Option<Number>,
    pub given: &'r str,
    pub other_given: String,
    pub family: String,
    pub female: bool,
    pub ethnicity: Word,
    pub birth: Date,
    pub death: Option<Date>,
    pub address: Address<'r>,
    pub earlier_families: Vec<&'r str>,
    pub earlier_postcodes: Vec<&'r str>,
    pub sensitive: bool,
}

/// What someone is born with.
pub(crate) struct Origin<'r> {
    pub background: &'r Background,
    pub female: bool,
    pub given: &'r str,
    pub family: &'r str,
}

impl<'r> Origin<'r> {
    pub(crate) fn given_name(&self, chance: &mut Chance) -> &'r str {
        if self.female { self.background.female.draw(chance) } else { self.background.male.draw(chance) }
    }

    /// None for a quarter, two for an eighth.
    pub(crate) fn other_given(&self, chance: &mut Chance) -> String {
        match chance.within(0, 7) {
            0 | 1 => String::new(),
            2 => format!("{} {}", self.given_name(chance), self.given_name(chance)),
            _ => self.given_name(chance).to_owned(),
        }
    }
}

/// A birth date for someone who is `age` on `day`; one in sixteen of those born abroad has a first of January.
pub(crate) fn birth_at(age: i32, day: Date, abroad: bool, chance: &mut Chance) -> Date {
    let birth = plus(birthday(day, -(age as i16)), -chance.within(0, 364));
    let new_year = Date::new(birth.year(), 1, 1);
    match new_year {
        Ok(date) if abroad && chance.happens(60) => date,
        _ => birth,
    }
}

/// The age of a client: two in three are old.
pub(crate) fn client_age(chance: &mut Chance) -> i32 {
    if chance.happens(670) {
        64 + chance.within(1, 20) + chance.within(0, 20)
    } else if chance.happens(500) {
        chance.within(20, 44)
    } else {
        chance.within(45, 64)
    }
}

/// The age of someone who is no client.
pub(crate) fn other_age(chance: &mut Chance) -> i32 {
    if chance.happens(200) { chance.within(0, 17) } else { 18 + chance.within(0, 40) + chance.within(0, 38) }
}
