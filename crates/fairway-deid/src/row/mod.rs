//! The derived cells of one record, as values ready for a table. What a dataset calls them is its specification's matter.

use fairway_domain::{Postcode, Value};
use jiff::civil::Date;

use crate::age::{AgeBands, department_years, full_years};
use crate::directory::{Area, Place, PlaceStatus, PostcodeDirectory};

/// Year of birth.
pub fn birth_year(born: Option<Date>) -> Value<'static> {
    integer(born.map(|born| born.year().into()))
}

/// Month of birth, 1 to 12.
pub fn birth_month(born: Option<Date>) -> Value<'static> {
    integer(born.map(|born| born.month().into()))
}

/// Full years at the start of a day; null before birth or where either day is missing. See [`full_years`].
pub fn age_at(born: Option<Date>, on: Option<Date>) -> Value<'static> {
    integer(born.zip(on).and_then(|(born, on)| full_years(born, on)))
}

/// The Department's age at the end of an event, or at the end of the period where the event is open. See
/// [`department_years`].
pub fn latest_age(born: Option<Date>, event_end: Option<Date>, period_end: Option<Date>) -> Value<'static> {
    let on = event_end.or(period_end);
    integer(born.zip(on).and_then(|(born, on)| department_years(born, on)))
}

/// The band of an age; the word for an unknown one where there is none.
pub fn age_band<'a>(bands: &'a AgeBands, age: Value<'_>) -> Value<'a> {
    Value::Text(bands.band(age.integer()))
}

/// The working-age band of an age; the word for an unknown one where there is none.
pub fn working_age_band<'a>(bands: &'a AgeBands, age: Value<'_>) -> Value<'a> {
    Value::Text(bands.working_age_band(age.integer()))
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

    /// The code of an area; null where there is none.
    pub fn code(&self, area: Area) -> Value<'a> {
        text(self.place.and_then(|place| place.code(area)))
    }

    /// Rank of deprivation; null where there is none.
    pub fn imd_rank(&self) -> Value<'static> {
        integer(self.place.and_then(Place::imd_rank).map(i64::from))
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
