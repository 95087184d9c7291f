use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use fairway_domain::{Fault, FaultExt};
use futures::{SinkExt, StreamExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::{JoinSet, spawn_blocking};
use tokio_util::codec::{Framed, LengthDelimitedCodec};

use crate::folder::{KeyFolder, make_private};
use crate::keeper::Keeper;
use crate::keyfile;
use crate::wire::{Reply, Request, codec, decode, encode};

/// Conversations at a time.
const MOST_CLIENTS: usize = 64;
/// Bytes of the longest path that a Unix socket can have.
const LONGEST_SOCKET: usize = 107;

/// The keyholder, listening. Dropped, it takes its socket away; its keys were in memory alone.
pub struct Server {
    listener: UnixListener,
    keeper: Arc<Keeper>,
    served: u32,
    socket: PathBuf,
    _alone: File,
}

impl Server {
    /// Listens on `socket`, sealed. One user of this machine is served: `served` by number, else the user it runs as.
    ///
    /// # Errors
    /// When the folder has no custodians, another keyholder runs on it, or the socket cannot be made.
    pub fn bind(folder: &KeyFolder, socket: &Path, served: Option<u32>) -> Result<Self, Fault> {
        let shown = socket.display();
        if socket.as_os_str().len() > LONGEST_SOCKET {
            return Err(Fault::new(format!("path of the socket is too long for this system: {shown}")));
        }
        let keeper = Keeper::new(folder.clone())?;
        let alone = keyfile::try_lock(&folder.keyring())?;
        let alone = alone.ok_or_else(|| Fault::new("another keyholder runs on this key folder"))?;
        let home = socket.parent().unwrap_or(Path::new("."));
        make_private(home)?;
        match fs::remove_file(socket) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Fault::from_source(format!("socket {shown} cannot be replaced"), error));
            }
            _ => {}
        }
        let listener = UnixListener::bind(socket).fault(format!("socket {shown} cannot be made"))?;
        let own = fs::metadata(socket).fault("socket cannot be looked at")?.uid();
        let served = served.unwrap_or(own);
        // Another user must be able to reach the socket; who that user is, the kernel says, not the file's mode.
        let (home_mode, socket_mode) = if served == own { (0o700, 0o600) } else { (0o711, 0o666) };
        fs::set_permissions(socket, Permissions::from_mode(socket_mode)).fault("socket cannot be closed off")?;
        fs::set_permissions(home, Permissions::from_mode(home_mode)).fault("socket's folder cannot be closed off")?;
        Ok(Self { listener, keeper: Arc::new(keeper), served, socket: socket.to_owned(), _alone: alone })
    }

    /// Answers until `end` comes.
    ///
    /// # Errors
    /// When the socket fails.
    pub async fn run(self, end: impl Future<Output = ()>) -> Result<(), Fault> {
        let mut talks = JoinSet::new();
        tokio::pin!(end);
        loop {
            let stream = tokio::select! {
                () = &mut end => {
                    // Nobody is answered with these keys once this has ended.
                    talks.shutdown().await;
                    return Ok(());
                }
                accepted = self.listener.accept() => accepted.fault("socket of the keyholder fails")?.0,
            };
            // A client that went away in the middle is nobody's fault.
            while talks.try_join_next().is_some() {}
            if talks.len() < MOST_CLIENTS {
                let (keeper, served) = (Arc::clone(&self.keeper), self.served);
                talks.spawn(async move { converse(stream, &keeper, served).await });
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A socket that stays is replaced by the next keyholder.
        let _gone = fs::remove_file(&self.socket);
    }
}

async fn converse(stream: UnixStream, keeper: &Arc<Keeper>, served: u32) -> Result<(), Fault> {
    const WHAT: &str = "client went away";
    let peer = stream.peer_cred().fault(WHAT)?.uid();
    let mut framed: Framed<UnixStream, LengthDelimitedCodec> = Framed::new(stream, codec());
    if peer != served {
        // What was sent is taken, and not looked at, so that the answer arrives.
        let _unread = framed.next().await;
        return framed.send(refusal("This keyholder serves another user of this machine")?).await.fault(WHAT);
    }
    while let Some(frame) = framed.next().await {
        let Ok(frame) = frame else {
            return framed.send(refusal("The request is too long, or was cut off")?).await.fault(WHAT);
        };
        let keeper = Arc::clone(keeper);
        let reply = spawn_blocking(move || answered(&keeper, &frame)).await.fault("request was cut short")?;
        framed.send(reply?).await.fault(WHAT)?;
    }
    Ok(())
}

fn answered(keeper: &Keeper, frame: &BytesMut) -> Result<Bytes, Fault> {
    match decode::<Request<'_>>(frame) {
        Some(request) => encode(&keeper.answer(&request)),
        None => refusal("The request cannot be read"),
    }
}

fn refusal(why: &str) -> Result<Bytes, Fault> {
    encode(&Reply::Refused(why.to_owned()))
}
