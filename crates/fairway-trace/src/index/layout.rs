//! How an index lies in its file: a header, a table of sections, the sections, each a little-endian array, and a checksum
//! (CRC-32) of each block of them.
//!
//! The header says of which build the file is, how long it is, where each section lies and what the checksums' own checksum
//! is, and has one itself. What is then read of the file is in [`super::image`].

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use bytemuck::cast_slice;
use fairway_domain::Digest;

#[cfg(not(target_endian = "little"))]
compile_error!("the index is laid out for machines that put the least byte first");

pub(super) const MAGIC: [u8; 16] = *b"FAIRWAY REGISTER";
/// The build of the layout. Every change to a section, a key or a hash is another build.
pub(super) const BUILD: u32 = 3;
const ALIGNMENT: usize = 64;
/// Magic, build, number of sections, length, digest, table, checksum of the blocks' checksums, checksum.
pub(super) const TABLE: usize = 64;
pub(super) const ENTRY: usize = 16;
pub(super) const HEADER: usize = TABLE + Section::COUNT * ENTRY + 8;
/// Where the first section begins, and the first block.
pub(super) const DATA: usize = HEADER.next_multiple_of(ALIGNMENT);
/// What is summed at a time: so little that the first look at a person reads no more of the disk than the system does
/// anyhow, so much that the checksums of the largest register are a few megabytes.
pub(super) const BLOCK: usize = 16 * 1024;

/// What an index holds, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    /// Eight words a person, in the order of NHS numbers: what scoring looks at.
    People,
    /// Six words a person: what an answer says besides.
    Details,
    /// Earlier family names (name, text) and earlier postcodes (place) of the people.
    History,
    /// Where each text ends.
    TextEnds,
    /// The texts.
    Texts,
    /// Six words a name in its one form.
    Names,
    /// The letters of the names.
    Letters,
    /// Open addressing: names by the hash of their letters.
    NameSlots,
    /// Postcodes, sorted, eight letters in a word.
    Places,
    /// How many people live, or lived, at each.
    PlaceCounts,
    /// Outward parts of postcodes, sorted.
    Outcodes,
    /// How many people live, or lived, in each.
    OutcodeCounts,
    /// How many people were born on each day.
    BornCounts,
    /// How many people have a word in their address, by the hash of the word.
    WordCounts,
    /// Superseded numbers, sorted, each with the one in its place.
    Superseded,
    /// Numbers that an update takes out.
    Removed,
    /// Where the people of each bucket begin.
    Buckets,
    /// People by blocking key.
    Postings,
}

impl Section {
    pub(super) const COUNT: usize = 18;
}

/// Why an index cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// The disk gave an error, or the file is not there.
    #[error("the register's index cannot be read or written")]
    Disk(#[from] io::Error),
    /// The file is something else.
    #[error("the file is not the index of a register")]
    NotAnIndex,
    /// A later Fairway made it.
    #[error(
        "the index is of build {found}, and this program reads build {BUILD}: build the register again, or use a newer program"
    )]
    OtherBuild {
        /// The file's build.
        found: u32,
    },
    /// It is cut short or changed.
    #[error("the index is damaged ({what}): build the register again")]
    Damaged {
        /// What does not agree.
        what: &'static str,
    },
    /// The file of parameters is none.
    #[error("the file does not hold the parameters of a trace")]
    Parameters,
    /// What is to be put in it contradicts itself.
    #[error(transparent)]
    Rows(#[from] crate::RegisterError),
}

/// The bytes of every section, as they are built.
#[derive(Default)]
pub(crate) struct Sections {
    pub(crate) people: Vec<[u32; 8]>,
    pub(crate) details: Vec<[u32; 6]>,
    pub(crate) history: Vec<u32>,
    pub(crate) text_ends: Vec<u32>,
    pub(crate) texts: String,
    pub(crate) names: Vec<[u32; 6]>,
    pub(crate) letters: Vec<u8>,
    pub(crate) name_slots: Vec<u32>,
    pub(crate) places: Vec<u64>,
    pub(crate) place_counts: Vec<u32>,
    pub(crate) outcodes: Vec<u64>,
    pub(crate) outcode_counts: Vec<u32>,
    pub(crate) born_counts: Vec<u32>,
    pub(crate) word_counts: Vec<u32>,
    pub(crate) superseded: Vec<[u32; 2]>,
    pub(crate) removed: Vec<u32>,
    pub(crate) buckets: Vec<u32>,
    pub(crate) postings: Vec<u32>,
}

