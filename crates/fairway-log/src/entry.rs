use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// Longest entry in bytes: an entry stands behind its length in two bytes (<https://c2sp.org/tlog-tiles>).
const LONGEST: usize = u16::MAX as usize;

/// Whether an entry says what was done, what is about to be done, or what came of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Done, in the transaction of this entry.
    Event,
    /// About to be done outside the ledger.
    Intent,
    /// What came of an intent.
    Outcome,
}

impl Phase {
    /// Every phase.
    pub const ALL: [Self; 3] = [Self::Event, Self::Intent, Self::Outcome];

    /// As the ledger and the entry write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Intent => "intent",
            Self::Outcome => "outcome",
        }
    }
}

/// One entry of the log. Its canonical encoding is that of RFC 8785: a JSON object with its members sorted and nothing
/// between them. Members without a value are left out. It names nobody whom data is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry<'a> {
    /// What was done, in the past tense.
    pub action: &'a str,
    /// Who did it.
    pub actor: &'a str,
    /// The agreement it was done under.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub agreement: &'a str,
    /// For an entry written before the log was a tree: its hash in the chain of then, in hexadecimal digits.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub chained: &'a str,
    /// What was decided: `granted` or `refused`.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub decision: &'a str,
    /// To what it was done.
    pub objects: &'a [&'a str],
    /// The organisation of who did it.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub org: &'a str,
    /// [`commitment`] to figures and reasons, in hexadecimal digits.
    pub payload_commitment: &'a str,
    /// Event, intent or outcome.
    pub phase: &'a str,
    /// The number of the intent that this one closes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prev_intent: Option<u64>,
    /// In what role it was done.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub role: &'a str,
    /// Counts from 1.
    pub seq: u64,
    /// When, in universal time with microseconds.
    pub time: &'a str,
}

/// An entry does not fit into a tile.
#[derive(Debug, thiserror::Error)]
#[error("entry of the log is longer than {LONGEST} bytes")]
pub struct TooLong;

impl Entry<'_> {
    /// The canonical encoding, of which [`crate::record_hash`] is the leaf.
    ///
    /// # Errors
    /// When it is longer than a tile takes.
    pub fn encode(&self) -> Result<Vec<u8>, TooLong> {
        let bytes = serde_json::to_vec(self).map_err(|_| TooLong)?;
        if bytes.len() <= LONGEST { Ok(bytes) } else { Err(TooLong) }
    }
}

/// SHA-256 over salt and payload: it binds the entry to its payload, and says nothing of it once the salt is destroyed.
pub fn commitment(salt: &[u8; 32], payload: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(payload).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry<'a>(objects: &'a [&'a str]) -> Entry<'a> {
        Entry {
            action: "ReleaseGranted",
            actor: "cli:\u{e9}\u{7f}\"\\\n\u{1}",
            agreement: "DARS-1",
            chained: "ab",
            decision: "granted",
            objects,
            org: "X26",
            payload_commitment: "00",
            phase: "outcome",
            prev_intent: Some(6),
            role: "approver",
            seq: 7,
            time: "2026-04-01T00:00:00.000000Z",
        }
    }

    #[test]
    fn an_entry_has_one_encoding_with_its_members_sorted() {
        let text = String::from_utf8(entry(&["release:1"]).encode().unwrap()).unwrap();
        assert_eq!(
            text,
            "{\"action\":\"ReleaseGranted\",\"actor\":\"cli:\u{e9}\u{7f}\\\"\\\\\\n\\u0001\",\"agreement\":\"DARS-1\",\
             \"chained\":\"ab\",\"decision\":\"granted\",\"objects\":[\"release:1\"],\"org\":\"X26\",\
             \"payload_commitment\":\"00\",\"phase\":\"outcome\",\"prev_intent\":6,\"role\":\"approver\",\"seq\":7,\
             \"time\":\"2026-04-01T00:00:00.000000Z\"}"
        );
    }

    #[test]
    fn what_has_no_value_is_left_out() {
        let bare = Entry {
            agreement: "",
            chained: "",
            decision: "",
            org: "",
            prev_intent: None,
            role: "",
            ..entry(&["release:1"])
        };
        let text = String::from_utf8(bare.encode().unwrap()).unwrap();
        assert!(text.contains("\"phase\":\"outcome\",\"seq\":7") && !text.contains("role"), "{text}");
    }

    #[test]
    fn an_entry_too_long_for_a_tile_is_none() {
        let long = "x".repeat(70_000);
        assert!(entry(&[&long]).encode().is_err());
    }
}
