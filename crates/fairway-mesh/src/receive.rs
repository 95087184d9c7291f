use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use reqwest::Method;

use crate::durable::{blocking, measure, private, rename};
use crate::journey::{self, Headers, Inward};
use crate::mailbox::MeshMailbox;
use crate::send::{CHECKSUM, MessageId};
use crate::wire::{Answer, Call};
use crate::{Label, MeshCode, MeshError};

/// A message that was received. Its content is on disk; only such a message can be acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// What the exchange calls it.
    pub message: MessageId,
    /// The mailbox it came from; blank for a report of the exchange itself.
    pub from: String,
    /// What kind of message it is.
    pub workflow: String,
    /// The sender's name of the file. Not to be used as a name on this machine.
    pub file_name: String,
    /// The sender's own reference.
    pub local_id: String,
    /// The subject.
    pub subject: String,
    /// The content.
    pub content: Content,
}

/// What a message holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A file, here, whole and on disk.
    File(PathBuf),
    /// Word of the exchange that a message of ours was not delivered.
    Report(Report),
}

/// That a message was not delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Why.
    pub code: MeshCode,
    /// The message of ours, where the report names it.
    pub message: Option<MessageId>,
}

const FILE: &str = "received message";

impl MeshMailbox {
    /// Receives a message into a folder, as `<message>.dat`; chunks are put together and decompressed. What was cut off goes
    /// on with the chunk that is missing. The message stays with the exchange until it is acknowledged.
    ///
    /// # Errors
    /// When the exchange cannot be reached or has no such message, the message is larger than the settings allow, is not
    /// what its checksum says, or cannot be written.
    pub async fn receive(&self, message: &MessageId, folder: &Path) -> Result<Received, MeshError> {
        let places = Places::of(message, folder);
        let read = places.clone();
        let mut inward: Inward = blocking(move || read.so_far()).await?;
        while !inward.complete && (inward.received == 0 || inward.received < inward.chunks) {
            let number = inward.received + 1;
            let answer = self.chunk(message, number).await?;
            let (places, max) = (places.clone(), self.wire.settings().max_received);
            inward = blocking(move || keep(&places, inward, &answer, max)).await?;
        }
        let (places, message) = (places.clone(), message.clone());
        blocking(move || finish(&places, inward, message)).await
    }

    /// Receives every message of a workflow into a folder, and acknowledges each once it is on disk. Others stay where they
    /// are, and so do messages that somebody else has fetched meanwhile.
    ///
    /// # Errors
    /// As [`MeshMailbox::receive`]; messages that came before lie in the folder.
    pub async fn receive_all(&self, workflow: &Label, folder: &Path) -> Result<Vec<Received>, MeshError> {
        let mut all = Vec::new();
        for message in self.inbox().await? {
            match self.outside(&message).await {
                Ok(headers) if headers.workflow == workflow.as_str() => {}
                Ok(_) | Err(MeshError::Gone | MeshError::NoSuchMessage) => continue,
                Err(error) => return Err(error),
            }
            let received = self.receive(&message, folder).await?;
            self.acknowledge(&received).await?;
            all.push(received);
        }
        Ok(all)
    }

    /// What stands on the outside of a message that waits, without its content.
    pub(crate) async fn outside(&self, message: &MessageId) -> Result<Headers, MeshError> {
        let path = ["inbox", message.as_str()];
        self.wire.call(&Call::new(Method::HEAD, &path)).await.map(|answer| headers(&answer))
    }

    /// The messages that lie complete in a folder, acknowledged or not.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn received(&self, folder: &Path) -> Result<Vec<Received>, MeshError> {
        let folder = folder.to_owned();
        blocking(move || {
            let unreadable = |error| MeshError::File("folder of received messages", error);
            let mut all = Vec::new();
            for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
                let path = entry.map_err(unreadable)?.path();
                let named = path.extension().is_some_and(|ending| ending == "json");
                let message = path.file_stem().filter(|_| named).and_then(|stem| MessageId::parse(stem.to_str()?));
                let Some(message) = message else { continue };
                let places = Places::of(&message, &folder);
                let inward = places.so_far()?;
                if inward.complete {
                    all.push(received(&places, inward.headers, message));
                }
            }
            all.sort_by(|a, b| a.message.cmp(&b.message));
            Ok(all)
        })
        .await
    }

    async fn chunk(&self, message: &MessageId, number: u64) -> Result<Answer, MeshError> {
        let number = number.to_string();
        let whole = ["inbox", message.as_str(), number.as_str()];
        // The first chunk has the address of the message itself.
        let path = if number == "1" { &whole[..2] } else { &whole[..] };
        let headers = vec![("accept-encoding", "gzip".to_owned())];
        self.wire.call(&Call { headers, ..Call::new(Method::GET, path) }).await
    }
}

/// Where the parts of a message lie.
#[derive(Clone)]
struct Places {
    part: PathBuf,
    whole: PathBuf,
    journal: PathBuf,
}

