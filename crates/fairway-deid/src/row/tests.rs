use jiff::civil::date;

use super::*;
use crate::directory::tests::sample;

#[test]
fn days_and_ages_become_cells_and_what_is_missing_becomes_null() {
    let born = Some(date(1950, 5, 31));
    assert_eq!((year(born), month(born)), (Value::Integer(1950), Value::Integer(5)));
    assert_eq!((year(None), month(None), year_month(None)), (Value::Null, Value::Null, None));
    assert_eq!(year_month(born).as_deref(), Some("1950-05"));
    assert_eq!(full_years(born, Some(date(2015, 5, 2))), Value::Integer(64));
    assert_eq!(department_years(born, Some(date(2015, 5, 2))), Value::Integer(65));
    assert_eq!(full_years(born, None), Value::Null);
    assert_eq!(full_years(born, Some(date(1949, 1, 1))), Value::Null);
}

#[test]
fn an_address_gives_areas_only_where_its_postcode_is_a_place() {
    let cells = |text: Option<&str>| {
        let address = Address::read(sample(), text);
        let sector = address.sector().text().map(str::to_owned);
        let area = |name: &str| address.area(sample().area(name).unwrap());
        (address.status().text().unwrap(), sector, area("district").text(), area("imd_rank").integer())
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
