//! The two keys of the landing zone, as files: whoever lands files needs `landing.pub` alone and cannot open what it has
//! sealed; the processing centre opens with `processing-centre.key`. Both are written as the `age` tools read them.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::str::FromStr;

use age::secrecy::ExposeSecret;
use age::x25519;
use fairway_domain::Fault;
use zeroize::Zeroizing;

use crate::disk;
use crate::error::IoExt;

/// The file of the public key.
pub const LANDING_PUB: &str = "landing.pub";
/// The file of the private key.
pub const PROCESSING_CENTRE_KEY: &str = "processing-centre.key";

/// The public key files are sealed to. It opens nothing.
#[derive(Clone)]
pub struct LandingKey(pub(crate) x25519::Recipient);

impl LandingKey {
    /// A public key of the age format; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        x25519::Recipient::from_str(text.trim()).ok().map(Self)
    }

    /// Reads the public key from `path`.
    ///
    /// # Errors
    /// When the file is missing or holds no public key.
    pub fn load(path: &Path) -> Result<Self, Fault> {
        let text = fs::read_to_string(path).map_err(|error| missing(path, error))?;
        let text = Zeroizing::new(text);
        if key_line(&text).is_some_and(|line| line.starts_with("AGE-SECRET-KEY-")) {
            return Err(Fault::new(format!(
                "{} holds a private key: the landing side gets the public key alone",
                path.display()
            )));
        }
        match key_line(&text).map(x25519::Recipient::from_str) {
            Some(Ok(recipient)) => Ok(Self(recipient)),
            _ => Err(Fault::new(format!("{} holds no public key of the age format", path.display()))),
        }
    }
}

impl fmt::Debug for LandingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[landing key {}]", self.0)
    }
}

/// The private key that opens sealed files.
pub struct ProcessingCentreKey(pub(crate) x25519::Identity);

impl ProcessingCentreKey {
    /// The private key out of its text, as the keyholder keeps it.
    ///
    /// # Errors
    /// When the text is none; it is not repeated.
    pub fn parse(text: &[u8]) -> Result<Self, Fault> {
        let key = std::str::from_utf8(text).ok().and_then(|text| x25519::Identity::from_str(text.trim()).ok());
        key.map(Self).ok_or_else(|| Fault::new("the processing centre's key cannot be read"))
    }

    /// Reads the private key from `path`.
    ///
    /// # Errors
    /// When the file is missing, holds no private key, or can be read by people other than its owner.
    pub fn load(path: &Path) -> Result<Self, Fault> {
        let file = File::open(path).map_err(|error| missing(path, error))?;
        let shown = path.display();
        let mode = file.metadata().io(format!("{shown} cannot be looked at"))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(Fault::new(format!("{shown} can be read by other people: run chmod 600 on it")));
        }
        let text = io::read_to_string(file).io(format!("{shown} cannot be read"))?;
        let text = Zeroizing::new(text);
        match key_line(&text).map(x25519::Identity::from_str) {
            Some(Ok(identity)) => Ok(Self(identity)),
            _ => Err(Fault::new(format!("{shown} holds no private key of the age format"))),
        }
    }

    /// The public key that belongs to this one.
    pub fn landing_key(&self) -> LandingKey {
        LandingKey(self.0.to_public())
    }
}

impl fmt::Debug for ProcessingCentreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[processing centre key]")
    }
}

/// Puts the public key into `dir`, on disk on return; the private one stays with the keyholder. Says `false`, and changes
/// nothing, when another is there.
///
/// # Errors
/// When the text is no public key, or the file cannot be written or read.
pub fn install(dir: &Path, landing_key: &str) -> Result<bool, Fault> {
    disk::make_folder(dir)?;
    let key = x25519::Recipient::from_str(landing_key).map_err(|_| Fault::new("landing key cannot be read"))?;
    let public = dir.join(LANDING_PUB);
    if public.exists() {
        return Ok(LandingKey::load(&public)?.0 == key);
    }
    write_new(&public, 0o644, &public_text(&LandingKey(key))).map(|()| true)
}

/// Makes both key files in `dir`, on disk on return. Keys that are there are kept; a missing public key is made from the
/// private one, so that a run cut short can be run again.
///
/// # Errors
/// When a file cannot be written or read, when there is a public key without its private one, or when the two do not
/// belong together.
pub fn create(dir: &Path) -> Result<(), Fault> {
    disk::make_folder(dir)?;
    let (private, public) = (dir.join(PROCESSING_CENTRE_KEY), dir.join(LANDING_PUB));
    if !private.exists() {
        if public.exists() {
            return Err(Fault::new(format!(
                "{} is missing, and {} belongs to it: put the private key back",
                private.display(),
                public.display()
            )));
        }
        write_new(&private, 0o600, &private_text(&x25519::Identity::generate()))?;
    }
    let landing = ProcessingCentreKey::load(&private)?.landing_key();
    if !public.exists() {
        return write_new(&public, 0o644, &public_text(&landing));
    }
    if LandingKey::load(&public)?.0 == landing.0 {
        return Ok(());
    }
    Err(Fault::new(format!("{} does not belong to {}", public.display(), private.display())))
}

fn private_text(identity: &x25519::Identity) -> Zeroizing<String> {
    Zeroizing::new(format!(
        "# Fairway, processing centre: opens sealed files. Keep it apart from where files land, and back it up.\n{}\n",
        identity.to_string().expose_secret()
    ))
}

fn public_text(key: &LandingKey) -> String {
    format!("# Fairway, landing: seals files to the processing centre. It opens nothing.\n{}\n", key.0)
}

/// The first line that is neither empty nor a comment.
fn key_line(text: &str) -> Option<&str> {
    text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))
}

fn missing(path: &Path, error: io::Error) -> Fault {
    let shown = path.display();
    match error.kind() {
        io::ErrorKind::NotFound => Fault::new(format!("key file {shown} is missing")),
        _ => Fault::from_source(format!("key file {shown} cannot be read"), error),
    }
}

/// Writes a file whole or not at all, with its permissions from the first byte on.
fn write_new(path: &Path, mode: u32, text: &str) -> Result<(), Fault> {
    let shown = path.display();
    let part = path.with_extension("part");
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(&part)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| disk::rename_new(&part, path));
    if !matches!(written, Ok(true)) {
        disk::remove(&part)?;
    }
    match written.io(format!("key file {shown} cannot be written"))? {
        true => path.parent().map_or(Ok(()), disk::sync_folder),
        false => Err(Fault::new(format!("key file {shown} was made by somebody else just now"))),
    }
}
