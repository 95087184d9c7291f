use std::fmt;

use data_encoding::HEXLOWER;
use fairway_domain::{Fault, FaultExt};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Key bytes on the heap, wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Secret<const N: usize>(Box<[u8; N]>);

impl<const N: usize> Secret<N> {
    /// Fresh bytes from the operating system.
    pub(crate) fn random() -> Result<Self, Fault> {
        let mut bytes = Box::new([0; N]);
        getrandom::fill(&mut bytes[..]).fault("system random numbers cannot be had")?;
        Ok(Self(bytes))
    }

    /// Bytes as they were stored; `None` when they are too many or too few.
    pub(crate) fn from_slice(stored: &[u8]) -> Option<Self> {
        let mut bytes = Box::new([0; N]);
        if stored.len() != N {
            return None;
        }
        bytes.copy_from_slice(stored);
        Some(Self(bytes))
    }

    /// Reads lower-case hexadecimal; `None` for anything else.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(HEXLOWER.decode(text.as_bytes()).ok()?);
        Self::from_slice(&bytes)
    }

    /// Lower-case hexadecimal, wiped when dropped.
    pub(crate) fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(HEXLOWER.encode(&self.0[..]))
    }

    /// The bytes.
    pub(crate) fn expose(&self) -> &[u8; N] {
        &self.0
    }
}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}
