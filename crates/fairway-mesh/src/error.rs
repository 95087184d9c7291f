use std::io;

use fairway_domain::Fault;

use crate::MeshCode;

/// Why something could not be done with a mailbox. For the operator; holds no secret and nothing of a message.
#[derive(Debug, thiserror::Error)]
pub enum MeshError {
    /// The settings do not hold together.
    #[error("mailbox settings cannot be used: {0}")]
    Settings(String),
    /// The exchange does not accept mailbox, password or shared key.
    #[error("mesh does not accept the mailbox with this password and shared key")]
    NotAuthorised,
    /// The certificate of the server is not of the authority in the settings, or ours is not one that the server takes.
    #[error("mesh and this mailbox do not trust each other's certificates")]
    Untrusted(#[source] reqwest::Error),
    /// The exchange refused the message.
    #[error("mesh refused the message: {}", .0.says())]
    Refused(MeshCode),
    /// There is no such message for this mailbox.
    #[error("mesh has no such message for this mailbox")]
    NoSuchMessage,
    /// The message has expired or failed.
    #[error("message is no longer held by mesh")]
    Gone,
    /// The message takes no more chunks.
    #[error("message takes no more chunks")]
    Closed,
    /// The exchange could not be reached, or did not answer in time, as often as it was tried.
    #[error("mesh cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The exchange answered with a fault of its own, as often as it was tried.
    #[error("mesh has a fault of its own (status {0})")]
    Unavailable(u16),
    /// The exchange answered something that is not of its interface.
    #[error("mesh answered what its interface does not describe: {0}")]
    Strange(&'static str),
    /// The message is larger than the settings allow.
    #[error("message is larger than the {0} bytes that the settings allow")]
    TooLarge(u64),
    /// A file on this machine.
    #[error("{0} cannot be read or written")]
    File(&'static str, #[source] io::Error),
}

impl MeshError {
    /// Whether trying again later, with nothing changed, may do.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Unavailable(_))
    }
}

impl From<MeshError> for Fault {
    fn from(error: MeshError) -> Self {
        Self::from_source("message exchange failed", error)
    }
}
