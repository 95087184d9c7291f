use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzEncoder;
use reqwest::Method;
use serde::Deserialize;

use crate::durable::{blocking, measure};
use crate::journey::{self, Outward};
use crate::mailbox::{MeshMailbox, STRANGE_ID, TrackingState, json};
use crate::wire::Call;
use crate::{Label, MeshCode, MeshError};

/// What the exchange calls a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId(String);

impl MessageId {
    /// Reads an identifier: letters, digits, hyphens and underscores, so that it can name a file.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (!text.is_empty() && text.len() <= 100 && text.bytes().all(fits)).then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What stands on the outside of a message that is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The recipient's mailbox.
    pub to: Label,
    /// What kind of message it is.
    pub workflow: Label,
    /// The file's name for the recipient.
    pub file_name: Label,
    /// The sender's own reference of the message.
    pub local_id: Label,
    /// A subject, if there is one.
    pub subject: Option<Label>,
}

#[derive(Deserialize)]
struct Sent {
    message_id: String,
}

/// Room that a compressed chunk may take in one request.
const MOST_SENT: usize = 100_000_000;
const FILE: &str = "file to be sent";

impl MeshMailbox {
    /// Sends a file, in chunks where it is large, each compressed by itself. How far it came is kept in the file `journal`:
    /// called again with the same three, it goes on from there, and once all is sent it only gives the identifier again.
    ///
    /// A first chunk whose answer was lost is sent again, so that the recipient may see the same message twice, under the
    /// same local identifier.
    ///
    /// # Errors
    /// When the exchange refuses the message or cannot be reached, the file cannot be read, or the journal is of another
    /// message.
    pub async fn send(&self, file: &Path, outgoing: &Outgoing, journal: &Path) -> Result<MessageId, MeshError> {
        let mut outward = self.begin(file, outgoing, journal).await?;
        let resumed = outward.message.is_some();
        match self.send_rest(file, outgoing, journal, &mut outward).await {
            Err(MeshError::NoSuchMessage | MeshError::Gone) if resumed => {
                // The exchange has thrown the beginning away in the meantime.
                (outward.message, outward.sent) = (None, 0);
                self.send_rest(file, outgoing, journal, &mut outward).await?;
            }
            other => other?,
        }
        outward.message.as_deref().and_then(MessageId::parse).ok_or(STRANGE_ID)
    }

    /// What the journal says, or a new one.
    async fn begin(&self, file: &Path, outgoing: &Outgoing, journal: &Path) -> Result<Outward, MeshError> {
        let (file, journal) = (file.to_owned(), journal.to_owned());
        let chunk_bytes = self.wire.settings().chunk_bytes as u64;
        let (to, workflow) = (outgoing.to.to_string(), outgoing.workflow.to_string());
        blocking(move || {
            let (bytes, content) = measure(&file).map_err(|error| MeshError::File(FILE, error))?;
            if bytes == 0 {
                return Err(MeshError::Refused(MeshCode::NoContent));
            }
            let before: Option<Outward> = journey::read(&journal)?;
            let chunk_bytes = before.as_ref().map_or(chunk_bytes, |before| before.chunk_bytes).max(1);
            let chunks = bytes.div_ceil(chunk_bytes);
            let new = Outward { content, chunk_bytes, chunks, to, workflow, message: None, sent: 0 };
            match before {
                None => Ok(new),
                Some(before) if is_of(&before, &new) => Ok(before),
                Some(_) => Err(MeshError::Settings("the journal is of another message".into())),
            }
        })
        .await
    }

    async fn send_rest(
        &self,
        file: &Path,
        outgoing: &Outgoing,
        journal: &Path,
        outward: &mut Outward,
    ) -> Result<(), MeshError> {
        while outward.sent < outward.chunks {
            let body = chunk(file.to_owned(), outward.clone()).await?;
            match outward.message.clone() {
                None => outward.message = Some(self.send_first(outgoing, outward, body).await?),
                Some(message) => self.send_next(&message, outward, body).await?,
            }
            outward.sent += 1;
            let (path, now) = (PathBuf::from(journal), outward.clone());
            blocking(move || journey::write(&path, &now)).await?;
        }
        Ok(())
    }

    async fn send_first(&self, outgoing: &Outgoing, outward: &Outward, body: Bytes) -> Result<String, MeshError> {
        let mut headers = vec![
            ("mex-from", self.wire.settings().mailbox.to_string()),
            ("mex-to", outgoing.to.to_string()),
            ("mex-workflowid", outgoing.workflow.to_string()),
            ("mex-filename", outgoing.file_name.to_string()),
            ("mex-localid", outgoing.local_id.to_string()),
            ("mex-content-checksum", format!("{CHECKSUM}{}", outward.content)),
        ];
        headers.extend(outgoing.subject.iter().map(|subject| ("mex-subject", subject.to_string())));
        headers.extend(of_a_chunk(outward));
        let call = Call { headers, body, ..Call::new(Method::POST, &["outbox"]) };
        let sent: Sent = json(&self.wire.call(&call).await?)?;
        MessageId::parse(&sent.message_id).map(|id| id.0).ok_or(STRANGE_ID)
    }

    async fn send_next(&self, message: &str, outward: &Outward, body: Bytes) -> Result<(), MeshError> {
        let number = (outward.sent + 1).to_string();
        let path = ["outbox", message, number.as_str()];
        let call = Call { headers: of_a_chunk(outward), body, ..Call::new(Method::POST, &path) };
        match self.wire.call(&call).await {
            // The last chunk had arrived, and the answer to it was lost.
            Err(MeshError::Closed) if outward.sent + 1 == outward.chunks => {
                let tracked = self.track(&MessageId::parse(message).ok_or(STRANGE_ID)?).await?;
                let arrived = matches!(tracked.state, TrackingState::Accepted | TrackingState::Acknowledged);
                if arrived { Ok(()) } else { Err(MeshError::Closed) }
            }
            other => other.map(drop),
        }
    }
}

/// How a checksum begins that we can verify.
pub(crate) const CHECKSUM: &str = "sha256:";

fn is_of(before: &Outward, now: &Outward) -> bool {
    let same = Outward { message: before.message.clone(), sent: before.sent, ..now.clone() };
    *before == same && before.sent <= before.chunks && (before.sent == 0) == before.message.is_none()
}

fn of_a_chunk(outward: &Outward) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("content-type", "application/octet-stream".to_owned()),
        ("content-encoding", "gzip".to_owned()),
        ("mex-content-compressed", "Y".to_owned()),
    ];
    if outward.chunks > 1 {
        headers.push(("mex-chunk-range", format!("{}:{}", outward.sent + 1, outward.chunks)));
    }
    headers
}

/// The next chunk, compressed.
async fn chunk(file: PathBuf, outward: Outward) -> Result<Bytes, MeshError> {
    blocking(move || {
        let body = compressed(&file, outward.sent * outward.chunk_bytes, outward.chunk_bytes);
        let body = body.map_err(|error| MeshError::File(FILE, error))?;
        if body.len() > MOST_SENT {
            return Err(MeshError::TooLarge(MOST_SENT as u64));
        }
        Ok(body.into())
    })
    .await
}

fn compressed(file: &Path, from: u64, bytes: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(file)?;
    file.seek(SeekFrom::Start(from))?;
    let mut body = Vec::new();
    GzEncoder::new(file.take(bytes), Compression::default()).read_to_end(&mut body)?;
    Ok(body)
}
