use std::fmt;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::BytesMut;
use fairway_deid::keyring::PSEUDONYM_LENGTH;
use fairway_domain::port::{CentreSecret, Keyholder, KeyholderStatus};
use fairway_domain::{Fault, FaultExt, KeyDomain, KeyRecord, KeyState, PersonUid, Pseudonym, Refusal, Subject};
use tokio_util::codec::{Decoder, Encoder, LengthDelimitedCodec};
use zeroize::Zeroizing;

use crate::wire::{MOST_AT_ONCE, Reply, Request, codec, decode, encode, unchained};

/// How long an answer may take: a passphrase is slow to try, by design.
const PATIENCE: Duration = Duration::from_secs(120);

/// The port `Keyholder` over a keyholder's socket. It connects when it is first asked, and again after the keyholder was
/// started anew. Several threads may ask at once.
pub struct KeyholderClient {
    socket: PathBuf,
    idle: Mutex<Vec<Line>>,
}

impl KeyholderClient {
    /// A client of the keyholder at `socket`, which need not run yet.
    pub fn at(socket: impl Into<PathBuf>) -> Self {
        Self { socket: socket.into(), idle: Mutex::default() }
    }

    /// Where it asks.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// The public key that files are sealed to. It is told while sealed too.
    ///
    /// # Errors
    /// When the keyholder does not answer.
    pub fn landing_key(&self) -> Result<String, Fault> {
        self.text(&Request::LandingKey)
    }

    /// Gives a custodian's passphrase. Refused when it is another's, or nobody's.
    ///
    /// # Errors
    /// When the keyholder does not answer, or its files were changed.
    pub fn unlock(&self, custodian: &str, passphrase: &str) -> Result<Result<KeyholderStatus, Refusal>, Fault> {
        match self.ask(&Request::Unlock { custodian, passphrase })? {
            Reply::Ready => Ok(Ok(KeyholderStatus::Ready)),
            Reply::Sealed { needed, given, custodians } => {
                Ok(Ok(KeyholderStatus::Sealed { needed, given, custodians }))
            }
            Reply::Refused(why) => {
                Ok(Err(Refusal::new("The keyholder stays sealed", why, "Try again, each custodian with their own")))
            }
            other => Err(unexpected(other)),
        }
    }

    /// Has the keyholder forget its keys until custodians come again.
    ///
    /// # Errors
    /// When the keyholder does not answer.
    pub fn seal(&self) -> Result<(), Fault> {
        match self.ask(&Request::Seal)? {
            Reply::Sealed { .. } => Ok(()),
            other => Err(unexpected(other)),
        }
    }

    /// Every request may be asked twice, so a line that was cut while it lay idle is simply replaced.
    fn ask(&self, request: &Request<'_>) -> Result<Reply, Fault> {
        let frame = encode(request)?;
        let rested = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let on_old = rested.and_then(|mut line| line.exchange(&frame).ok().map(|reply| (line, reply)));
        let (line, reply) = match on_old {
            Some(done) => done,
            None => {
                let mut line = self.connect()?;
                let reply = line.exchange(&frame).fault("keyholder went away")?;
                (line, reply)
            }
        };
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        decode(&reply).ok_or_else(|| Fault::new("answer of the keyholder cannot be read"))
    }

    fn connect(&self) -> Result<Line, Fault> {
        let stream = UnixStream::connect(&self.socket).map_err(|error| Fault::new(self.away(&error)))?;
        stream.set_read_timeout(Some(PATIENCE)).fault("socket of the keyholder cannot be set up")?;
        Ok(Line { stream, codec: codec(), inbox: BytesMut::new() })
    }

    fn away(&self, error: &std::io::Error) -> String {
        let shown = self.socket.display();
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::ConnectionRefused => {
                format!("nothing listens at {shown}: start it with fairway keyholder serve")
            }
            ErrorKind::PermissionDenied => format!("this user may not ask at {shown}"),
            _ => format!("{shown} cannot be reached ({error})"),
        }
    }

    fn text(&self, request: &Request<'_>) -> Result<String, Fault> {
        match self.ask(request)? {
            Reply::Text(text) => Ok(text),
            other => Err(unexpected(other)),
        }
    }

    fn records(&self, request: &Request<'_>) -> Result<Vec<KeyRecord>, Fault> {
        match self.ask(request)? {
            Reply::Keys(keys) => keys.into_iter().map(crate::wire::Key::read).collect(),
            other => Err(unexpected(other)),
        }
    }

    fn record(&self, request: &Request<'_>) -> Result<KeyRecord, Fault> {
        self.records(request)?.pop().ok_or_else(|| Fault::new("keyholder named no key"))
    }

    /// The pseudonyms that a request gives, so many of them.
    fn made(&self, request: &Request<'_>, count: usize) -> Result<Vec<Pseudonym>, Fault> {
        let text = self.text(request)?;
        let wrong = || Fault::new("keyholder gave other pseudonyms than asked for");
        if !text.is_ascii() || text.len() != count * PSEUDONYM_LENGTH {
            return Err(wrong());
        }
        let one = |piece: &[u8]| String::from_utf8(piece.to_vec()).map(Pseudonym).map_err(|_| wrong());
        text.as_bytes().chunks_exact(PSEUDONYM_LENGTH).map(one).collect()
    }
}

