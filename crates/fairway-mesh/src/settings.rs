use std::fmt;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::{Label, MeshError};

/// A password or key. Wiped when dropped; nothing prints it.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes a secret over.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Reads a secret from a file that its owner alone can read; line ends after it are not part of it.
    fn read(path: &Path) -> Result<Self, MeshError> {
        let unreadable = |error| MeshError::File("secret's file", error);
        let mut file = File::open(path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        if metadata.permissions().mode() & 0o077 != 0 {
            let text = format!("{} can be read by others than its owner; chmod 600", path.display());
            return Err(MeshError::Settings(text));
        }
        // Room for the whole at once: growing would leave copies behind that nobody wipes.
        let room = usize::try_from(metadata.len()).unwrap_or_default() + 1;
        let mut bytes = Zeroizing::new(Vec::with_capacity(room));
        file.read_to_end(&mut bytes).map_err(unreadable)?;
        let end = bytes.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |last| last + 1);
        bytes.truncate(end);
        Ok(Self(bytes))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Whom to trust and how to be known, over TLS.
#[derive(Debug, Clone)]
pub struct Tls {
    /// Certificates of the authority that the server's must come from, PEM. No other authority is trusted.
    pub authority: Vec<u8>,
    /// This mailbox's certificate with those between it and the authority, PEM.
    pub certificate: Vec<u8>,
    /// The certificate's private key, PEM.
    pub key: Secret,
}

/// How long to wait and how often to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How often a request is made before it is given up, at least once.
    pub attempts: u32,
    /// How long to wait before the second attempt; the wait doubles each time, up to a minute.
    pub first_wait: Duration,
    /// How long one attempt may take.
    pub timeout: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { attempts: 5, first_wait: Duration::from_secs(2), timeout: Duration::from_secs(300) }
    }
}

/// One mailbox, and how to reach it.
#[derive(Debug, Clone)]
pub struct MeshSettings {
    /// The exchange, such as `https://mesh-sync.spineservices.nhs.uk`. Without TLS, this machine alone.
    pub url: String,
    /// The mailbox.
    pub mailbox: Label,
    /// Its password.
    pub password: Secret,
    /// The key that all mailboxes of an environment share.
    pub shared_key: Secret,
    /// Certificates; needed for every exchange but one on this machine.
    pub tls: Option<Tls>,
    /// Bytes of content in one chunk, before compression. The exchange takes at most 100 MB a request, after it.
    pub chunk_bytes: usize,
    /// Most bytes of a message that is received, after decompression.
    pub max_received: u64,
    /// How long to wait and how often to try.
    pub patience: Patience,
}

/// A settings file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct SettingsFile {
    url: String,
    mailbox: String,
    password_file: PathBuf,
    shared_key_file: PathBuf,
    #[serde(default)]
    authority_file: Option<PathBuf>,
    #[serde(default)]
    certificate_file: Option<PathBuf>,
    #[serde(default)]
    key_file: Option<PathBuf>,
    #[serde(default = "chunk_bytes")]
    chunk_bytes: usize,
}

impl MeshSettings {
    /// Most bytes of content in one chunk: below the 100 MB of a request even if compression gains nothing.
    pub const MAX_CHUNK_BYTES: usize = 99_000_000;
    /// As much as a chunk has unless it is set.
    pub const CHUNK_BYTES: usize = 20_000_000;
    /// As much as is received unless it is set: 4 GiB.
    pub const MAX_RECEIVED: u64 = 4 << 30;

    /// Reads a settings file (YAML). Paths in it are taken from its folder. Secrets are in files of their own, which their
    /// owner alone may read.
    ///
    /// # Errors
    /// When the file or one that it names cannot be read, or the settings do not hold together.
    pub fn read(path: &Path) -> Result<Self, MeshError> {
        let text = std::fs::read_to_string(path).map_err(|error| MeshError::File("settings file", error))?;
        let options = serde_saphyr::options! { with_snippet: false };
        let file: SettingsFile = serde_saphyr::from_str_with_options(&text, options)
            .map_err(|error| MeshError::Settings(error.to_string()))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let secret = |name: &Path| Secret::read(&folder.join(name));
        let pem = |name: &Path| {
            std::fs::read(folder.join(name)).map_err(|error| MeshError::File("certificate's file", error))
        };
        let tls = match (&file.authority_file, &file.certificate_file, &file.key_file) {
            (Some(authority), Some(certificate), Some(key)) => {
                Some(Tls { authority: pem(authority)?, certificate: pem(certificate)?, key: secret(key)? })
            }
            (None, None, None) => None,
            _ => {
                let text = "authorityFile, certificateFile and keyFile go together".to_owned();
                return Err(MeshError::Settings(text));
            }
        };
        Ok(Self {
            mailbox: Label::parse(&file.mailbox).map_err(|error| MeshError::Settings(format!("mailbox: {error}")))?,
            password: secret(&file.password_file)?,
            shared_key: secret(&file.shared_key_file)?,
            url: file.url,
            tls,
            chunk_bytes: file.chunk_bytes,
            max_received: Self::MAX_RECEIVED,
            patience: Patience::default(),
        })
    }
}

fn chunk_bytes() -> usize {
    MeshSettings::CHUNK_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(mode: u32) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in [("password", "pa55\n"), ("shared", "key\r\n")] {
            std::fs::write(dir.path().join(name), text).unwrap();
            std::fs::set_permissions(dir.path().join(name), PermissionsExt::from_mode(mode)).unwrap();
        }
        let text = "url: http://127.0.0.1:1\nmailbox: X26ABC1\npasswordFile: password\nsharedKeyFile: shared\n";
        std::fs::write(dir.path().join("mesh.yaml"), text).unwrap();
        dir
    }

    #[test]
    fn settings_are_read_with_their_secrets_and_print_none_of_them() {
        let settings = MeshSettings::read(&folder(0o600).path().join("mesh.yaml")).unwrap();
        assert_eq!((settings.password.expose(), settings.shared_key.expose()), (&b"pa55"[..], &b"key"[..]));
        assert!(!format!("{settings:?}").contains("pa55"));
    }

    #[test]
    fn a_secret_that_others_can_read_is_not_used() {
        let error = MeshSettings::read(&folder(0o640).path().join("mesh.yaml")).unwrap_err();
        assert!(error.to_string().ends_with("can be read by others than its owner; chmod 600"), "{error}");
    }

    #[test]
    fn a_setting_that_is_not_known_is_told() {
        let dir = folder(0o600);
        std::fs::write(dir.path().join("mesh.yaml"), "url: x\nmailbox: y\npassword: z\n").unwrap();
        let error = MeshSettings::read(&dir.path().join("mesh.yaml")).unwrap_err();
        assert!(matches!(error, MeshError::Settings(_)));
    }
}
