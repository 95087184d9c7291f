use fairway_domain::{Fault, FaultExt};
use include_dir::{Dir, include_dir};
use serde::Deserialize;

use super::{Range, Shown};

static PROFILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../specs/disclosure");

/// How tables are protected: a file of `specs/disclosure/`. Every part says where it comes from and how sure that is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name, such as `asc_default`.
    pub name: String,
    /// What it is for, in a few words.
    pub title: String,
    /// Counts that are not shown.
    pub small: Small,
    /// Counts that would give a small one away.
    pub withheld: Withheld,
    /// All other counts.
    pub rounding: Rounding,
    /// Shares of a whole.
    pub percentages: Percentages,
    /// Means and medians.
    pub averages: Averages,
    /// Sums.
    pub dominance: Dominance,
    /// Tables of the whole country.
    pub national: National,
    /// How a table is held against others.
    pub audit: AuditLimits,
}

/// How sure a part of a profile is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sureness {
    /// Seen in a published source.
    Verified,
    /// Follows from one.
    Inferred,
    /// Fairway's own.
    Assumed,
}

/// Counts that are not shown.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Small {
    /// The first of them.
    pub from: u64,
    /// The last of them.
    pub to: u64,
    /// What stands there instead.
    pub symbol: String,
    /// Where this comes from.
    pub source: String,
    /// How sure it is.
    pub confidence: Sureness,
}

/// Counts that would give a small one away.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withheld {
    /// What stands there instead.
    pub symbol: String,
    /// Where this comes from.
    pub source: String,
    /// How sure it is.
    pub confidence: Sureness,
}

/// How a total is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Totals {
    /// The sum of the cells as they are shown, so that it tells nothing they do not.
    SumOfShown,
    /// A count of its own, rounded as all are.
    Own,
}

/// Rounding of counts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rounding {
    /// To the nearest of this, halves up.
    pub to: u64,
    /// How totals are made.
    pub totals: Totals,
    /// Where this comes from.
    pub source: String,
    /// How sure it is.
    pub confidence: Sureness,
}

/// Shares of a whole.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Percentages {
    /// The smallest whole of which shares are shown.
    pub least_denominator: u64,
    /// Decimals shown.
    pub decimals: u8,
    /// Where this comes from.
    pub source: String,
    /// How sure it is.
    pub confidence: Sureness,
}

/// Means and medians.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Averages {
    /// Of how many at least.
    pub least_n: u64,
    /// How many at least on each side of a median.
    pub least_each_side: u64,
    /// Decimals shown.
    pub decimals: u8,
    /// Where this comes from.
    pub source: String,
    /// How sure it is.
    pub confidence: Sureness,
}

/// When few make up most of a sum.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dominance {
    /// How many of the largest are looked at.
    pub n: usize,
    /// The share of the sum they stay below, in percent.
    pub k_percent: u64,
    /// What all but the two largest come to at least, in percent of the largest.
    pub p_percent: u64,
    /// To the nearest of how many whole units a sum is shown.
    pub round_to: u64,
    /// Where this comes from.
    pub source: String,
    /// How sure it is.
    pub confidence: Sureness,
}

/// Tables of the whole country.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct National {
    /// Whether small counts are kept back there too.
    pub suppressed: bool,
    /// To the nearest of what counts are rounded.
    pub rounded_to: u64,
    /// How many councils at least are the country.
    pub least_organisations: u64,
    /// Where this comes from.
    pub source: String,
    /// How sure it is.
    pub confidence: Sureness,
}

/// How a table is held against all that was published about the same people or events, and where that is given up.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditLimits {
    /// How far back, in months.
    pub months: u32,
    /// How often a table is mended before it is refused.
    pub rounds: u32,
    /// Most atoms that hang together.
    pub largest_block: usize,
    /// Most linear programmes.
    pub most_solves: usize,
    /// Most groups of people or events that are told apart.
    pub most_atoms: usize,
    /// Most rows of a table that says of every combination how many there are, nought too.
    pub most_rows: usize,
    /// Where this comes from.
    pub source: String,
    /// How sure it is.
    pub confidence: Sureness,
}

/// How counts of one table are shown: below the national level, or at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// Counts not shown, from first to last; none where all are.
    pub small: Option<(u64, u64)>,
    /// To the nearest of what the others are rounded.
    pub round_to: u64,
}

