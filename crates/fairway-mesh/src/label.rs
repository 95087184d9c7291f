use std::fmt;

use fairway_domain::NhsNumber;

/// Why a text is no label. Never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// Blank, too long, or of other characters.
    #[error("a label has 1 to 300 letters, digits, full stops, hyphens and underscores")]
    Form,
    /// Ten digits that are an NHS number.
    #[error("a label travels in the open and must not hold an NHS number")]
    NhsNumber,
}

/// A name that travels outside a message's content: mailbox, workflow, file name, local identifier, subject.
///
/// The exchange keeps such names in its logs, so that they must not identify a person; a label that holds ten digits
/// which are an NHS number is refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label(String);

impl Label {
    /// Reads a label.
    ///
    /// # Errors
    /// When the text has other characters or another length than a label, or holds an NHS number.
    pub fn parse(text: &str) -> Result<Self, LabelError> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        if text.is_empty() || text.len() > 300 || !text.bytes().all(fits) || text.bytes().all(|byte| byte == b'.') {
            return Err(LabelError::Form);
        }
        if text.split(|c: char| c.is_ascii_alphabetic() || matches!(c, '.' | '_')).any(holds_number) {
            return Err(LabelError::NhsNumber);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether digits, perhaps with hyphens between them, are an NHS number, together or in one of their groups.
fn holds_number(digits: &str) -> bool {
    NhsNumber::parse(digits).is_ok() || digits.split('-').any(|group| NhsNumber::parse(group).is_ok())
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_holds_no_nhs_number_however_it_is_written() {
        for text in ["9434765919", "trace-9434765919.csv", "id_943-476-5919", "a-9434765919-b"] {
            assert_eq!(Label::parse(text), Err(LabelError::NhsNumber), "{text}");
        }
        for text in ["MPTREQ_20261123101500", "X26ABC1", "run-0199f3c2.csv", "9434765918"] {
            assert_eq!(Label::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn a_label_cannot_break_a_header_or_leave_its_folder() {
        for text in ["", "a b", "a\r\nb", "é", "..", "a/b", &"x".repeat(301)] {
            assert_eq!(Label::parse(text), Err(LabelError::Form), "{text}");
        }
    }
}
