use fairway_domain::Fault;
use fairway_spec::{Comparison, Condition, Held};
use jiff::civil::Date;
use regex::Regex;

use super::term::{DayTerm, NumberTerm, Pair};
use super::{Column, Kind};
use crate::judge::{Filled, held};

/// What is known of a condition on one record (Kleene's three values, which are SQL's).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    True,
    False,
    /// A field that it depends on is blank or unreadable.
    Unknown,
}

impl Truth {
    fn of(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }

    fn of_known(value: Option<bool>) -> Self {
        value.map_or(Self::Unknown, Self::of)
    }

    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

/// A condition whose fields are numbers of columns and whose values are looked up already.
#[derive(Debug)]
pub(crate) enum Node {
    Always,
    Never,
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Blank(usize),
    /// The column's code is one of these: a bit for each of its list.
    Code(usize, Vec<u64>),
    Text(usize, Test, Vec<String>),
    Matches(usize, Regex),
    Holds(Held, usize),
    HoldsValueOf(usize, usize),
    SameText(usize, usize),
    Days(DayTerm, Comparison, DayTerm),
    Numbers(NumberTerm, Comparison, NumberTerm),
}

/// How a text is compared.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Test {
    Equals,
    Starts,
    Ends,
    Contains,
}

impl Test {
    fn holds(self, text: &str, wanted: &str) -> bool {
        match self {
            Self::Equals => text == wanted,
            Self::Starts => text.starts_with(wanted),
            Self::Ends => text.ends_with(wanted),
            Self::Contains => text.contains(wanted),
        }
    }
}

