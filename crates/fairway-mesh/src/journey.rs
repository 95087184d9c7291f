//! How far a message came, in a file beside it, so that what was cut off goes on where it was.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{MeshError, durable};

/// What was sent of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outward {
    /// SHA-256 of the whole content, so that no other file is sent on.
    pub(crate) content: String,
    pub(crate) chunk_bytes: u64,
    pub(crate) chunks: u64,
    pub(crate) to: String,
    pub(crate) workflow: String,
    /// What the exchange called the message, once it has the first chunk.
    pub(crate) message: Option<String>,
    pub(crate) sent: u64,
}

/// What was received of a message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Inward {
    pub(crate) headers: Headers,
    pub(crate) chunks: u64,
    pub(crate) received: u64,
    /// Bytes of the content in the file so far, after decompression.
    pub(crate) bytes: u64,
    /// Whether it is under its last name, or is a report and has no content.
    pub(crate) complete: bool,
}

/// What stands on the outside of a message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Headers {
    pub(crate) from: String,
    pub(crate) workflow: String,
    pub(crate) file_name: String,
    pub(crate) local_id: String,
    pub(crate) subject: String,
    pub(crate) checksum: String,
    pub(crate) report: bool,
    pub(crate) status_code: String,
    pub(crate) linked_message: String,
}

const FILE: &str = "journal of a message";

pub(crate) fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<Option<T>, MeshError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(MeshError::File(FILE, error)),
    };
    serde_json::from_slice(&bytes).map(Some).map_err(|error| MeshError::File(FILE, io::Error::other(error)))
}

pub(crate) fn write(path: &Path, journal: &impl Serialize) -> Result<(), MeshError> {
    let bytes = serde_json::to_vec(journal).map_err(|error| MeshError::File(FILE, io::Error::other(error)))?;
    durable::replace(path, &bytes).map_err(|error| MeshError::File(FILE, error))
}
