//! What goes over the socket: frames with their length before them, no longer than [`LONGEST_FRAME`], in the postcard format.

use bytes::Bytes;
use fairway_domain::port::KeyholderStatus;
use fairway_domain::{Digest, Fault, FaultExt, KeyDomain, KeyRecord, Pseudonym};
use serde::{Deserialize, Serialize};
use tokio_util::codec::LengthDelimitedCodec;

/// Bytes of the longest frame that either side accepts.
pub(crate) const LONGEST_FRAME: usize = 8 * 1024 * 1024;
/// Uids or pseudonyms in one request; their answers fit into a frame.
pub(crate) const MOST_AT_ONCE: usize = 50_000;

pub(crate) fn codec() -> LengthDelimitedCodec {
    LengthDelimitedCodec::builder().max_frame_length(LONGEST_FRAME).new_codec()
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Request<'a> {
    Status,
    LandingKey,
    Unlock {
        custodian: &'a str,
        passphrase: &'a str,
    },
    Seal,
    Keys,
    #[serde(borrow)]
    Prepare(Domain<'a>),
    SetState {
        key_id: &'a str,
        state: &'a str,
    },
    Pseudonyms {
        domain: Domain<'a>,
        subject: &'a str,
        uids: &'a [u8],
    },
    Rekey {
        from: Domain<'a>,
        to: Domain<'a>,
        subject: &'a str,
        pseudonyms: Vec<&'a str>,
    },
    Bridge {
        from: Domain<'a>,
        old: Domain<'a>,
        subject: &'a str,
        pseudonyms: Vec<&'a str>,
    },
    Open {
        domain: Domain<'a>,
        subject: &'a str,
        pseudonyms: Vec<&'a str>,
    },
    Secret(&'a str),
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Domain<'a> {
    name: &'a str,
    epoch: u32,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum Reply {
    /// The keys are in memory.
    Ready,
    /// They are not; nothing but unlocking helps.
    Sealed {
        needed: usize,
        given: usize,
        custodians: Vec<String>,
    },
    /// What a person asked for cannot be done; why.
    Refused(String),
    /// What a program asked for went wrong; the chain of causes.
    Fault(Vec<String>),
    Keys(Vec<Key>),
    /// Texts one behind the other, all of one length.
    Text(String),
    /// Uids one behind the other, or a secret.
    Bytes(Vec<u8>),
    /// One of the pseudonyms to be opened is none.
    NoPseudonym,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Key {
    key_id: String,
    domain: String,
    epoch: u32,
    state: String,
    commitment: [u8; 32],
    canaries: Vec<String>,
}

pub(crate) fn encode(message: &impl Serialize) -> Result<Bytes, Fault> {
    postcard::to_stdvec(message).map(Bytes::from).fault("message of the keyholder cannot be written")
}

pub(crate) fn decode<'a, T: Deserialize<'a>>(frame: &'a [u8]) -> Option<T> {
    match postcard::take_from_bytes(frame) {
        Ok((message, [])) => Some(message),
        _ => None,
    }
}

impl<'a> From<&'a KeyDomain> for Domain<'a> {
    fn from(domain: &'a KeyDomain) -> Self {
        Self { name: &domain.name, epoch: domain.epoch }
    }
}

impl From<Domain<'_>> for KeyDomain {
    fn from(domain: Domain<'_>) -> Self {
        Self { name: domain.name.to_owned(), epoch: domain.epoch }
    }
}

impl From<KeyRecord> for Key {
    fn from(record: KeyRecord) -> Self {
        Self {
            key_id: record.key_id,
            domain: record.domain.name,
            epoch: record.domain.epoch,
            state: record.state.as_str().to_owned(),
            commitment: record.commitment.0,
            canaries: record.canaries.into_iter().map(|canary| canary.0).collect(),
        }
    }
}

impl Key {
    pub(crate) fn read(self) -> Result<KeyRecord, Fault> {
        Ok(KeyRecord {
            key_id: self.key_id,
            domain: KeyDomain { name: self.domain, epoch: self.epoch },
            state: self.state.parse().fault("state of a key cannot be read")?,
            commitment: Digest(self.commitment),
            canaries: self.canaries.into_iter().map(Pseudonym).collect(),
        })
    }
}

impl From<KeyholderStatus> for Reply {
    fn from(status: KeyholderStatus) -> Self {
        match status {
            KeyholderStatus::Ready => Self::Ready,
            KeyholderStatus::Sealed { needed, given, custodians } => Self::Sealed { needed, given, custodians },
            KeyholderStatus::Away { why } => Self::Fault(vec![why]),
        }
    }
}

/// A fault that crosses the socket loses its type and keeps its words.
pub(crate) fn chain(fault: &Fault) -> Reply {
    let mut words = vec![fault.to_string()];
    let mut cause = std::error::Error::source(fault);
    while let Some(error) = cause {
        words.push(error.to_string());
        cause = error.source();
    }
    Reply::Fault(words)
}

/// The fault on the other side, with its causes.
pub(crate) fn unchained(words: Vec<String>) -> Fault {
    let chained = words.into_iter().rev().fold(None, |cause: Option<Fault>, what| {
        Some(match cause {
            None => Fault::new(what),
            Some(cause) => Fault::from_source(what, cause),
        })
    });
    chained.unwrap_or_else(|| Fault::new("keyholder gave no reason"))
}
