//! What most cells are seen to be at once: plainly good, so that nothing else has to be asked of them.

use fairway_spec::{DayForm, Form, Format, Spec};

use super::{Column, Kind};
use crate::judge::{is_formula, trim};

/// How a column's cell is seen to be good at once. A cell that is not may be good all the same: it is looked at closer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Glance {
    /// Not at all.
    None,
    /// A value of its list, letter for letter.
    Code,
    /// `yyyy-mm-dd`.
    IsoDay,
    /// `dd/mm/yyyy`.
    BritishDay,
    /// Any text that is not too long.
    Text,
}

impl Glance {
    pub fn of(column: &Column<'_>, blanks: &Blanks<'_>) -> Self {
        if column.limits.is_some() {
            return Self::None;
        }
        match &column.kind {
            // What a closer look would take for blank or for a formula must not pass for a value of the list.
            Kind::Code(table) if table.values.iter().all(|value| is_plain(value, column.exact, blanks)) => Self::Code,
            Kind::Date | Kind::Formed(Form::Date(DayForm::British)) => Self::BritishDay,
            Kind::Formed(Form::Date(DayForm::Iso)) => Self::IsoDay,
            Kind::Text(None::<Format>) => Self::Text,
            _ => Self::None,
        }
    }
}

fn is_plain(value: &str, exact: bool, blanks: &Blanks<'_>) -> bool {
    let text = if exact { value } else { trim(value) };
    !text.is_empty() && !blanks.have(text.as_bytes()) && (exact || !is_formula(text))
}

/// Words that stand for nothing.
#[derive(Debug)]
pub(crate) struct Blanks<'s> {
    words: Vec<&'s str>,
    /// First bytes of a text that is none of them and no formula either: letters and digits.
    plain: [bool; 256],
}

impl<'s> Blanks<'s> {
    pub fn of(spec: &'s Spec) -> Self {
        let words = spec.missing_values.iter().map(String::as_str).filter(|word| !word.is_empty());
        let mut plain = std::array::from_fn(|byte| u8::try_from(byte).is_ok_and(|byte| byte.is_ascii_alphanumeric()));
        for word in words.clone() {
            plain[usize::from(word.as_bytes()[0])] = false;
        }
        Self { words: words.collect(), plain }
    }

    /// Whether the text is one of them.
    #[inline]
    pub fn have(&self, text: &[u8]) -> bool {
        self.words.iter().any(|word| word.as_bytes().first() == text.first() && word.as_bytes() == text)
    }

    /// Whether the text is seen to be neither blank nor a formula, and to have no blanks at its ends.
    #[inline]
    pub fn leave(&self, text: &[u8]) -> bool {
        let (Some(first), Some(last)) = (text.first(), text.last()) else { return false };
        let plain = self.plain[usize::from(*first)] || first.is_ascii_alphanumeric() && !self.have(text);
        plain && (0x21..0x80).contains(last)
    }
}
