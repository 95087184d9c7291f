//! What conditions compare: days and numbers.

use fairway_domain::Fault;
use fairway_spec::{FieldKind, Term};
use jiff::civil::Date;

use super::condition::column_of;
use super::{Column, Kind};
use crate::judge::{Filled, full_years};

/// A term that gives a day.
#[derive(Debug)]
pub(crate) enum DayTerm {
    Column(usize),
    Day(Date),
    Today,
    FirstOfMonth(Box<DayTerm>),
}

/// A term that gives a number.
#[derive(Debug)]
pub(crate) enum NumberTerm {
    Column(usize),
    Number(f64),
    Years(DayTerm, DayTerm),
    Days(DayTerm, DayTerm),
    Length(usize),
    Filled(Vec<usize>),
}

/// Two terms that can be compared.
pub(crate) enum Pair {
    Days(DayTerm, DayTerm),
    Numbers(NumberTerm, NumberTerm),
    Texts(usize, usize),
}

impl Pair {
    /// Compiles two terms.
    ///
    /// # Errors
    /// When one names a field that the specification has not, or they are not of one kind.
    pub fn compile(one: &Term, other: &Term, columns: &[Column<'_>]) -> Result<Self, Fault> {
        if let (Term::Field(first), Term::Field(second)) = (one, other) {
            let (first, second) = (column_of(first, columns)?, column_of(second, columns)?);
            let text = |column: usize| !is_day(&columns[column]) && !is_number(&columns[column]);
            if text(first) && text(second) {
                return Ok(Self::Texts(first, second));
            }
        }
        match (DayTerm::compile(one, columns)?, DayTerm::compile(other, columns)?) {
            (Some(one), Some(other)) => Ok(Self::Days(one, other)),
            (None, None) => Ok(Self::Numbers(number(one, columns)?, number(other, columns)?)),
            _ => Err(Fault::new(format!("condition compares a day with a number: {one} and {other}"))),
        }
    }
}

impl DayTerm {
    /// The term, if it gives a day.
    fn compile(term: &Term, columns: &[Column<'_>]) -> Result<Option<Self>, Fault> {
        Ok(match term {
            Term::Field(header) => {
                let column = column_of(header, columns)?;
                is_day(&columns[column]).then_some(Self::Column(column))
            }
            Term::Day(day) => Some(Self::Day(*day)),
            Term::Today => Some(Self::Today),
            Term::FirstOfMonth(day) => Some(Self::FirstOfMonth(Box::new(self::day(day, columns)?))),
            Term::Number(_) | Term::Years(..) | Term::Days(..) | Term::Length(_) | Term::Filled(_) => None,
        })
    }

    /// The day in a record.
    #[inline]
    pub fn day(&self, record: &Filled<'_>, today: Date) -> Option<Date> {
        match self {
            Self::Column(column) => record.date(*column),
            Self::Day(day) => Some(*day),
            Self::Today => Some(today),
            Self::FirstOfMonth(day) => Some(day.day(record, today)?.first_of_month()),
        }
    }
}

fn is_day(column: &Column<'_>) -> bool {
    !matches!(column.kind, Kind::Code(_)) && column.field.kind == FieldKind::Date
}

fn is_number(column: &Column<'_>) -> bool {
    !matches!(column.kind, Kind::Code(_)) && column.field.is_number()
}

fn day(term: &Term, columns: &[Column<'_>]) -> Result<DayTerm, Fault> {
    DayTerm::compile(term, columns)?.ok_or_else(|| Fault::new(format!("condition takes this for a day: {term}")))
}

fn number(term: &Term, columns: &[Column<'_>]) -> Result<NumberTerm, Fault> {
    let unfit = || Fault::new(format!("condition takes this for a number: {term}"));
    Ok(match term {
        Term::Field(header) => {
            let column = column_of(header, columns)?;
            if !is_number(&columns[column]) {
                return Err(unfit());
            }
            NumberTerm::Column(column)
        }
        Term::Number(number) => NumberTerm::Number(*number),
        Term::Years(from, to) => NumberTerm::Years(day(from, columns)?, day(to, columns)?),
        Term::Days(from, to) => NumberTerm::Days(day(from, columns)?, day(to, columns)?),
        Term::Length(header) => NumberTerm::Length(column_of(header, columns)?),
        Term::Filled(headers) => {
            NumberTerm::Filled(headers.iter().map(|header| column_of(header, columns)).collect::<Result<_, _>>()?)
        }
        Term::Day(_) | Term::Today | Term::FirstOfMonth(_) => return Err(unfit()),
    })
}

impl NumberTerm {
    /// The number in a record.
    #[inline]
    pub fn number(&self, record: &Filled<'_>, today: Date) -> Option<f64> {
        match self {
            Self::Column(column) => record.number(*column),
            Self::Number(number) => Some(*number),
            Self::Years(from, to) => Some(full_years(from.day(record, today)?, to.day(record, today)?).into()),
            Self::Days(from, to) => {
                let days = from.day(record, today)?.until(to.day(record, today)?).ok()?.get_days();
                Some(days.into())
            }
            Self::Length(column) => Some(record.text(*column)?.chars().count() as f64),
            Self::Filled(columns) => {
                Some(columns.iter().filter(|column| record.is_blank(**column) == Some(false)).count() as f64)
            }
        }
    }
}
