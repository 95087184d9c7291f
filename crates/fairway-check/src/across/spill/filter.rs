use super::Key;

/// Which keys may have been noted: right when it says no. A split block Bloom filter, as Apache Parquet describes it: one
/// cache line is looked at for each key, eight bits are set in it.
#[derive(Debug, Default)]
pub(super) struct Filter {
    blocks: Vec<[u32; 8]>,
}

/// Odd numbers that spread 32 bits of a key over the words of a block; those of Parquet.
const SALT: [u32; 8] =
    [0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d, 0x7054_95c7, 0x2df1_424b, 0x9efc_4947, 0x5c6b_fb31];

impl Filter {
    /// A filter in so many bytes.
    pub fn of(bytes: usize) -> Self {
        Self { blocks: vec![[0; 8]; (bytes / size_of::<[u32; 8]>()).max(1)] }
    }

    pub fn note(&mut self, key: Key) {
        let (at, bits) = self.place(key);
        if let Some(block) = self.blocks.get_mut(at) {
            block.iter_mut().zip(bits).for_each(|(word, bit)| *word |= bit);
        }
    }

    pub fn may_have(&self, key: Key) -> bool {
        let (at, bits) = self.place(key);
        self.blocks.get(at).is_some_and(|block| block.iter().zip(bits).all(|(word, bit)| word & bit != 0))
    }

    fn place(&self, key: Key) -> (usize, [u32; 8]) {
        let at = ((key.order >> 32) * self.blocks.len() as u64) >> 32;
        (at as usize, SALT.map(|salt| 1 << ((key.order as u32).wrapping_mul(salt) >> 27)))
    }
}
