//! Blocking keys: what two records must share to be compared at all.
//!
//! Each key is a hash of a kind and two values; collisions only add a candidate that scoring then rejects. The hashes are
//! part of the file's layout and never change within a build of it.

/// A person's place in an index, in the order of NHS numbers.
pub(crate) type Row = u32;

/// Rows take this many bits of a posting; the rest is a tag of the key.
const ROW_BITS: u32 = 27;
/// More people than this do not fit in one index.
pub(crate) const MOST_PEOPLE: usize = 1 << ROW_BITS;

/// What people are looked up by.
#[derive(Clone, Copy)]
pub(crate) enum Key {
    /// The first nine digits of the NHS number.
    Number(u32),
    /// Birth date, sound of the given name.
    BornGiven(u32, u16),
    /// Birth date, sound of the family name or of a part of it, now or before.
    BornFamily(u32, u16),
    /// Birth date, postcode now or before.
    BornPlace(u32, u64),
    /// Postcode now or before.
    Place(u64),
    /// Birth date.
    Born(u32),
    /// Sound of the family name or of a part of it, now or before.
    Family(u16),
    /// The same, and the outward part of a postcode now or before.
    FamilyOutcode(u16, u64),
    /// Sound of the given name, outward part of a postcode now or before.
    GivenOutcode(u16, u64),
    /// Sounds of given and family name.
    Names(u16, u16),
    /// Sounds of given and family name, year of birth.
    NamesYear(u16, u16, u32),
    /// Sounds of given and family name, month and day of birth.
    NamesDay(u16, u16, u32),
}

impl Key {
    /// Whether the key says where somebody lives.
    pub(crate) fn has_place(self) -> bool {
        matches!(self, Self::BornPlace(..) | Self::Place(..) | Self::FamilyOutcode(..) | Self::GivenOutcode(..))
    }

    /// The key's hash.
    pub(crate) fn hash(self) -> u64 {
        let (kind, a, b) = match self {
            Self::Number(number) => (1, u64::from(number), 0),
            Self::BornGiven(born, sound) => (2, u64::from(born), u64::from(sound)),
            Self::BornFamily(born, sound) => (3, u64::from(born), u64::from(sound)),
            Self::BornPlace(born, place) => (4, place, u64::from(born)),
            Self::Place(place) => (5, place, 0),
            Self::Born(born) => (6, u64::from(born), 0),
            Self::Family(sound) => (10, u64::from(sound), 0),
            Self::FamilyOutcode(sound, outcode) => (11, outcode, u64::from(sound)),
            Self::GivenOutcode(sound, outcode) => (12, outcode, u64::from(sound)),
            Self::Names(given, family) => (9, sounds(given, family), 0),
            Self::NamesYear(given, family, year) => (7, sounds(given, family), u64::from(year)),
            Self::NamesDay(given, family, day) => (8, sounds(given, family), u64::from(day)),
        };
        mixed(mixed(a ^ (kind << 56)).wrapping_add(b))
    }
}

fn sounds(given: u16, family: u16) -> u64 {
    u64::from(given) << 16 | u64::from(family)
}

/// The last step of SplitMix64 (Steele, Lea and Flood, 2014).
fn mixed(mut word: u64) -> u64 {
    word = word.wrapping_add(0x9E37_79B9_7F4A_7C15);
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// The hash of a name's letters.
pub(crate) fn hash_letters(letters: &[u8]) -> u64 {
    letters.chunks(8).fold(letters.len() as u64, |hash, eight| {
        let mut word = [0; 8];
        word[..eight.len()].copy_from_slice(eight);
        mixed(hash ^ u64::from_le_bytes(word))
    })
}

/// The bucket of a hash.
pub(crate) fn bucket(hash: u64, buckets: usize) -> usize {
    usize::try_from((u128::from(hash) * buckets as u128) >> 64).unwrap_or_default()
}

/// A row with the tag of its key.
pub(crate) fn posting(row: Row, hash: u64) -> u32 {
    row | tag(hash)
}

/// The row of a posting, if its tag is the key's.
pub(crate) fn row_of(posting: u32, hash: u64) -> Option<Row> {
    (posting >> ROW_BITS << ROW_BITS == tag(hash)).then_some(posting & ((1 << ROW_BITS) - 1))
}

fn tag(hash: u64) -> u32 {
    (hash as u32) << ROW_BITS
}
