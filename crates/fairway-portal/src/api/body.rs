//! A request's body as something to read, while it still arrives; and a file as a body, while the right to it stands.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use axum::body::Body;
use bytes::{Buf, Bytes};
use fairway_domain::Fault;
use futures::StreamExt;
use futures::stream::try_unfold;
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use tokio::sync::mpsc;

use super::caller::{Caller, Rights};
use super::problem::Problem;

/// How much is handed over before rights are looked at again, in bytes.
const PORTION: usize = 64 * 1024;
/// Portions that wait to be read.
const WAITING: usize = 8;

/// How a body broke off.
#[derive(Clone, Default)]
pub struct Ending(Arc<AtomicU8>);

impl Ending {
    const CUT_OFF: u8 = 1;
    const TOO_LARGE: u8 = 2;
    const SIGNED_OUT: u8 = 3;

    fn say(&self, what: u8) -> io::Error {
        self.0.store(what, Ordering::SeqCst);
        io::Error::other("the body broke off")
    }

    /// What the sender is told, where the body broke off.
    pub fn problem(&self, most: u64) -> Option<Problem> {
        match self.0.load(Ordering::SeqCst) {
            Self::CUT_OFF => Some(Problem::malformed("The body ended before it was whole")),
            Self::TOO_LARGE => Some(Problem::too_large(most)),
            Self::SIGNED_OUT => Some(Problem::signed_out()),
            _ => None,
        }
    }
}

/// Reads what arrives. It ends well only if the body does, with no more than `most` bytes, while the rights stand.
pub fn reader(body: Body, most: u64, rights: Rights) -> (Box<dyn Read + Send>, Ending) {
    let (send, receive) = mpsc::channel(WAITING);
    let ending = Ending::default();
    tokio::spawn(arrive(body, most, rights, send, ending.clone()));
    (Box::new(Arriving { receive, now: Bytes::new() }), ending)
}

async fn arrive(body: Body, most: u64, rights: Rights, send: mpsc::Sender<io::Result<Bytes>>, ending: Ending) {
    let mut stream = body.into_data_stream();
    let (mut total, mut since) = (0_u64, 0);
    while let Some(portion) = stream.next().await {
        let portion = portion.map_err(|_| ending.say(Ending::CUT_OFF));
        let length = portion.as_ref().map_or(0, Bytes::len);
        total += length as u64;
        since += length;
        let checked = match portion {
            Ok(_) if total > most => Err(ending.say(Ending::TOO_LARGE)),
            Ok(_) if since >= PORTION && !rights.stand().await => Err(ending.say(Ending::SIGNED_OUT)),
            other => other,
        };
        since %= PORTION;
        let ended = checked.is_err();
        if send.send(checked).await.is_err() || ended {
            return;
        }
    }
    if !rights.stand().await {
        // Whoever reads has gone, or hears of it.
        let _heard = send.send(Err(ending.say(Ending::SIGNED_OUT))).await;
    }
}

struct Arriving {
    receive: mpsc::Receiver<io::Result<Bytes>>,
    now: Bytes,
}

impl Read for Arriving {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.now.is_empty() {
            match self.receive.blocking_recv() {
                Some(next) => self.now = next?,
                None => return Ok(0),
            }
        }
        let length = out.len().min(self.now.len());
        self.now.copy_to_slice(&mut out[..length]);
        Ok(length)
    }
}

/// A file of the outbox as a body. Before each portion rights are looked at again; before the last it is in the log that
/// the file was collected, or that portion is not handed over.
pub async fn file(path: &Path, (id, bytes): (i64, u64), caller: Caller) -> Result<Body, Problem> {
    let file = File::open(path).await;
    let file =
        file.map_err(|error| Problem::fault(&Fault::from_source("file of the outbox cannot be opened", error)))?;
    if bytes == 0 {
        caller.service.fetched(&caller.name, id).await?;
    }
    Ok(Body::from_stream(try_unfold((file, caller, bytes), move |(mut file, caller, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        if !caller.rights.stand().await {
            return Err(io::Error::other("rights have ended"));
        }
        let mut portion = vec![0; PORTION];
        let read = file.read(&mut portion).await?;
        portion.truncate(read);
        let left = match left.checked_sub(read as u64) {
            Some(left) if read > 0 => left,
            _ => return Err(io::Error::other("the file is not as long as it was")),
        };
        if left == 0 {
            let told = caller.service.fetched(&caller.name, id).await;
            told.map_err(|_| io::Error::other("the log cannot be written"))?;
        }
        Ok(Some((Bytes::from(portion), (file, caller, left))))
    })))
}
