//! Whether a trace found unusually few people.

use serde::Deserialize;

use crate::format::LayoutError;

/// How many people were asked about, and how many of them were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatchRate {
    /// People asked about.
    pub people: u64,
    /// Of these, people found.
    pub found: u64,
}

impl MatchRate {
    /// The share found, 0 to 1; nothing where nobody was asked about.
    pub fn share(self) -> Option<f64> {
        (self.people > 0).then(|| self.found as f64 / self.people as f64)
    }

    fn in_words(self) -> String {
        format!("{:.1}% of {} people", 100.0 * self.share().unwrap_or_default(), self.people)
    }
}

/// When a trace is held for a person to look at. The values that come with Fairway, their source and how sure they are:
/// `specs/tracing/match-rate.yaml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct HoldRule {
    /// The least fall, in percentage points.
    pub fall_points: f64,
    /// The least fall, in standard errors of the difference between the two shares.
    pub standard_errors: f64,
    /// verified, inferred or assumed.
    pub confidence: String,
    /// Where the values come from.
    pub source: String,
}

impl HoldRule {
    /// The rule that comes with Fairway.
    ///
    /// # Errors
    /// Never for the rule as it is shipped; a test holds that.
    pub fn builtin() -> Result<Self, LayoutError> {
        let options = serde_saphyr::options! { with_snippet: false };
        serde_saphyr::from_str_with_options(include_str!("../../../specs/tracing/match-rate.yaml"), options)
            .map_err(|error| LayoutError::new(format!("the rule of when a trace is held cannot be read: {error}")))
    }

    /// Why a trace is held, as a sentence without its full stop; `None` where it is not.
    pub fn why_held(&self, before: MatchRate, now: MatchRate) -> Option<String> {
        let (was, is) = (before.share()?, now.share()?);
        let fall = was - is;
        let pooled = (before.found + now.found) as f64 / (before.people + now.people) as f64;
        let variance = pooled * (1.0 - pooled) * (1.0 / before.people as f64 + 1.0 / now.people as f64);
        let clear = variance > 0.0 && fall / variance.sqrt() >= self.standard_errors;
        (clear && fall * 100.0 >= self.fall_points)
            .then(|| format!("{} were found, and {} the last time", now.in_words(), before.in_words()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn why(before: (u64, u64), now: (u64, u64)) -> Option<String> {
        let rate = |(people, found)| MatchRate { people, found };
        HoldRule::builtin().unwrap().why_held(rate(before), rate(now))
    }

    #[test]
    fn a_trace_is_held_where_the_fall_is_large_and_clear() {
        let said = why((2_000, 1_800), (2_000, 1_500)).unwrap();
        assert_eq!(said, "75.0% of 2000 people were found, and 90.0% of 2000 people the last time");
        // Large, but chance in so few people.
        assert_eq!(why((20, 18), (20, 16)), None);
        // Clear, but small.
        assert_eq!(why((1_000_000, 900_000), (1_000_000, 890_000)), None);
        assert_eq!(why((2_000, 1_500), (2_000, 1_800)), None, "a rise is welcome");
        assert_eq!(why((0, 0), (2_000, 0)), None, "there is no last time");
        assert_eq!(why((2_000, 1_800), (0, 0)), None, "nobody was asked about");
        assert_eq!(why((2_000, 2_000), (2_000, 2_000)), None);
        assert!(why((2_000, 2_000), (2_000, 0)).is_some());
    }

    /// The z of two proportions by hand: (0.90 - 0.80) / sqrt(0.85 * 0.15 * (1/100 + 1/n)).
    #[test]
    fn how_clear_a_fall_is_is_reckoned_as_the_textbook_does() {
        assert_eq!(why((100, 90), (100, 80)), None, "z is 1.98");
        assert_eq!(why((200, 180), (200, 160)), None, "z is 2.80");
        assert!(why((250, 225), (250, 200)).is_some(), "z is 3.13");
    }

    proptest! {
        #[test]
        fn finding_fewer_is_never_less_unusual(people in 1_u64..5_000, asked in 1_u64..5_000, a in 0.0..1.0, b in 0.0..1.0) {
            let of = |share: f64, all: u64| (share * all as f64) as u64;
            let before = (people, of(a, people));
            let found = of(b, asked);
            if why(before, (asked, found)).is_some() {
                for fewer in [found / 2, 0] {
                    prop_assert!(why(before, (asked, fewer)).is_some());
                }
            }
        }
    }
}
