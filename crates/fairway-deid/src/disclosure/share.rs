use std::collections::BTreeMap;

use super::{Profile, Protected, Shown};

/// What each row of a protected table is of all rows that differ from it in the dimension at `over` alone, in percent of
/// the rounded numbers, as text with the profile's decimals; the small symbol where the whole is too small, or the row or
/// the rest of the whole is a small number, and the withheld one where a part of the whole is withheld.
pub fn percentages(profile: &Profile, table: &Protected, over: usize) -> Vec<String> {
    let others = |key: &[Option<String>]| {
        let mut key = key.to_vec();
        key[over] = None;
        key
    };
    let mut wholes: BTreeMap<Vec<Option<String>>, Whole> = BTreeMap::new();
    for cell in table.cells.iter().filter(|cell| cell.key[over].is_some()) {
        let whole = wholes.entry(others(&cell.key)).or_default();
        whole.count += cell.count;
        match cell.shown {
            Shown::Count(count) => whole.shown += count,
            Shown::Small => {}
            Shown::Withheld => whole.withheld = true,
        }
    }
    let scale = profile.scale(table.report.national);
    let text = |cell: &super::Cell| {
        let whole = wholes.get(&others(&cell.key)).copied().unwrap_or_default();
        let rest = whole.count.saturating_sub(cell.count);
        match cell.shown {
            Shown::Withheld => profile.text(Shown::Withheld),
            _ if whole.withheld => profile.text(Shown::Withheld),
            Shown::Count(count)
                if whole.count >= profile.percentages.least_denominator && whole.shown > 0 && !scale.is_small(rest) =>
            {
                share(count, whole.shown, profile.percentages.decimals)
            }
            _ => profile.text(Shown::Small),
        }
    };
    table.cells.iter().map(text).collect()
}

#[derive(Debug, Clone, Copy, Default)]
struct Whole {
    count: u64,
    shown: u64,
    withheld: bool,
}

fn share(part: u64, whole: u64, decimals: u8) -> String {
    fixed(u128::from(part) * 100, u128::from(whole), decimals)
}

/// A quotient with so many decimals, halves up.
pub(super) fn fixed(dividend: u128, divisor: u128, decimals: u8) -> String {
    let unit = 10_u128.pow(u32::from(decimals));
    let scaled = (dividend * unit * 2 + divisor) / (divisor * 2);
    match decimals {
        0 => scaled.to_string(),
        _ => format!("{}.{:0width$}", scaled / unit, scaled % unit, width = usize::from(decimals)),
    }
}
