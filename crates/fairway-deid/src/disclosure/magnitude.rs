use super::share::fixed;
use super::{Profile, Protected, Shown};

/// What the people (or events) of one cell come to together, in hundredths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contributions {
    /// How many have a value.
    pub n: u64,
    /// All together.
    pub sum: i128,
    /// The largest of them, largest first, at least as many as the profile looks at and one more, where there are so many.
    pub largest: Vec<i128>,
    /// Whether one of them is below nought.
    pub negative: bool,
    /// The middle one, or the mean of the two in the middle, and how many are below and above it.
    pub median: Option<(i128, u64, u64)>,
}

/// Which average.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measured {
    /// The arithmetic mean.
    Mean,
    /// The middle one.
    Median,
}

/// The sum of each cell of a protected table, rounded to whole units; a symbol where the cell is not shown or few make up
/// most of it. `values` are in the order of the cells.
pub fn sums(profile: &Profile, table: &Protected, values: &[Contributions]) -> Vec<String> {
    each(profile, table, values, |value| {
        let unit = i128::from(profile.dominance.round_to) * 100;
        let rounded = (value.sum * 2 + unit).div_euclid(unit * 2) * i128::from(profile.dominance.round_to);
        (!is_dominated(profile, value)).then(|| rounded.to_string())
    })
}

/// The mean or median of each cell of a protected table; a symbol where the cell is not shown or too few have a value.
pub fn averages(profile: &Profile, table: &Protected, values: &[Contributions], which: Measured) -> Vec<String> {
    let decimals = profile.averages.decimals;
    each(profile, table, values, |value| match which {
        Measured::Mean => {
            (!is_dominated(profile, value)).then(|| signed(value.sum, u128::from(value.n) * 100, decimals))
        }
        Measured::Median => {
            let (middle, below, above) = value.median?;
            let least = profile.averages.least_each_side;
            (below >= least && above >= least).then(|| signed(middle, 100, decimals))
        }
    })
}

fn each(
    profile: &Profile,
    table: &Protected,
    values: &[Contributions],
    text: impl Fn(&Contributions) -> Option<String>,
) -> Vec<String> {
    let one = |(cell, value): (&super::Cell, &Contributions)| {
        let enough = value.n >= profile.averages.least_n && !profile.scale(false).is_small(value.n);
        match cell.shown {
            Shown::Withheld => profile.text(Shown::Withheld),
            Shown::Count(_) if enough => text(value).unwrap_or_else(|| profile.text(Shown::Small)),
            _ => profile.text(Shown::Small),
        }
    };
    table.cells.iter().zip(values).map(one).collect()
}

/// Whether few make up most of a sum: the (n,k) rule and the p percent rule. Neither is meaningful below nought, so a cell
/// with a value there is taken for dominated.
fn is_dominated(profile: &Profile, value: &Contributions) -> bool {
    let rule = &profile.dominance;
    let of_largest = |n: usize| value.largest.iter().take(n).sum::<i128>();
    let rest = value.sum - of_largest(2);
    let largest = of_largest(1);
    value.negative
        || value.sum > 0 && of_largest(rule.n) * 100 >= i128::from(rule.k_percent) * value.sum
        || largest > 0 && rest * 100 < i128::from(rule.p_percent) * largest
}

fn signed(dividend: i128, divisor: u128, decimals: u8) -> String {
    let text = fixed(dividend.unsigned_abs(), divisor.max(1), decimals);
    if dividend < 0 { format!("-{text}") } else { text }
}