impl Profile {
    /// The profile of a name; `None` where there is none.
    ///
    /// # Errors
    /// When its file does not hold together.
    pub fn named(name: &str) -> Result<Option<Self>, Fault> {
        let Some(file) = PROFILES.get_file(format!("{name}.yaml")) else { return Ok(None) };
        Self::parse(file.contents_utf8().unwrap_or_default()).map(Some)
    }

    /// Names of all profiles, in order.
    pub fn names() -> Vec<&'static str> {
        let mut names: Vec<&str> = PROFILES.files().filter_map(|file| file.path().file_stem()?.to_str()).collect();
        names.sort_unstable();
        names
    }

    fn parse(text: &str) -> Result<Self, Fault> {
        let profile: Self = serde_saphyr::from_str(text).fault("profile of disclosure control cannot be read")?;
        let Self { small, rounding, national, dominance, .. } = &profile;
        let sound = small.from <= small.to && rounding.to > 0 && national.rounded_to > 0 && dominance.round_to > 0;
        let told = small.symbol != profile.withheld.symbol && dominance.n > 0;
        match sound && told {
            true => Ok(profile),
            false => Err(Fault::new(format!("profile {} of disclosure control does not hold together", profile.name))),
        }
    }

    /// How counts are shown in a table of the whole country, or of less.
    pub fn scale(&self, national: bool) -> Scale {
        let hidden = !national || self.national.suppressed;
        Scale {
            small: hidden.then_some((self.small.from, self.small.to)),
            round_to: if national { self.national.rounded_to } else { self.rounding.to },
        }
    }

    /// Whether whatever this profile shows, `other` would show as well or more nearly: it protects as much in every part.
    pub fn protects_as_much_as(&self, other: &Self) -> bool {
        let small = self.small.from <= other.small.from && self.small.to >= other.small.to;
        let rounding = self.rounding.to.is_multiple_of(other.rounding.to)
            && (self.rounding.totals == Totals::SumOfShown || other.rounding.totals == Totals::Own);
        let shares = self.percentages.least_denominator >= other.percentages.least_denominator
            && self.percentages.decimals <= other.percentages.decimals;
        let averages = self.averages.least_n >= other.averages.least_n
            && self.averages.least_each_side >= other.averages.least_each_side
            && self.averages.decimals <= other.averages.decimals;
        let dominance = self.dominance.n >= other.dominance.n
            && self.dominance.k_percent <= other.dominance.k_percent
            && self.dominance.p_percent >= other.dominance.p_percent
            && self.dominance.round_to.is_multiple_of(other.dominance.round_to);
        let national = (self.national.suppressed || !other.national.suppressed)
            && self.national.rounded_to.is_multiple_of(other.national.rounded_to)
            && self.national.least_organisations >= other.national.least_organisations;
        small && rounding && shares && averages && dominance && national && self.audit.months >= other.audit.months
    }

    /// What stands in a table for a count.
    pub fn text(&self, shown: Shown) -> String {
        match shown {
            Shown::Count(count) => count.to_string(),
            Shown::Small => self.small.symbol.clone(),
            Shown::Withheld => self.withheld.symbol.clone(),
        }
    }

    /// A count by itself as it may be shown below the national level.
    pub fn count_alone(&self, count: u64) -> String {
        self.text(self.scale(false).shown(count))
    }
}

impl Scale {
    /// A count by itself as it may be shown.
    pub fn shown(&self, count: u64) -> Shown {
        match self.small {
            Some((from, to)) if (from..=to).contains(&count) => Shown::Small,
            _ => Shown::Count((count + self.round_to / 2) / self.round_to * self.round_to),
        }
    }

    /// Whether a count is one of those not shown.
    pub fn is_small(&self, count: u64) -> bool {
        self.small.is_some_and(|(from, to)| (from..=to).contains(&count))
    }

    /// What a reader knows of the count behind what is shown.
    pub fn range(&self, shown: Shown) -> Range {
        match (shown, self.small) {
            (Shown::Withheld, _) | (Shown::Small, None) => Range { low: 0, high: None },
            (Shown::Small, Some((from, to))) => Range { low: from, high: Some(to) },
            (Shown::Count(count), small) => {
                let (low, high) = (count.saturating_sub(self.round_to / 2), count + (self.round_to - 1) / 2);
                // Whoever reads a rounded number knows that it is none of those not shown.
                match small {
                    Some((from, to)) if high <= to => Range { low, high: Some(high.min(from.saturating_sub(1))) },
                    Some((from, to)) if low >= from => Range { low: low.max(to + 1), high: Some(high) },
                    _ => Range { low, high: Some(high) },
                }
            }
        }
    }
}
