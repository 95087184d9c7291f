use fairway_service as service;
use serde::Serialize;
use utoipa::ToSchema;

/// An organisation.
#[derive(Serialize, ToSchema)]
pub struct Organisation {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// A right, or that there is none.
#[derive(Serialize, ToSchema)]
pub struct Right {
    /// What is asked.
    pub verb: &'static str,
    /// In which role.
    pub role: &'static str,
    /// none, own or any.
    pub scope: &'static str,
    /// Why.
    pub why: String,
}

/// Whoever calls.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// Their account.
    pub person: String,
    /// Their organisation.
    pub organisation: String,
    /// Their roles today.
    pub roles: Vec<&'static str>,
    /// What they may do.
    pub may: Vec<Right>,
}

/// An entry of the log.
#[derive(Serialize, ToSchema)]
pub struct Entry {
    /// Its number.
    pub seq: u64,
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What.
    pub verb: String,
    /// To what.
    pub object: String,
    /// Figures and reasons; null once they were forgotten.
    pub detail: serde_json::Value,
}

/// Whether the log is as it was written.
#[derive(Serialize, ToSchema)]
pub struct AuditVerification {
    /// Whether it is.
    pub verified: bool,
    /// How many entries it has.
    pub entries: u64,
    /// What is wrong with it.
    pub problems: Vec<String>,
}

impl From<service::AuditEntry> for Entry {
    fn from(entry: service::AuditEntry) -> Self {
        let detail = serde_json::from_str(&entry.detail).unwrap_or_default();
        let (seq, at) = (entry.seq, entry.at.to_string());
        Self { seq, at, actor: entry.actor, verb: entry.verb, object: entry.object, detail }
    }
}
