//! The derived cells of one record, as values ready for a table. What a dataset calls them is its specification's matter.

use fairway_domain::{Postcode, Value};
use jiff::civil::Date;

use crate::age;
use crate::directory::{AreaKey, Place, PlaceStatus, PostcodeDirectory};

/// The year of a day.
pub fn year(day: Option<Date>) -> Value<'static> {
    integer(day.map(|day| day.year().into()))
}

/// The month of a day, 1 to 12.
pub fn month(day: Option<Date>) -> Value<'static> {
    integer(day.map(|day| day.month().into()))
}

/// Year and month of a day: `2026-03`.
pub fn year_month(day: Option<Date>) -> Option<String> {
    day.map(|day| format!("{:04}-{:02}", day.year(), day.month()))
}

/// Full years at the start of a day; null before birth or where either day is missing. See [`age::full_years`].
pub fn full_years(born: Option<Date>, on: Option<Date>) -> Value<'static> {
    integer(born.zip(on).and_then(|(born, on)| age::full_years(born, on)))
}

/// Years by the Department's formula. See [`age::department_years`].
pub fn department_years(born: Option<Date>, on: Option<Date>) -> Value<'static> {
    integer(born.zip(on).and_then(|(born, on)| age::department_years(born, on)))
}

/// An address as far as its postcode tells: read and looked up once for all cells of a record.
#[derive(Debug)]
pub struct Address<'a> {
    postcode: Option<Postcode>,
    place: Option<Place<'a>>,
    blank: bool,
}

impl<'a> Address<'a> {
    /// Looks up the text of a postcode. Nothing there is `blank`; what has not the shape of a postcode is `unknown`.
    pub fn read(directory: &'a PostcodeDirectory, text: Option<&str>) -> Self {
        let text = text.map(str::trim).unwrap_or_default();
        let postcode = Postcode::parse(text).ok();
        let place = postcode.as_ref().map(|postcode| directory.lookup(postcode));
        Self { postcode, place, blank: text.is_empty() }
    }

    /// How the postcode was found: `live`, `terminated`, `pseudo`, `unknown` or `blank`.
    pub fn status(&self) -> Value<'static> {
        if self.blank {
            return Value::Text("blank");
        }
        Value::Text(self.place.map_or(PlaceStatus::Unknown, Place::status).as_str())
    }

    /// The postcode without its last two letters; null for a pseudo postcode, which is no place, and for what has not
    /// the shape of a postcode.
    pub fn sector(&self) -> Value<'_> {
        let pseudo = self.place.map(Place::status) == Some(PlaceStatus::Pseudo);
        text(self.postcode.as_ref().filter(|_| !pseudo).map(Postcode::sector))
    }

    /// What a directory says of an area: a code, or a number for a rank or decile; null where it says nothing.
    pub fn area(&self, key: AreaKey) -> Value<'a> {
        let Some(place) = self.place else { return Value::Null };
        match key {
            AreaKey::Known(area) => text(place.code(area)),
            AreaKey::Other(n) => text(place.other(n)),
            AreaKey::ImdRank => integer(place.imd_rank().map(i64::from)),
            AreaKey::ImdDecile => integer(place.imd_decile().map(i64::from)),
        }
    }
}

fn integer(number: Option<i64>) -> Value<'static> {
    number.map_or(Value::Null, Value::Integer)
}

fn text(text: Option<&str>) -> Value<'_> {
    text.map_or(Value::Null, Value::Text)
}

#[cfg(test)]
mod tests;
