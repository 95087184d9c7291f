//! How a cell is written in a file that leaves, and how one is made safe to open.

use std::io::{self, Write};

use jiff::civil::Date;

use crate::Value;

/// Writes a cell as extracts show it: days `YYYY-MM-DD`, decimals with two places, bytes in hexadecimal, nothing and empty
/// text both as nothing. A text that a spreadsheet would run as a formula (it begins with `=`, `+`, `-`, `@`, a tab or a
/// carriage return) and that is not a number is given a leading apostrophe, as OWASP's "CSV injection" advises.
///
/// # Errors
/// As `out` has them.
pub fn show(value: Value<'_>, out: &mut impl Write) -> io::Result<()> {
    match value {
        Value::Null => Ok(()),
        Value::Text(text) if is_formula(text) => write!(out, "'{text}"),
        Value::Text(text) => out.write_all(text.as_bytes()),
        Value::Integer(number) => write!(out, "{number}"),
        Value::Decimal(hundredths) => {
            let (sign, whole) = (if hundredths < 0 { "-" } else { "" }, hundredths.unsigned_abs());
            write!(out, "{sign}{}.{:02}", whole / 100, whole % 100)
        }
        Value::Date(day) => show_day(day, out),
        Value::Bytes(bytes) => bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}")),
    }
}

fn show_day(day: Date, out: &mut impl Write) -> io::Result<()> {
    write!(out, "{:04}-{:02}-{:02}", day.year(), day.month(), day.day())
}

/// Whether a spreadsheet would run a text.
pub fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number(text)
}

/// `-12.50` and `+3` are numbers; `-inf`, `+44 7700` and `-1e` are not.
fn is_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'+' | b'-')) && text.parse::<f64>().is_ok()
}
