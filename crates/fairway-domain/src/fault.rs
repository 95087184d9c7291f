use std::fmt;

/// Something that went wrong on our side: a full disk, a broken table, a key that is not there.
/// Bad data is never a fault (it is a finding), nor is a request that may not be granted (a [`Refusal`]).
///
/// The text is for the operator: lower case, subject first, no identifier, and it never repeats its source.
#[derive(Debug)]
pub struct Fault {
    what: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Fault {
    /// A fault without an underlying error.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), source: None }
    }

    /// A fault caused by `source`.
    pub fn from_source(what: impl Into<String>, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { what: what.into(), source: Some(source.into()) }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|e| e as &(dyn std::error::Error + 'static))
    }
}

/// Turns any error into a [`Fault`] with the operator's words in front: `file.sync_all().fault("ledger cannot be synced")`.
pub trait FaultExt<T> {
    /// Names what could not be done.
    fn fault(self, what: impl Into<String>) -> Result<T, Fault>;
}

impl<T, E: Into<Box<dyn std::error::Error + Send + Sync>>> FaultExt<T> for Result<T, E> {
    fn fault(self, what: impl Into<String>) -> Result<T, Fault> {
        self.map_err(|e| Fault::from_source(what, e))
    }
}

/// A request that is not granted: what cannot be done, every reason why, and who can change it.
/// The text is for a signed-in person; it holds no identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What cannot be done, as a sentence without a full stop.
    pub what: String,
    /// All the reasons, not the first.
    pub reasons: Vec<String>,
    /// What to do next, or who can change it.
    pub next: String,
}

impl Refusal {
    /// A refusal with one reason.
    pub fn new(what: impl Into<String>, reason: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what: what.into(), reasons: vec![reason.into()], next: next.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.what)?;
        for reason in &self.reasons {
            writeln!(f, "  - {reason}")?;
        }
        write!(f, "{}", self.next)
    }
}
