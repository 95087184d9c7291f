/// The marks in a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks {
    /// What stands before the decimals: `.`.
    pub decimal: String,
    /// What may stand between groups of digits; empty for nothing.
    pub group: String,
    /// Nothing else surrounds it. Otherwise a unit may: `£12.50`, `95%`.
    pub bare: bool,
}

impl Default for Marks {
    fn default() -> Self {
        Self { decimal: ".".into(), group: String::new(), bare: true }
    }
}

impl Marks {
    pub(super) fn integer(&self, text: &str) -> Option<i64> {
        let text = self.stripped(text.trim());
        let cleaned;
        let text = if self.group.is_empty() {
            text
        } else {
            cleaned = text.replace(&self.group, "");
            &cleaned
        };
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let fits = !digits.is_empty() && digits.len() <= 18 && digits.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| text.parse().ok()).flatten()
    }

    pub(super) fn number(&self, text: &str) -> Option<f64> {
        let text = self.stripped(text.trim());
        if self.group.is_empty() && self.decimal == "." {
            return plain(text);
        }
        let text = if self.group.is_empty() { text.to_owned() } else { text.replace(&self.group, "") };
        if self.decimal == "." {
            return plain(&text);
        }
        if text.contains('.') { None } else { plain(&text.replace(&self.decimal, ".")) }
    }

    /// The text without what surrounds the number, where that is allowed.
    fn stripped<'t>(&self, text: &'t str) -> &'t str {
        if self.bare {
            return text;
        }
        let begins = |c: char| c == '-' || c.is_ascii_digit();
        text.trim_start_matches(|c| !begins(c)).trim_end_matches(|c: char| !c.is_ascii_digit())
    }
}

/// A number with a point, an exponent perhaps, or one of `NaN`, `INF`, `-INF`.
fn plain(text: &str) -> Option<f64> {
    let spelt = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    match text {
        "NaN" => Some(f64::NAN),
        "INF" => Some(f64::INFINITY),
        "-INF" => Some(f64::NEG_INFINITY),
        _ if spelt => text.parse().ok(),
        _ => None,
    }
}

pub(super) fn year(text: &str) -> Option<i64> {
    let fits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}
