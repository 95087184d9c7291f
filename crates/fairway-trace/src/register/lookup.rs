//! Flat sorted arrays that find rows of the register.

use super::RegisterError;

/// The place of a person in the register, in the order of NHS numbers.
pub(crate) type RowId = u32;

/// Rows by key, several to a key where need be.
pub(super) struct Lookup<K> {
    keys: Vec<K>,
    rows: Vec<RowId>,
}

impl<K: Ord + Copy> Lookup<K> {
    pub(super) fn new(mut pairs: Vec<(K, RowId)>) -> Self {
        pairs.sort_unstable();
        Self { keys: pairs.iter().map(|pair| pair.0).collect(), rows: pairs.iter().map(|pair| pair.1).collect() }
    }

    /// The rows of the keys from `least` to `greatest`, both included.
    pub(super) fn between(&self, least: K, greatest: K) -> &[RowId] {
        let start = self.keys.partition_point(|key| *key < least);
        let length = self.keys.get(start..).unwrap_or_default().partition_point(|key| *key <= greatest);
        self.rows.get(start..start + length).unwrap_or_default()
    }

    /// A row of the key.
    pub(super) fn one(&self, key: K) -> Option<RowId> {
        self.keys.binary_search(&key).ok().and_then(|at| self.rows.get(at)).copied()
    }
}

/// Several values for some rows: earlier names, earlier postcodes.
pub(super) struct Lists {
    starts: Vec<u32>,
    values: Vec<u32>,
}

impl Lists {
    /// Lists for `rows` rows from pairs of row and value; each list keeps the order of the pairs.
    pub(super) fn new(rows: usize, mut pairs: Vec<(RowId, u32)>) -> Result<Self, RegisterError> {
        pairs.sort_by_key(|pair| pair.0);
        let mut starts = Vec::with_capacity(rows + 1);
        let mut at = 0;
        for row in 0..=rows {
            at += pairs[at..].iter().take_while(|pair| (pair.0 as usize) < row).count();
            starts.push(u32::try_from(at).map_err(|_| RegisterError::TooLarge { what: "earlier values" })?);
        }
        Ok(Self { starts, values: pairs.iter().map(|pair| pair.1).collect() })
    }

    /// The values of a row.
    pub(super) fn of(&self, row: RowId) -> &[u32] {
        let start = |row: usize| self.starts.get(row).map_or(0, |start| *start as usize);
        self.values.get(start(row as usize)..start(row as usize + 1)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_lookup_finds_what_a_scan_finds(pairs in prop::collection::vec((0u8..20, 0u32..9), 0..50), a in 0u8..20, b in 0u8..20) {
            let lookup = Lookup::new(pairs.clone());
            let mut scan: Vec<_> = pairs.iter().filter(|(key, _)| (a..=b).contains(key)).copied().collect();
            scan.sort_unstable();
            let rows: Vec<_> = scan.iter().map(|pair| pair.1).collect();
            prop_assert_eq!(lookup.between(a, b), if a <= b { &rows[..] } else { &[] });
            prop_assert_eq!(lookup.one(a).is_some(), pairs.iter().any(|(key, _)| *key == a));
        }

        #[test]
        fn lists_hold_the_values_of_their_rows_in_order(pairs in prop::collection::vec((0u32..6, 0u32..99), 0..30)) {
            let lists = Lists::new(6, pairs.clone()).unwrap();
            for row in 0..6 {
                let want: Vec<_> = pairs.iter().filter(|pair| pair.0 == row).map(|pair| pair.1).collect();
                prop_assert_eq!(lists.of(row), &want[..]);
            }
            prop_assert_eq!(lists.of(6), &[] as &[u32]);
        }
    }
}