impl Sections {
    fn bytes(&self) -> [&[u8]; Section::COUNT] {
        [
            cast_slice(&self.people),
            cast_slice(&self.details),
            cast_slice(&self.history),
            cast_slice(&self.text_ends),
            self.texts.as_bytes(),
            cast_slice(&self.names),
            &self.letters,
            cast_slice(&self.name_slots),
            cast_slice(&self.places),
            cast_slice(&self.place_counts),
            cast_slice(&self.outcodes),
            cast_slice(&self.outcode_counts),
            cast_slice(&self.born_counts),
            cast_slice(&self.word_counts),
            cast_slice(&self.superseded),
            cast_slice(&self.removed),
            cast_slice(&self.buckets),
            cast_slice(&self.postings),
        ]
    }

    /// Writes header, sections and checksums.
    pub(crate) fn write(&self, version: Digest, to: &mut dyn Write) -> io::Result<()> {
        let sections = self.bytes();
        let mut table = Vec::with_capacity(Section::COUNT * ENTRY);
        let (mut at, mut sums) = (DATA, Sums::default());
        for bytes in sections {
            table.extend((at as u64).to_le_bytes());
            table.extend((bytes.len() as u64).to_le_bytes());
            at += padded(bytes, &mut sums)?;
        }
        let sums = sums.finish();
        let mut header = Vec::with_capacity(HEADER);
        header.extend(MAGIC);
        header.extend(BUILD.to_le_bytes());
        header.extend((Section::COUNT as u32).to_le_bytes());
        header.extend(((at + sums.len().next_multiple_of(ALIGNMENT)) as u64).to_le_bytes());
        header.extend(version.0);
        header.extend(table);
        header.extend(crc32fast::hash(&sums).to_le_bytes());
        header.extend(crc32fast::hash(&header).to_le_bytes());
        std::iter::once(&header[..]).chain(sections).chain([&sums[..]]).try_for_each(|part| padded(part, to).map(drop))
    }
}

/// Writes bytes, and as many zeroes as make the next ones lie well; says how many all of them are.
fn padded(bytes: &[u8], to: &mut dyn Write) -> io::Result<usize> {
    let length = bytes.len().next_multiple_of(ALIGNMENT);
    to.write_all(bytes)?;
    to.write_all(&[0; ALIGNMENT][..length - bytes.len()])?;
    Ok(length)
}

/// Sums what is written, block by block.
#[derive(Default)]
struct Sums {
    done: Vec<u8>,
    block: crc32fast::Hasher,
    filled: usize,
}

impl Sums {
    fn end_block(&mut self) {
        self.done.extend(std::mem::take(&mut self.block).finalize().to_le_bytes());
        self.filled = 0;
    }

    /// The checksums, the last of a block that may be shorter.
    fn finish(mut self) -> Vec<u8> {
        if self.filled > 0 {
            self.end_block();
        }
        self.done
    }
}

impl Write for Sums {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(BLOCK - self.filled);
        self.block.update(&bytes[..taken]);
        self.filled += taken;
        if self.filled == BLOCK {
            self.end_block();
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes an index beside its place and moves it there once it is on the disk.
pub(crate) fn write_file(sections: &Sections, version: Digest, path: &Path) -> Result<(), IndexError> {
    let part = path.with_extension("part");
    let mut file = io::BufWriter::with_capacity(1 << 20, for_the_owner(&part)?);
    sections.write(version, &mut file)?;
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    std::fs::rename(&part, path)?;
    Ok(())
}

/// A file that its owner alone can read: an index holds people.
fn for_the_owner(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
