use jiff::civil::date;

use super::*;
use crate::directory::tests::sample;

#[test]
fn birth_and_ages_become_cells_and_what_is_missing_becomes_null() {
    let born = Some(date(1950, 5, 31));
    assert_eq!((birth_year(born), birth_month(born)), (Value::Integer(1950), Value::Integer(5)));
    assert_eq!((birth_year(None), birth_month(None)), (Value::Null, Value::Null));
    assert_eq!(age_at(born, Some(date(2015, 5, 2))), Value::Integer(64));
    assert_eq!(age_at(born, None), Value::Null);
    assert_eq!(age_at(born, Some(date(1949, 1, 1))), Value::Null);
}

#[test]
fn the_latest_age_is_at_the_events_end_or_at_the_periods_where_it_is_open() {
    let born = Some(date(1950, 5, 31));
    let period_end = Some(date(2025, 6, 30));
    assert_eq!(latest_age(born, Some(date(2015, 5, 2)), period_end), Value::Integer(65));
    assert_eq!(latest_age(born, None, period_end), Value::Integer(75));
    assert_eq!(latest_age(None, None, period_end), Value::Null);
}

#[test]
fn bands_follow_the_age_and_name_the_unknown() {
    let bands = AgeBands::published().unwrap();
    assert_eq!(age_band(&bands, Value::Integer(70)), Value::Text("65 to 74"));
    assert_eq!(working_age_band(&bands, Value::Integer(40)), Value::Text("18 to 64"));
    assert_eq!(age_band(&bands, Value::Null), Value::Text("Unknown"));
}

#[test]
fn an_address_gives_areas_only_where_its_postcode_is_a_place() {
    let cells = |text: Option<&str>| {
        let address = Address::read(sample(), text);
        let sector = address.sector().text().map(str::to_owned);
        let district = address.code(Area::District).text();
        (address.status().text().unwrap(), sector, district, address.imd_rank().integer())
    };
    let sutton = Some("SM1 1".to_owned());
    assert_eq!(cells(Some(" sm11ea ")), ("live", sutton.clone(), Some("E09000029"), Some(10196)));
    let closed = Some("WC1A 1".to_owned());
    assert_eq!(cells(Some("WC1A 1AA")), ("terminated", closed, Some("E09000007"), Some(19276)));
    assert_eq!(cells(Some("ZZ99 3VZ")), ("pseudo", None, None, None));
    assert_eq!(cells(Some("SM1 1CV")), ("unknown", sutton, None, None));
    assert_eq!(cells(Some("not a postcode")), ("unknown", None, None, None));
    assert_eq!(cells(Some("  ")), ("blank", None, None, None));
    assert_eq!(cells(None), ("blank", None, None, None));
}
