//! Disclosure control of counts: small ones are not shown, others are rounded. Each count by itself, so that no total gives
//! a small one away. The numbers stand in `data/small_numbers.csv`.

use fairway_domain::{Fault, FaultExt};
use serde::Deserialize;

const PROFILES: &str = include_str!("../data/small_numbers.csv");

/// How counts are shown.
#[derive(Debug, Clone, Deserialize)]
pub struct SmallNumbers {
    profile: String,
    suppress_from: u64,
    suppress_to: u64,
    shown_as: String,
    round_to: u64,
    /// Where the numbers come from.
    pub source: String,
}

impl SmallNumbers {
    /// The profile of a name, such as `hes`.
    ///
    /// # Errors
    /// When there is none, or the file does not hold together.
    pub fn profile(name: &str) -> Result<Self, Fault> {
        const WHAT: &str = "profiles of disclosure control cannot be read";
        for row in csv::Reader::from_reader(PROFILES.as_bytes()).deserialize() {
            let row: Self = row.fault(WHAT)?;
            if row.profile == name && row.round_to > 0 {
                return Ok(row);
            }
        }
        Err(Fault::new(format!("there is no profile {name} of disclosure control")))
    }

    /// A count as it may be shown.
    pub fn shown(&self, count: u64) -> String {
        if (self.suppress_from..=self.suppress_to).contains(&count) {
            return self.shown_as.clone();
        }
        let rounded = (count + self.round_to / 2) / self.round_to * self.round_to;
        rounded.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_to_seven_are_not_shown_and_others_are_rounded_to_the_nearest_five() {
        let profile = SmallNumbers::profile("hes").unwrap();
        let shown = [0, 1, 7, 8, 12, 13, 1_002, 1_003].map(|count| profile.shown(count));
        assert_eq!(shown, ["0", "[c]", "[c]", "10", "10", "15", "1000", "1005"]);
        assert!(SmallNumbers::profile("none").is_err());
    }
}