impl Node {
    /// Compiles a condition.
    ///
    /// # Errors
    /// When it names a field that the specification has not, or compares what cannot be compared.
    pub fn compile(condition: &Condition, columns: &[Column<'_>]) -> Result<Self, Fault> {
        let all = |parts: &[Condition]| -> Result<Vec<Self>, Fault> {
            parts.iter().map(|part| Self::compile(part, columns)).collect()
        };
        let field = |header: &str| column_of(header, columns);
        let test = |header: &str, test, text: &String| -> Result<Self, Fault> {
            Ok(Self::test(columns, field(header)?, test, std::slice::from_ref(text)))
        };
        Ok(match condition {
            Condition::Always => Self::Always,
            Condition::Never => Self::Never,
            Condition::All(conditions) => Self::All(all(conditions)?),
            Condition::Any(conditions) => Self::Any(all(conditions)?),
            Condition::Not(condition) => Self::Not(Box::new(Self::compile(condition, columns)?)),
            Condition::Blank(header) => Self::Blank(field(header)?),
            Condition::In(header, values) => Self::test(columns, field(header)?, Test::Equals, values),
            Condition::Starts(header, text) => test(header, Test::Starts, text)?,
            Condition::Ends(header, text) => test(header, Test::Ends, text)?,
            Condition::Contains(header, text) => test(header, Test::Contains, text)?,
            Condition::Matches(header, pattern) => {
                let regex = Regex::new(pattern).map_err(|error| Fault::from_source("pattern cannot be used", error))?;
                Self::Matches(field(header)?, regex)
            }
            Condition::Holds(held, header) => Self::Holds(*held, field(header)?),
            Condition::HoldsValueOf(text, value) => Self::HoldsValueOf(field(text)?, field(value)?),
            Condition::Compare(one, comparison, other) => match Pair::compile(one, other, columns)? {
                Pair::Days(one, other) => Self::Days(one, *comparison, other),
                Pair::Numbers(one, other) => Self::Numbers(one, *comparison, other),
                Pair::Texts(one, other) if *comparison == Comparison::Equal => Self::SameText(one, other),
                Pair::Texts(..) => return Err(Fault::new("condition compares texts as if they were numbers")),
            },
            Condition::Between(one, low, high) => {
                let bound = |comparison, bound: &_| Condition::Compare(one.clone(), comparison, Clone::clone(bound));
                Self::All(all(&[bound(Comparison::AtLeast, low), bound(Comparison::AtMost, high)])?)
            }
        })
    }

    fn test(columns: &[Column<'_>], column: usize, test: Test, wanted: &[String]) -> Self {
        let Some(Kind::Code(table)) = columns.get(column).map(|column| &column.kind) else {
            return Self::Text(column, test, wanted.to_vec());
        };
        let mut bits = vec![0_u64; table.values.len() / 64 + 1];
        for number in 0..table.values.len() {
            let code = u16::try_from(number).unwrap_or(u16::MAX);
            let text = table.text(table.today(code).unwrap_or(code));
            if wanted.iter().any(|wanted| test.holds(text, wanted)) {
                bits[number / 64] |= 1 << (number % 64);
            }
        }
        Self::Code(column, bits)
    }

    /// What is known of the condition on one record, on the day of the check.
    pub fn truth(&self, record: &Filled<'_>, today: Date) -> Truth {
        match self {
            Self::Always => Truth::True,
            Self::Never => Truth::False,
            Self::All(nodes) => combine(nodes, record, today, Truth::False),
            Self::Any(nodes) => combine(nodes, record, today, Truth::True),
            Self::Not(node) => node.truth(record, today).not(),
            Self::Blank(column) => Truth::of_known(record.is_blank(*column)),
            Self::Code(column, bits) => Truth::of_known(
                record
                    .code(*column)
                    .map(|code| bits.get(usize::from(code) / 64).is_some_and(|bits| bits >> (code % 64) & 1 == 1)),
            ),
            Self::Days(one, comparison, other) => Truth::of_known(
                one.day(record, today)
                    .zip(other.day(record, today))
                    .map(|(one, other)| comparison.fits(one.cmp(&other))),
            ),
            Self::Numbers(one, comparison, other) => {
                let order = one.number(record, today).zip(other.number(record, today));
                Truth::of_known(
                    order.and_then(|(one, other)| one.partial_cmp(&other)).map(|order| comparison.fits(order)),
                )
            }
            _ => Truth::of_known(self.truth_of_text(record)),
        }
    }

    /// What is known of a condition that looks into texts.
    fn truth_of_text(&self, record: &Filled<'_>) -> Option<bool> {
        match self {
            Self::Text(column, test, wanted) => {
                let text = record.text(*column)?;
                Some(wanted.iter().any(|wanted| test.holds(text, wanted)))
            }
            Self::SameText(first, second) => Some(record.text(*first)? == record.text(*second)?),
            Self::Matches(column, regex) => Some(regex.is_match(record.text(*column)?)),
            Self::Holds(held, column) => {
                let text = record.text(*column)?;
                Some(match held {
                    Held::NhsNumber => held::nhs_number(text),
                    Held::Postcode => held::postcode(text),
                    Held::Date => held::date(text),
                })
            }
            Self::HoldsValueOf(text, value) => {
                let (text, sought) = (record.text(*text)?, record.text(*value)?);
                if let Some(day) = record.date(*value) {
                    return Some(held::this_day(text, day));
                }
                let long = sought.chars().take(Condition::SHORTEST_VALUE).count() == Condition::SHORTEST_VALUE;
                Some(long && held::value(text, sought))
            }
            _ => None,
        }
    }
}

/// The number of the column with this header.
pub(super) fn column_of(header: &str, columns: &[Column<'_>]) -> Result<usize, Fault> {
    columns
        .iter()
        .position(|column| column.field.header == header)
        .ok_or_else(|| Fault::new(format!("condition names a field that the specification has not: {header}")))
}

/// The first `decisive` decides; else anything unknown leaves it unknown.
fn combine(nodes: &[Node], record: &Filled<'_>, today: Date, decisive: Truth) -> Truth {
    let mut result = decisive.not();
    for node in nodes {
        match node.truth(record, today) {
            truth if truth == decisive => return decisive,
            Truth::Unknown => result = Truth::Unknown,
            _ => {}
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::read::Cells;

    /// A blank that is not there is neither true nor false.
    const UNKNOWN: Node = Node::Blank(0);

    fn truth(node: &Node) -> Truth {
        let nothing = Filled { columns: &[], slots: &[], cells: Cells::default(), positions: &[] };
        node.truth(&nothing, date(2026, 5, 1))
    }

    #[test]
    fn what_is_unknown_stays_so_unless_something_else_decides() {
        use Truth::{False, True, Unknown};
        for (parts, all, any) in [
            (vec![Node::Always, Node::Never], False, True),
            (vec![UNKNOWN, Node::Never], False, Unknown),
            (vec![UNKNOWN, Node::Always], Unknown, True),
            (vec![UNKNOWN, UNKNOWN], Unknown, Unknown),
            (vec![Node::Always, Node::Always], True, True),
            (vec![], True, False),
        ] {
            let all_node = Node::All(parts);
            assert_eq!(truth(&all_node), all, "{all_node:?}");
            let Node::All(parts) = all_node else { return };
            assert_eq!(truth(&Node::Any(parts)), any);
        }
        assert_eq!(truth(&Node::Not(Box::new(UNKNOWN))), Unknown);
        assert_eq!(truth(&Node::Not(Box::new(Node::Never))), True);
        let number = |column| NumberTerm::Column(column);
        for node in [
            Node::Days(DayTerm::Column(0), Comparison::AtMost, DayTerm::Today),
            Node::Numbers(number(0), Comparison::Equal, number(0)),
            Node::SameText(0, 0),
            Node::Holds(Held::Date, 0),
            Node::HoldsValueOf(0, 1),
            Node::Text(0, Test::Ends, vec![String::new()]),
        ] {
            assert_eq!(truth(&node), Unknown, "{node:?}");
        }
    }

    #[test]
    fn the_day_of_the_check_is_known() {
        let days = |day| Node::Days(DayTerm::Today, Comparison::Greater, DayTerm::Day(day));
        assert_eq!(truth(&days(date(2026, 4, 30))), Truth::True);
        assert_eq!(truth(&days(date(2026, 5, 1))), Truth::False);
        let first = DayTerm::FirstOfMonth(Box::new(DayTerm::Day(date(2024, 2, 29))));
        let whole = NumberTerm::Years(first, DayTerm::Today);
        assert_eq!(truth(&Node::Numbers(whole, Comparison::Equal, NumberTerm::Number(2.0))), Truth::True);
    }
}
