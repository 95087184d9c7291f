use std::fmt;

use aes_siv::KeyInit;
use aes_siv::siv::{Aes256Siv, IV_SIZE};
use fairway_domain::Fault;

use super::LoadKey;

const SCHEME: &[u8] = b"fairway-cell-v1";

/// Encrypts and opens the cells of one load. The same cell under the same key is the same bytes, so a load that runs
/// twice writes the same; column and record are bound in, so equal values of two rows do not show.
pub struct CellCipher(Aes256Siv);

impl CellCipher {
    /// The cipher of a load.
    pub fn new(key: &LoadKey) -> Self {
        Self(Aes256Siv::new(key.0.expose().into()))
    }

    /// Replaces what `out` holds by the encrypted cell: 16 bytes more than `clear`.
    ///
    /// # Errors
    /// Never with bytes that fit in memory.
    pub fn seal(&mut self, column: &str, record: u64, clear: &[u8], out: &mut Vec<u8>) -> Result<(), Fault> {
        out.clear();
        out.extend_from_slice(&[0; IV_SIZE]);
        out.extend_from_slice(clear);
        let (tag, text) = out.split_at_mut(IV_SIZE);
        let headers: [&[u8]; 3] = [SCHEME, column.as_bytes(), &record.to_be_bytes()];
        let sealed = self.0.encrypt_inout_detached(headers, text.into());
        tag.copy_from_slice(&sealed.map_err(|_| Fault::new(format!("cell of column {column} cannot be encrypted")))?);
        Ok(())
    }

    /// The clear bytes of an encrypted cell.
    ///
    /// # Errors
    /// When the bytes were made under another load key, for another column or record, or were changed since.
    pub fn open(&mut self, column: &str, record: u64, sealed: &[u8]) -> Result<Vec<u8>, Fault> {
        let headers: [&[u8]; 3] = [SCHEME, column.as_bytes(), &record.to_be_bytes()];
        self.0.decrypt(headers, sealed).map_err(|_| {
            Fault::new(format!(
                "cell of column {column}, record {record} cannot be opened: another load key, another place or changed bytes"
            ))
        })
    }
}

impl fmt::Debug for CellCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[cell cipher]")
    }
}
