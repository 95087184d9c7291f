//! What is read of an index, checked when it is first read.
//!
//! Opening reads the header and the blocks' checksums. Every other block is summed when something in it is first asked for,
//! once, and remembered by a bit. What lies in a block whose checksum is not the written one is never handed out; that it
//! was asked for is remembered as well, so that whatever was made of the gap is refused ([`Image::unharmed`]).

use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytemuck::{AnyBitPattern, cast_slice, try_cast_slice};
use fairway_domain::Digest;
use memmap2::Mmap;

use super::layout::{BLOCK, BUILD, DATA, ENTRY, HEADER, IndexError, MAGIC, Section, Sections, TABLE};

/// An index in memory or mapped from its file.
enum Bytes {
    Mapped(Mmap),
    Held(Vec<u64>),
}

impl Bytes {
    fn all(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Held(words) => cast_slice(words),
        }
    }
}

/// An index whose header was checked, and of the rest what was read.
pub(crate) struct Image {
    bytes: Bytes,
    places: [(usize, usize); Section::COUNT],
    version: Digest,
    /// Where the blocks' checksums lie.
    sums: Range<usize>,
    /// A bit for each block that was summed and agrees.
    agrees: Box<[AtomicU64]>,
    harmed: AtomicBool,
}

impl Image {
    /// Maps a file and checks its header.
    pub(crate) fn map(path: &Path) -> Result<Self, IndexError> {
        let file = File::open(path)?;
        if file.metadata()?.len() < HEADER as u64 {
            return Err(IndexError::NotAnIndex);
        }
        #[expect(
            unsafe_code,
            reason = "mapping a file is unsafe where another program cuts it short while it is mapped; \
                                        an index is written beside and renamed, never changed in place"
        )]
        let map = unsafe { Mmap::map(&file)? };
        Self::checked(Bytes::Mapped(map))
    }

    /// Takes over an index just built.
    pub(crate) fn hold(sections: &Sections, version: Digest) -> Result<Self, IndexError> {
        let mut bytes = Vec::new();
        sections.write(version, &mut bytes)?;
        let words =
            bytes.chunks_exact(8).map(|eight| u64::from_le_bytes(eight.try_into().unwrap_or_default())).collect();
        Self::checked(Bytes::Held(words))
    }

    /// Digest of what the index was made from.
    pub(crate) fn version(&self) -> Digest {
        self.version
    }

    /// How many entries a section has.
    pub(crate) fn count<T>(&self, section: Section) -> usize {
        self.places[section as usize].1 / size_of::<T>()
    }

    /// One entry of a section; none behind its end.
    #[inline]
    pub(crate) fn at<T: AnyBitPattern>(&self, section: Section, at: usize) -> Option<&T> {
        self.some(section, at..at.checked_add(1)?).first()
    }

    /// Some entries of a section; none where it does not have all of them.
    #[inline]
    pub(crate) fn some<T: AnyBitPattern>(&self, section: Section, range: Range<usize>) -> &[T] {
        let (start, length) = self.places[section as usize];
        let (from, to) = (range.start.saturating_mul(size_of::<T>()), range.end.saturating_mul(size_of::<T>()));
        if from >= to || to > length || !self.is_whole(start + from..start + to) {
            return &[];
        }
        let bytes = self.bytes.all().get(start + from..start + to).unwrap_or_default();
        try_cast_slice(bytes).unwrap_or_default()
    }

    /// All entries of a section.
    pub(crate) fn all<T: AnyBitPattern>(&self, section: Section) -> &[T] {
        self.some(section, 0..self.count::<T>(section))
    }

    /// Where the first of a section's sorted entries lies that is not before something.
    pub(crate) fn partition<T: AnyBitPattern>(&self, section: Section, is_before: impl Fn(&T) -> bool) -> usize {
        let (mut low, mut high) = (0, self.count::<T>(section));
        while low < high {
            let middle = low.midpoint(high);
            match self.at(section, middle) {
                Some(entry) if is_before(entry) => low = middle + 1,
                _ => high = middle,
            }
        }
        low
    }

    /// Whether nothing that was asked for so far was damaged. What was made of the answers is to be used only then.
    ///
    /// # Errors
    /// When something was.
    pub(crate) fn unharmed(&self) -> Result<(), IndexError> {
        if self.harmed.load(Ordering::Acquire) {
            return Err(IndexError::Damaged { what: "a block's checksum" });
        }
        Ok(())
    }

    /// Reads every block.
    ///
    /// # Errors
    /// When one of them is damaged.
    pub(crate) fn verify(&self) -> Result<(), IndexError> {
        self.is_whole(DATA..self.sums.start);
        self.unharmed()
    }

    /// Whether the blocks that these bytes lie in are as they were written.
    #[inline]
    fn is_whole(&self, range: Range<usize>) -> bool {
        let blocks = (range.start - DATA) / BLOCK..(range.end - DATA).div_ceil(BLOCK);
        blocks.into_iter().all(|block| {
            let agreed =
                self.agrees.get(block / 64).is_some_and(|bits| bits.load(Ordering::Acquire) >> (block % 64) & 1 == 1);
            agreed || self.sum(block)
        })
    }

    #[cold]
    fn sum(&self, block: usize) -> bool {
        let all = self.bytes.all();
        let start = DATA + block * BLOCK;
        let bytes = all.get(start..(start + BLOCK).min(self.sums.start));
        let agrees = bytes.is_some_and(|bytes| word(all, self.sums.start + 4 * block) == crc32fast::hash(bytes));
        match self.agrees.get(block / 64) {
            Some(bits) if agrees => drop(bits.fetch_or(1 << (block % 64), Ordering::Release)),
            _ => self.harmed.store(true, Ordering::Release),
        }
        agrees
    }

    fn checked(bytes: Bytes) -> Result<Self, IndexError> {
        let damaged = |what| IndexError::Damaged { what };
        let all = bytes.all();
        let long = |at: usize| usize::try_from(u64::from(word(all, at)) | u64::from(word(all, at + 4)) << 32).ok();
        if all.get(..MAGIC.len()) != Some(&MAGIC[..]) {
            return Err(IndexError::NotAnIndex);
        }
        if word(all, 16) != BUILD {
            return Err(IndexError::OtherBuild { found: word(all, 16) });
        }
        let head = all.get(..HEADER - 4).unwrap_or_default();
        if word(all, HEADER - 4) != crc32fast::hash(head) || word(all, 20) as usize != Section::COUNT {
            return Err(damaged("the header's checksum"));
        }
        if long(24) != Some(all.len()) {
            return Err(damaged("its length"));
        }
        let place = |n: usize| Some((long(TABLE + n * ENTRY)?, long(TABLE + n * ENTRY + 8)?));
        let places = std::array::from_fn(|n| place(n).unwrap_or_default());
        let end = places.iter().map(|(start, length)| (start + length).next_multiple_of(64)).max().unwrap_or(DATA);
        let blocks = end.saturating_sub(DATA).div_ceil(BLOCK);
        let sums = end..end + 4 * blocks;
        if all.get(sums.clone()).map(crc32fast::hash) != Some(word(all, HEADER - 8)) {
            return Err(damaged("the blocks' checksums"));
        }
        let version = Digest(all.get(32..64).and_then(|bytes| bytes.try_into().ok()).unwrap_or_default());
        let agrees = (0..blocks.div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
        Ok(Self { bytes, places, version, sums, agrees, harmed: AtomicBool::new(false) })
    }
}

fn word(all: &[u8], at: usize) -> u32 {
    all.get(at..at + 4).map_or(0, |four| u32::from_le_bytes(four.try_into().unwrap_or_default()))
}
