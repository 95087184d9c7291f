//! Ages: exact full years, and the Department's formula beside them.

use jiff::civil::Date;

/// Full years of life at the start of the day `on`; `None` before birth.
///
/// An age is attained at the commencement of the anniversary of birth (Family Law Reform Act 1969, section 9(1)).
/// The Act does not say which day that is for a birth on 29 February in a common year. Here it is 1 March: on
/// 28 February the day of birth has not come round yet.
pub fn full_years(born: Date, on: Date) -> Option<i64> {
    if on < born {
        return None;
    }
    let anniversary_to_come = (on.month(), on.day()) < (born.month(), born.day());
    Some(i64::from(on.year() - born.year()) - i64::from(anniversary_to_come))
}

/// The Department's age: days from the first of the birth month to `on`, over 365.25, rounded down; `None` before that.
/// It knows no day of birth, so it is up to a month early, and a day late round some birthdays: 1 January 2005 to
/// 1 January 2023 gives 17.
///
/// Source: DataS-DHSC/ASC-CLD-LA-Dashboard, `create_GetDerivedFields_procedure.sql` @9bee728.
pub fn department_years(born: Date, on: Date) -> Option<i64> {
    let days = i64::from(born.first_of_month().until(on).ok()?.get_days());
    // 365.25 is 1461 / 4: whole numbers keep the floor exact.
    (days >= 0).then(|| days * 4 / 1461)
}

#[cfg(test)]
mod tests;
