use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Shown;
use super::population::{Key, Layout, Population, Unit, totals_of};
use super::protect::Cell;
use super::system::Known;

/// One table, with the number of each of its cells.
pub struct Sheet {
    pub layout: Layout,
    with_totals: bool,
    pub cells: HashMap<Key, u32>,
}

impl Sheet {
    pub fn new(layout: Layout, with_totals: bool) -> Self {
        Self { layout, with_totals, cells: HashMap::new() }
    }

    /// Cells that a unit is counted in.
    pub fn of(&self, unit: &Unit) -> Vec<u32> {
        let rows = self.layout.rows(unit);
        let keys: BTreeSet<Key> = match self.with_totals {
            true => rows.iter().flat_map(totals_of).collect(),
            false => rows,
        };
        keys.iter().filter_map(|key| self.cells.get(key).copied()).collect()
    }
}

/// Every combination of the values that occur, whether anybody has it or not; where that would be more than `most`, those
/// that somebody has. Then, if asked for, the totals.
pub fn all_rows(population: &Population, layout: &Layout, most: usize, with_totals: bool) -> Vec<Key> {
    let values = layout.occurring(population);
    let product = values.iter().try_fold(1_usize, |product, one| product.checked_mul(one.len())).unwrap_or(usize::MAX);
    let rows: Vec<Key> = if product <= most {
        let pairs = population.pairs();
        let start = vec![Vec::new()];
        let all = values.iter().fold(start, |rows, values| {
            let longer = rows
                .iter()
                .flat_map(|row: &Key| values.iter().map(move |value| [row.as_slice(), &[Some(*value)]].concat()));
            longer.collect()
        });
        all.into_iter().filter(|row| pairs.allow(&population.spread(layout, row))).collect()
    } else {
        let order: Vec<HashMap<u32, usize>> =
            values.iter().map(|values| values.iter().enumerate().map(|(at, value)| (*value, at)).collect()).collect();
        let placed = |row: Key| -> (Vec<usize>, Key) {
            let place = row.iter().zip(&order).map(|(value, order)| value.map_or(0, |value| order[&value])).collect();
            (place, row)
        };
        let rows: BTreeMap<Vec<usize>, Key> =
            population.units().iter().flat_map(|unit| layout.rows(unit)).map(placed).collect();
        rows.into_values().collect()
    };
    if !with_totals {
        return rows;
    }
    let mut seen: BTreeSet<Key> = rows.iter().cloned().collect();
    let mut all = rows.clone();
    let totals = rows.iter().flat_map(totals_of).filter(|key| seen.insert(key.clone()));
    all.extend(totals.collect::<Vec<_>>());
    all
}

/// At most how many ways are looked for in which somebody could be in a row that nobody is in.
const WAYS: usize = 64;

/// For each row that nobody is in, ways in which somebody could be: with the other values of somebody who is there. Where
/// nought is not shown, readers take these for possible.
pub fn phantoms(population: &Population, sheets: &[Sheet], cells: &[Known]) -> Vec<(Vec<u32>, u64)> {
    let pairs = population.pairs();
    let tuples: BTreeSet<&[u32]> = population.units().iter().flat_map(|unit| &unit.tuples).map(AsRef::as_ref).collect();
    let mut found = BTreeSet::new();
    for sheet in sheets {
        let empty = sheet.cells.iter().filter(|(_, cell)| cells[**cell as usize].truth == 0);
        for key in empty.map(|(key, _)| key).filter(|key| !key.contains(&None)) {
            let ways = tuples.iter().filter_map(|tuple| {
                let mut tuple = tuple.to_vec();
                sheet.layout.by.iter().zip(key).for_each(|(place, value)| tuple[*place] = value.unwrap_or_default());
                let open: Vec<Option<u32>> = tuple.iter().map(|value| Some(*value)).collect();
                (sheet.layout.takes(&tuple) && pairs.allow(&open)).then_some(tuple)
            });
            found.extend(ways.take(WAYS));
        }
    }
    let memberships = found.into_iter().map(|tuple| {
        let unit = Unit { tuples: vec![tuple.into_boxed_slice()], count: 0 };
        (sheets.iter().flat_map(|sheet| sheet.of(&unit)).collect(), 0)
    });
    memberships.collect()
}

/// Totals of every kind but the rows themselves, each the sum of what its rows show.
pub fn sums(cells: &[Cell]) -> Vec<(Vec<Option<String>>, Option<u64>)> {
    let mut totals: BTreeMap<Vec<Option<String>>, Option<u64>> = BTreeMap::new();
    for cell in cells {
        for without in 1_u32..1 << cell.key.len() {
            let key = cell.key.iter().enumerate();
            let key = key.map(|(at, value)| if without >> at & 1 == 1 { None } else { value.clone() }).collect();
            let total = totals.entry(key).or_insert(Some(0));
            *total = match (cell.shown, *total) {
                (Shown::Withheld, _) | (_, None) => None,
                (Shown::Small, sum) => sum,
                (Shown::Count(count), Some(sum)) => Some(sum + count),
            };
        }
    }
    totals.into_iter().collect()
}
