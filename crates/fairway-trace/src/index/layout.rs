//! How an index lies in its file: a header, a table of sections, then the sections, each a little-endian array.
//!
//! The header says of which build the file is, how long it is and what each section's checksum (CRC-32) is, and has one of
//! its own. A file that is cut short, changed, or of a later build is refused before anything in it is used.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use bytemuck::{AnyBitPattern, cast_slice, try_cast_slice};
use fairway_domain::Digest;
use memmap2::Mmap;

#[cfg(not(target_endian = "little"))]
compile_error!("the index is laid out for machines that put the least byte first");

const MAGIC: [u8; 16] = *b"FAIRWAY REGISTER";
/// The build of the layout. Every change to a section, a key or a hash is another build.
const BUILD: u32 = 2;
const ALIGNMENT: usize = 64;
/// Magic, build, number of sections, length, digest, table, checksum.
const TABLE: usize = 64;
const ENTRY: usize = 24;
const HEADER: usize = TABLE + Section::COUNT * ENTRY + 8;

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
    const COUNT: usize = 18;
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

    /// Writes header and sections.
    pub(crate) fn write(&self, version: Digest, to: &mut dyn Write) -> io::Result<()> {
        let sections = self.bytes();
        let mut table = Vec::with_capacity(Section::COUNT * ENTRY);
        let mut at = HEADER.next_multiple_of(ALIGNMENT);
        for bytes in sections {
            table.extend((at as u64).to_le_bytes());
            table.extend((bytes.len() as u64).to_le_bytes());
            table.extend(crc32fast::hash(bytes).to_le_bytes());
            table.extend([0; 4]);
            at = (at + bytes.len()).next_multiple_of(ALIGNMENT);
        }
        let mut header = Vec::with_capacity(HEADER);
        header.extend(MAGIC);
        header.extend(BUILD.to_le_bytes());
        header.extend((Section::COUNT as u32).to_le_bytes());
        header.extend((at as u64).to_le_bytes());
        header.extend(version.0);
        header.extend(table);
        header.extend(crc32fast::hash(&header).to_le_bytes());
        header.extend([0; 4]);
        let mut padded = |bytes: &[u8]| {
            to.write_all(bytes)?;
            let rest = bytes.len().next_multiple_of(ALIGNMENT) - bytes.len();
            to.write_all(&[0; ALIGNMENT][..rest])
        };
        padded(&header)?;
        sections.into_iter().try_for_each(padded)
    }
}

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

/// A checked index.
pub(crate) struct Image {
    bytes: Bytes,
    places: [(usize, usize); Section::COUNT],
    version: Digest,
}

impl Image {
    /// Maps a file and checks it whole.
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

    /// A section's entries; none where its length does not fit them.
    pub(crate) fn section<T: AnyBitPattern>(&self, section: Section) -> &[T] {
        try_cast_slice(self.raw(section)).unwrap_or_default()
    }

    fn raw(&self, section: Section) -> &[u8] {
        let (start, length) = self.places[section as usize];
        self.bytes.all().get(start..start + length).unwrap_or_default()
    }

    fn checked(bytes: Bytes) -> Result<Self, IndexError> {
        let damaged = |what| IndexError::Damaged { what };
        let all = bytes.all();
        let word =
            |at: usize| all.get(at..at + 4).map_or(0, |four| u32::from_le_bytes(four.try_into().unwrap_or_default()));
        let long = |at: usize| u64::from(word(at)) | u64::from(word(at + 4)) << 32;
        if all.get(..MAGIC.len()) != Some(&MAGIC[..]) {
            return Err(IndexError::NotAnIndex);
        }
        if word(16) != BUILD {
            return Err(IndexError::OtherBuild { found: word(16) });
        }
        let head = all.get(..HEADER - 8).unwrap_or_default();
        if word(HEADER - 8) != crc32fast::hash(head) || word(20) as usize != Section::COUNT {
            return Err(damaged("the header's checksum"));
        }
        if long(24) != all.len() as u64 {
            return Err(damaged("its length"));
        }
        let places = std::array::from_fn(|n| {
            let at = TABLE + n * ENTRY;
            (usize::try_from(long(at)).unwrap_or_default(), usize::try_from(long(at + 8)).unwrap_or_default())
        });
        let sums: [u32; Section::COUNT] = std::array::from_fn(|n| word(TABLE + n * ENTRY + 16));
        if !sums_agree(all, &places, &sums) {
            return Err(damaged("a section's checksum"));
        }
        let version = Digest(all.get(32..64).and_then(|bytes| bytes.try_into().ok()).unwrap_or_default());
        Ok(Self { bytes, places, version })
    }
}

/// Checks all sections, the larger ones at the same time.
fn sums_agree(all: &[u8], places: &[(usize, usize)], sums: &[u32]) -> bool {
    let agrees = |(place, sum): (&(usize, usize), &u32)| {
        let end = place.0.checked_add(place.1);
        end.and_then(|end| all.get(place.0..end)).is_some_and(|bytes| crc32fast::hash(bytes) == *sum)
    };
    let mut jobs: Vec<_> = places.iter().zip(sums).collect();
    jobs.sort_by_key(|(place, _)| std::cmp::Reverse(place.1));
    let next = std::sync::atomic::AtomicUsize::new(0);
    let work = || {
        std::iter::from_fn(|| jobs.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)).copied()).all(agrees)
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mine = work();
        workers.into_iter().all(|worker| worker.join().unwrap_or(false)) && mine
    })
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
