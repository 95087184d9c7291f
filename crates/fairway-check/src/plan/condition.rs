use fairway_domain::Fault;
use fairway_spec::Condition;

use super::{Column, Kind};
use crate::judge::Filled;

/// What is known of a condition on one record (Kleene's three values).
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
    AtMost(usize, usize),
    Same(usize, usize),
    Between(usize, f64, f64),
    Years(usize, usize, f64, f64),
}

/// How a text is compared.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Test {
    Equals,
    Starts,
    Contains,
}

impl Test {
    fn holds(self, text: &str, wanted: &str) -> bool {
        match self {
            Self::Equals => text == wanted,
            Self::Starts => text.starts_with(wanted),
            Self::Contains => text.contains(wanted),
        }
    }
}

impl Node {
    /// Compiles a condition.
    ///
    /// # Errors
    /// When it names a field that the specification has not.
    pub fn compile(condition: &Condition, columns: &[Column<'_>]) -> Result<Self, Fault> {
        let all = |parts: &[Condition]| -> Result<Vec<Self>, Fault> {
            parts.iter().map(|part| Self::compile(part, columns)).collect()
        };
        let field = |header: &str| {
            columns
                .iter()
                .position(|column| column.field.header == header)
                .ok_or_else(|| Fault::new(format!("condition names a field that the specification has not: {header}")))
        };
        Ok(match condition {
            Condition::Always => Self::Always,
            Condition::Never => Self::Never,
            Condition::All(conditions) => Self::All(all(conditions)?),
            Condition::Any(conditions) => Self::Any(all(conditions)?),
            Condition::Not(condition) => Self::Not(Box::new(Self::compile(condition, columns)?)),
            Condition::Blank(header) => Self::Blank(field(header)?),
            Condition::In(header, values) => Self::test(columns, field(header)?, Test::Equals, values),
            Condition::Starts(header, text) => {
                Self::test(columns, field(header)?, Test::Starts, std::slice::from_ref(text))
            }
            Condition::Contains(header, text) => {
                Self::test(columns, field(header)?, Test::Contains, std::slice::from_ref(text))
            }
            Condition::AtMost(first, second) => Self::AtMost(field(first)?, field(second)?),
            Condition::Same(first, second) => Self::Same(field(first)?, field(second)?),
            Condition::Between(header, least, most) => Self::Between(field(header)?, *least, *most),
            Condition::Years(from, to, least, most) => Self::Years(field(from)?, field(to)?, *least, *most),
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

    /// What is known of the condition on one record.
    pub fn truth(&self, record: &Filled<'_>) -> Truth {
        match self {
            Self::Always => Truth::True,
            Self::Never => Truth::False,
            Self::All(nodes) => combine(nodes, record, Truth::False),
            Self::Any(nodes) => combine(nodes, record, Truth::True),
            Self::Not(node) => node.truth(record).not(),
            Self::Blank(column) => record.is_blank(*column).map_or(Truth::Unknown, Truth::of),
            Self::Code(column, bits) => record.code(*column).map_or(Truth::Unknown, |code| {
                Truth::of(bits.get(usize::from(code) / 64).is_some_and(|bits| bits >> (code % 64) & 1 == 1))
            }),
            Self::Text(column, test, wanted) => record
                .text(*column)
                .map_or(Truth::Unknown, |text| Truth::of(wanted.iter().any(|wanted| test.holds(text, wanted)))),
            Self::AtMost(first, second) => record.at_most(*first, *second).map_or(Truth::Unknown, Truth::of),
            Self::Same(first, second) => match (record.text(*first), record.text(*second)) {
                (Some(first), Some(second)) => Truth::of(first == second),
                _ => Truth::Unknown,
            },
            Self::Between(column, least, most) => {
                record.number(*column).map_or(Truth::Unknown, |number| Truth::of((*least..=*most).contains(&number)))
            }
            Self::Years(from, to, least, most) => record
                .years(*from, *to)
                .map_or(Truth::Unknown, |years| Truth::of((*least..=*most).contains(&f64::from(years)))),
        }
    }
}

/// The first `decisive` decides; else anything unknown leaves it unknown.
fn combine(nodes: &[Node], record: &Filled<'_>, decisive: Truth) -> Truth {
    let mut result = decisive.not();
    for node in nodes {
        match node.truth(record) {
            truth if truth == decisive => return decisive,
            Truth::Unknown => result = Truth::Unknown,
            _ => {}
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Cells;

    /// A blank that is not there is neither true nor false.
    const UNKNOWN: Node = Node::Blank(0);

    fn truth(node: &Node) -> Truth {
        node.truth(&Filled { columns: &[], slots: &[], cells: Cells::default(), positions: &[] })
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
        for node in [Node::AtMost(0, 1), Node::Same(0, 1), Node::Between(0, 0.0, 1.0), Node::Years(0, 1, 0.0, 1.0)] {
            assert_eq!(truth(&node), Unknown, "{node:?}");
        }
    }
}
