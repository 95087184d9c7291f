use std::fmt;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use fairway_domain::{Fault, FaultExt};

const UNWRITTEN: &str = "temporary file of the rules across records cannot be written";
const UNREAD: &str = "temporary file of the rules across records cannot be read";

/// The key of a check's temporary files. It is in memory alone, and gone with the check.
pub(super) struct Secret {
    key: [u8; 32],
    files: u64,
}

impl Secret {
    pub fn new() -> Result<Self, Fault> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).fault("no random key can be had")?;
        Ok(Self { key, files: 0 })
    }

    /// A temporary file without a name, enciphered with a stream that no other has.
    pub fn sheet(&mut self) -> Result<Sheet, Fault> {
        self.files += 1;
        let mut nonce = [0; 12];
        nonce[..8].copy_from_slice(&self.files.to_le_bytes());
        let file = tempfile::tempfile().fault("temporary file of the rules across records cannot be made")?;
        Ok(Sheet { file, cipher: ChaCha20::new(&self.key.into(), &nonce.into()), length: 0 })
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[key of temporary files]")
    }
}

/// A temporary file that only this process can read: it has no name, and its bytes are enciphered.
pub(in crate::across) struct Sheet {
    file: File,
    cipher: ChaCha20,
    length: u64,
}

impl Sheet {
    /// Bytes written.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Writes bytes at the end; they are enciphered where they lie.
    pub fn append(&mut self, bytes: &mut [u8]) -> Result<(), Fault> {
        self.encipher(self.length, bytes)?;
        self.file.seek(SeekFrom::Start(self.length)).fault(UNWRITTEN)?;
        self.file.write_all(bytes).fault(UNWRITTEN)?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Reads so many bytes, fewer where the file ends.
    pub fn read(&mut self, at: u64, length: usize, into: &mut Vec<u8>) -> Result<(), Fault> {
        let left = usize::try_from(self.length.saturating_sub(at)).unwrap_or(usize::MAX);
        into.resize(length.min(left), 0);
        self.file.seek(SeekFrom::Start(at)).fault(UNREAD)?;
        self.file.read_exact(into).fault(UNREAD)?;
        self.encipher(at, into)
    }

    /// Enciphers or deciphers bytes that lie here in the file.
    fn encipher(&mut self, at: u64, bytes: &mut [u8]) -> Result<(), Fault> {
        let sought = self.cipher.try_seek(at);
        let done = sought.is_ok() && self.cipher.try_apply_keystream(bytes).is_ok();
        if done { Ok(()) } else { Err(Fault::new("temporary file of the rules across records is too long")) }
    }
}

impl fmt::Debug for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[temporary file of {} bytes]", self.length)
    }
}

#[cfg(test)]
impl Sheet {
    /// The bytes as they lie in the file.
    pub fn raw(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.file.rewind().unwrap();
        self.file.read_to_end(&mut bytes).unwrap();
        bytes
    }
}