fn unexpected(reply: Reply) -> Fault {
    match reply {
        Reply::Sealed { needed, given, custodians } => {
            Fault::new(KeyholderStatus::Sealed { needed, given, custodians }.to_string())
        }
        Reply::Refused(why) => Fault::from_source("keyholder refuses", why),
        Reply::Fault(words) => Fault::from_source("keyholder cannot do it", unchained(words)),
        _ => Fault::new("keyholder gave another answer than asked for"),
    }
}

impl Keyholder for KeyholderClient {
    fn status(&self) -> KeyholderStatus {
        match self.ask(&Request::Status) {
            Ok(Reply::Ready) => KeyholderStatus::Ready,
            Ok(Reply::Sealed { needed, given, custodians }) => KeyholderStatus::Sealed { needed, given, custodians },
            Ok(Reply::Refused(why)) => KeyholderStatus::Away { why },
            Ok(other) => KeyholderStatus::Away { why: unexpected(other).to_string() },
            Err(fault) => KeyholderStatus::Away { why: fault.to_string() },
        }
    }

    fn keys(&self) -> Result<Vec<KeyRecord>, Fault> {
        self.records(&Request::Keys)
    }

    fn prepare(&self, domain: &KeyDomain) -> Result<KeyRecord, Fault> {
        self.record(&Request::Prepare(domain.into()))
    }

    fn set_state(&self, key_id: &str, state: KeyState) -> Result<KeyRecord, Fault> {
        self.record(&Request::SetState { key_id, state: state.as_str() })
    }

    fn pseudonyms(&self, domain: &KeyDomain, subject: Subject, uids: &[PersonUid]) -> Result<Vec<Pseudonym>, Fault> {
        let mut all = Vec::with_capacity(uids.len());
        for uids in uids.chunks(MOST_AT_ONCE) {
            let bytes: Vec<u8> = uids.iter().flat_map(|uid| uid.0).collect();
            let request = Request::Pseudonyms { domain: domain.into(), subject: subject.as_str(), uids: &bytes };
            all.append(&mut self.made(&request, uids.len())?);
        }
        Ok(all)
    }

    fn rekey(
        &self,
        from: &KeyDomain,
        to: &KeyDomain,
        subject: Subject,
        pseudonyms: &[&str],
    ) -> Result<Vec<Pseudonym>, Fault> {
        let mut all = Vec::with_capacity(pseudonyms.len());
        for some in pseudonyms.chunks(MOST_AT_ONCE) {
            let (from, to, subject) = (from.into(), to.into(), subject.as_str());
            all.append(&mut self.made(&Request::Rekey { from, to, subject, pseudonyms: some.to_vec() }, some.len())?);
        }
        Ok(all)
    }

    fn bridge(
        &self,
        from: &KeyDomain,
        old: &KeyDomain,
        subject: Subject,
        pseudonyms: &[&str],
    ) -> Result<Vec<(Pseudonym, Pseudonym)>, Fault> {
        let mut all = Vec::with_capacity(pseudonyms.len());
        for some in pseudonyms.chunks(MOST_AT_ONCE) {
            let (from, old, subject) = (from.into(), old.into(), subject.as_str());
            let request = Request::Bridge { from, old, subject, pseudonyms: some.to_vec() };
            let mut both = self.made(&request, some.len() * 2)?.into_iter();
            while let (Some(old), Some(new)) = (both.next(), both.next()) {
                all.push((old, new));
            }
        }
        Ok(all)
    }

    fn open(&self, domain: &KeyDomain, subject: Subject, pseudonyms: &[&str]) -> Result<Option<Vec<PersonUid>>, Fault> {
        let (domain, subject) = (domain.into(), subject.as_str());
        match self.ask(&Request::Open { domain, subject, pseudonyms: pseudonyms.to_vec() })? {
            Reply::NoPseudonym => Ok(None),
            Reply::Bytes(bytes) if bytes.len() == pseudonyms.len() * 16 => {
                Ok(Some(bytes.as_chunks::<16>().0.iter().copied().map(PersonUid).collect()))
            }
            other => Err(unexpected(other)),
        }
    }

    fn secret(&self, which: CentreSecret) -> Result<Zeroizing<Vec<u8>>, Fault> {
        match self.ask(&Request::Secret(which.as_str()))? {
            Reply::Bytes(bytes) => Ok(Zeroizing::new(bytes)),
            other => Err(unexpected(other)),
        }
    }
}

impl fmt::Debug for KeyholderClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[keyholder at {}]", self.socket.display())
    }
}

/// A connection, with what has been read ahead.
struct Line {
    stream: UnixStream,
    codec: LengthDelimitedCodec,
    inbox: BytesMut,
}

impl Line {
    fn exchange(&mut self, frame: &bytes::Bytes) -> std::io::Result<BytesMut> {
        let mut out = BytesMut::new();
        self.codec.encode(frame.clone(), &mut out)?;
        self.stream.write_all(&out)?;
        let mut buffer = [0; 64 * 1024];
        loop {
            if let Some(reply) = self.codec.decode(&mut self.inbox)? {
                return Ok(reply);
            }
            match self.stream.read(&mut buffer) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(read) => self.inbox.extend_from_slice(&buffer[..read]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}
