//! How far names lie from one another, in bounded work: a header of thousands of names, or of huge ones, is given up on
//! rather than waited for.

/// Work that may be done for one header: a letter held against a letter, or a pair of names passed over. Some 100 names
/// against 1,000 are compared in full, or 3,000 against their neighbours; that takes about half a second.
const MOST_WORK: usize = 50_000_000;
/// Names with more letters are compared as they are or not at all.
const LONGEST_COMPARED: usize = 300;
/// What a comparison costs at least.
const LEAST_WORK: usize = 64;

/// A name made ready for comparing.
#[derive(Debug)]
pub(super) struct Letters {
    lower: String,
    count: usize,
    /// Which letters there are, by the last six bits of each.
    present: u64,
}

impl Letters {
    pub fn of(name: &str) -> Self {
        let lower = if name.len() > 4 * LONGEST_COMPARED { String::new() } else { name.to_lowercase() };
        let count = if lower.is_empty() { name.chars().count() } else { lower.chars().count() };
        let present = lower.chars().fold(0, |present, letter| present | 1 << (u32::from(letter) % 64));
        Self { lower, count, present }
    }

    /// How many letters it has.
    pub fn count(&self) -> usize {
        self.count
    }

    fn is_comparable(&self) -> bool {
        self.count <= LONGEST_COMPARED
    }

    /// Fewest letters that have to change to make one name of the other.
    fn at_least(&self, other: &Self) -> usize {
        let missing = (self.present & !other.present).count_ones().max((other.present & !self.present).count_ones());
        self.count.abs_diff(other.count).max(missing as usize)
    }
}

/// Compares names until its work is used up.
#[derive(Debug)]
pub(super) struct Comparer {
    left: usize,
}

impl Default for Comparer {
    fn default() -> Self {
        Self { left: MOST_WORK }
    }
}

impl Comparer {
    /// How many letters have to change (be added, dropped, replaced, swapped with a neighbour) to make one name of the
    /// other, where that is at most `most`.
    pub fn distance(&mut self, one: &Letters, other: &Letters, most: usize) -> Option<usize> {
        self.pass();
        if self.is_spent() || !one.is_comparable() || !other.is_comparable() || one.at_least(other) > most {
            return None;
        }
        self.left = self.left.saturating_sub((one.count * other.count).max(LEAST_WORK));
        if self.is_spent() {
            return None;
        }
        Some(strsim::damerau_levenshtein(&one.lower, &other.lower)).filter(|distance| *distance <= most)
    }

    /// Counts a pair that is not compared.
    pub fn pass(&mut self) {
        self.left = self.left.saturating_sub(1);
    }

    /// Whether nothing more is compared.
    pub fn is_spent(&self) -> bool {
        self.left == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn work_ends() {
        let mut comparer = Comparer::default();
        let (one, other) = (Letters::of(&"ab".repeat(100)), Letters::of(&"ba".repeat(100)));
        let compared = (0..10_000).filter(|_| comparer.distance(&one, &other, 200).is_some()).count();
        assert_eq!(compared, MOST_WORK / 40_001);
        assert!(comparer.is_spent());
    }

    #[test]
    fn huge_names_are_not_compared() {
        let huge = "a".repeat(65_536);
        let mut comparer = Comparer::default();
        assert_eq!(comparer.distance(&Letters::of(&huge), &Letters::of(&huge), usize::MAX), None);
        assert_eq!(comparer.left, MOST_WORK - 1);
    }

    proptest! {
        #[test]
        fn what_is_passed_over_is_further_away(one in "[a-cA-C é\u{130}]{0,12}", other in "\\PC{0,12}", most in 0usize..8) {
            let distance = strsim::damerau_levenshtein(&one.to_lowercase(), &other.to_lowercase());
            let found = Comparer::default().distance(&Letters::of(&one), &Letters::of(&other), most);
            prop_assert_eq!(found, Some(distance).filter(|distance| *distance <= most));
        }
    }
}