impl Places {
    fn of(message: &MessageId, folder: &Path) -> Self {
        let named = |ending: &str| folder.join(format!("{message}.{ending}"));
        Self { part: named("part"), whole: named("dat"), journal: named("json") }
    }

    fn so_far(&self) -> Result<Inward, MeshError> {
        Ok(journey::read(&self.journal)?.unwrap_or_default())
    }
}

/// Puts a chunk behind those before it, durably, and notes it.
fn keep(places: &Places, before: Inward, answer: &Answer, max: u64) -> Result<Inward, MeshError> {
    let mut inward = before;
    let (number, chunks) = chunk_range(answer)?;
    if inward.received == 0 {
        inward.headers = headers(answer);
        inward.chunks = chunks;
    }
    if inward.headers.report {
        inward.complete = true;
        journey::write(&places.journal, &inward)?;
        return Ok(inward);
    }
    let last = inward.received + 1 == inward.chunks;
    if number != inward.received + 1 || chunks != inward.chunks || (answer.status.as_u16() == 206) == last {
        return Err(MeshError::Strange("a chunk out of its place"));
    }
    inward.bytes += append(places, inward.bytes, answer, max)?;
    inward.received += 1;
    journey::write(&places.journal, &inward)?;
    Ok(inward)
}

fn append(places: &Places, before: u64, answer: &Answer, max: u64) -> Result<u64, MeshError> {
    let unwritten = |error| MeshError::File(FILE, error);
    let mut file = private(&places.part).map_err(unwritten)?;
    // Whatever stands behind what was noted is of a chunk that was cut off.
    file.set_len(before).map_err(unwritten)?;
    file.seek(SeekFrom::End(0)).map_err(unwritten)?;
    let room = max.saturating_sub(before);
    let written = match answer.header("content-encoding") {
        "gzip" => copy(MultiGzDecoder::new(&answer.body[..]), &mut file, room),
        "" | "identity" => copy(&answer.body[..], &mut file, room),
        _ => return Err(MeshError::Strange("a content encoding other than gzip")),
    };
    let written = written.map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            MeshError::Strange("a chunk that cannot be decompressed")
        }
        _ => unwritten(error),
    })?;
    if written > room {
        return Err(MeshError::TooLarge(max));
    }
    file.sync_all().map_err(unwritten)?;
    Ok(written)
}

/// Copies at most one byte more than there is room for.
fn copy(from: impl Read, to: &mut impl Write, room: u64) -> io::Result<u64> {
    io::copy(&mut from.take(room.saturating_add(1)), to)
}

/// Gives a message that is all there its name.
fn finish(places: &Places, mut inward: Inward, message: MessageId) -> Result<Received, MeshError> {
    if !inward.complete {
        let unwritten = |error| MeshError::File(FILE, error);
        if places.part.exists() {
            if let Some(told) = inward.headers.checksum.strip_prefix(CHECKSUM)
                && measure(&places.part).map_err(unwritten)?.1 != told
            {
                std::fs::remove_file(&places.journal).map_err(unwritten)?;
                return Err(MeshError::Strange("content that is not what its checksum says"));
            }
            rename(&places.part, &places.whole).map_err(unwritten)?;
        }
        inward.complete = true;
        journey::write(&places.journal, &inward)?;
    }
    Ok(received(places, inward.headers, message))
}

fn received(places: &Places, headers: Headers, message: MessageId) -> Received {
    let content = if headers.report {
        let message = MessageId::parse(&headers.linked_message);
        Content::Report(Report { code: MeshCode::of(&headers.status_code), message })
    } else {
        Content::File(places.whole.clone())
    };
    Received {
        message,
        from: headers.from,
        workflow: headers.workflow,
        file_name: headers.file_name,
        local_id: headers.local_id,
        subject: headers.subject,
        content,
    }
}

/// Which chunk it is and of how many.
fn chunk_range(answer: &Answer) -> Result<(u64, u64), MeshError> {
    let range = answer.header("mex-chunk-range");
    // A report has no chunk, and the exchange then says 1 of 0, or nothing at all.
    if range.is_empty() || answer.header("mex-messagetype").eq_ignore_ascii_case("REPORT") {
        return Ok((1, 1));
    }
    let parsed = range.split_once(':').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
    parsed.ok_or(MeshError::Strange("a chunk range of another form"))
}

fn headers(answer: &Answer) -> Headers {
    let text = |name| answer.header(name).chars().take(500).collect::<String>();
    Headers {
        from: text("mex-from"),
        workflow: text("mex-workflowid"),
        file_name: text("mex-filename"),
        local_id: text("mex-localid"),
        subject: text("mex-subject"),
        checksum: text("mex-content-checksum"),
        report: answer.header("mex-messagetype").eq_ignore_ascii_case("REPORT"),
        status_code: text("mex-statuscode"),
        linked_message: text("mex-linkedmsgid"),
    }
}
