use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use super::audit::{Audited, Narrowed, audit};
use super::population::{Key, Layout, totals_of};
use super::profile::Totals;
use super::system::{Known, System};
use super::{Definition, Population, Profile, Range, Scale, Shown};

/// A table that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// What it is called in the report.
    pub id: String,
    /// What it counts.
    pub definition: Definition,
    /// Its numbers.
    pub cells: Vec<PublishedCell>,
}

/// A number of a table that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedCell {
    /// A value a dimension; none for all of them together.
    pub key: Vec<Option<String>>,
    /// What stood there.
    pub shown: Shown,
    /// What a reader knows by it.
    pub range: Range,
}

/// A number of a protected table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// A value a dimension; none for all of them together.
    pub key: Vec<Option<String>>,
    /// How many there are. Never leaves.
    pub count: u64,
    /// What stands there.
    pub shown: Shown,
    /// What a reader knows by it.
    pub range: Range,
}

/// A table that may be published.
#[derive(Debug, Clone, PartialEq)]
pub struct Protected {
    /// Its rows without totals, in the order of their values; and totals that are counts of their own.
    pub cells: Vec<Cell>,
    /// Totals that are sums of what is shown, nothing where a part is withheld; none where one person may be in several rows.
    pub sums: Vec<(Vec<Option<String>>, Option<u64>)>,
    /// How it came about.
    pub report: DisclosureReport,
}

/// How a table was protected, and what it was held against. It names groups and is not for publication.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct DisclosureReport {
    /// The profile.
    pub profile: String,
    /// Whether the table is of the whole country.
    pub national: bool,
    /// Whether every small number keeps its full range.
    pub passed: bool,
    /// Numbers in the table.
    pub cells: usize,
    /// Of these, small ones.
    pub small: usize,
    /// Of these, withheld so that no other gives a small one away.
    pub withheld: usize,
    /// Tables published before that it was held against.
    pub earlier_tables: Vec<String>,
    /// Their numbers.
    pub earlier_cells: usize,
    /// Of these, numbers that the data no longer bear out, so that they tell nothing about them.
    pub earlier_cells_outdated: usize,
    /// Groups of people or events that some table tells apart.
    pub atoms: usize,
    /// Small numbers asked about, in all tables.
    pub asked: usize,
    /// Of these, settled by bounds alone.
    pub settled_by_bounds: usize,
    /// Linear programmes solved, over all rounds.
    pub solves: usize,
    /// Rounds of mending.
    pub rounds: u32,
    /// Small numbers that could be narrowed and were not mended.
    pub gaps: Vec<Gap>,
}

/// A small number that readers of all tables could narrow.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gap {
    /// The table: its name, or `this`.
    pub table: String,
    /// A value a dimension; none for all of them together.
    pub key: Vec<Option<String>>,
    /// Least that it could still be.
    pub from: f64,
    /// Greatest.
    pub to: f64,
    /// Tables whose numbers narrow it.
    pub by: Vec<String>,
}

/// A refused table: why, in sentences, and how far it came.
pub type Refused = (Vec<String>, Box<DisclosureReport>);

/// Protects a table of counts: shows no small number, rounds the others, and holds them against the tables of `earlier`
/// about the same units. A number that would give a small one away is withheld, until every small number of every table
/// keeps its full range.
///
/// # Errors
/// The reasons and the report, where rounds or a limit of the profile run out, or a dimension is missing in `population`.
pub fn protect(
    profile: &Profile,
    population: &Population,
    table: &Definition,
    national: bool,
    earlier: &[Published],
) -> Result<Protected, Refused> {
    let mut report = DisclosureReport { profile: profile.name.clone(), national, ..DisclosureReport::default() };
    let refused = |why: String, report: DisclosureReport| Err((vec![why], Box::new(report)));
    let Some(mut board) = Board::lay(profile, population, table, national, earlier) else {
        return refused("A dimension of the table, or of one published before, is not among the data".into(), report);
    };
    board.describe(&mut report);
    if board.own.len() > profile.audit.most_rows {
        let why =
            format!("The table has {} rows, and a table has at most {}", board.own.len(), profile.audit.most_rows);
        return refused(why, report);
    }
    if report.atoms > profile.audit.most_atoms {
        let most = profile.audit.most_atoms;
        return refused(format!("The tables tell {} groups apart, and {most} can be audited", report.atoms), report);
    }
    for round in 0..=profile.audit.rounds {
        let audited = audit(&board.system, &profile.audit);
        report.rounds = round;
        report.take(&audited);
        if let Some(why) = audited.given_up {
            return refused(why, report);
        }
        if audited.narrowed.is_empty() {
            report.passed = true;
            break;
        }
        if round == profile.audit.rounds || !board.mend(&audited.narrowed) {
            report.gaps = audited.narrowed.iter().map(|one| board.gap(one)).collect();
            return refused(told(&report), report);
        }
    }
    Ok(board.finish(profile, report))
}

fn told(report: &DisclosureReport) -> String {
    format!(
        "{} small numbers could be worked out more nearly than they may be, from this table and those published before; \
         {} rounds of withholding others did not help",
        report.gaps.len(),
        report.rounds
    )
}

impl DisclosureReport {
    fn take(&mut self, audited: &Audited) {
        self.asked = audited.asked;
        self.settled_by_bounds = audited.by_bounds;
        self.solves += audited.solves;
    }
}

/// All numbers on one board: those published before first, then those of the table.
struct Board<'a> {
    population: &'a Population,
    earlier: &'a [Published],
    scale: Scale,
    by: Vec<usize>,
    system: System,
    /// For each number of an earlier table, which table and which of its cells.
    places: Vec<(usize, usize)>,
    outdated: usize,
    /// Rows of the table itself, with what is shown; they follow the earlier ones in the system.
    own: Vec<(Key, Shown)>,
    /// Whether somebody is in several rows.
    overlapping: bool,
}

impl<'a> Board<'a> {
    fn lay(
        profile: &Profile,
        population: &'a Population,
        table: &Definition,
        national: bool,
        earlier: &'a [Published],
    ) -> Option<Self> {
        let scale = profile.scale(national);
        let layout = population.lay_out(table)?;
        let with_totals = profile.rounding.totals == Totals::Own;
        let rows = all_rows(population, &layout, profile.audit.most_rows, with_totals);
        let mut sheets = Vec::with_capacity(earlier.len() + 1);
        let (mut places, mut cells) = (Vec::new(), Vec::new());
        for (at, published) in earlier.iter().enumerate() {
            let layout = population.lay_out(&published.definition)?;
            let mut sheet = Sheet::new(layout, published.cells.iter().any(|cell| cell.key.contains(&None)));
            for (place, cell) in published.cells.iter().enumerate() {
                if let Some(key) = population.key(&sheet.layout, &cell.key) {
                    sheet.cells.insert(key, cells.len() as u32);
                }
                places.push((at, place));
                cells.push(Known { range: cell.range, truth: 0, wanted: None });
            }
            sheets.push(sheet);
        }
        let mut sheet = Sheet::new(layout, with_totals);
        for key in &rows {
            sheet.cells.insert(key.clone(), cells.len() as u32);
            cells.push(Known { range: Range { low: 0, high: None }, truth: 0, wanted: None });
        }
        let by = sheet.layout.by.clone();
        sheets.push(sheet);
        let overlapping =
            sheets.last().is_some_and(|sheet| population.units().iter().any(|unit| sheet.layout.rows(unit).len() > 1));
        let mut memberships: Vec<(Vec<u32>, u64)> = population
            .units()
            .iter()
            .map(|unit| (sheets.iter().flat_map(|sheet| sheet.of(unit)).collect(), unit.count))
            .collect();
        for (members, count) in &memberships {
            members.iter().for_each(|cell| cells[*cell as usize].truth += count);
        }
        if scale.small.is_some_and(|(from, _)| from == 0) {
            memberships.extend(phantoms(population, &sheets, &cells));
        }
        let mut board = Self {
            population,
            earlier,
            scale,
            by,
            system: System::new(cells, memberships),
            places,
            outdated: 0,
            own: rows.into_iter().map(|key| (key, Shown::Withheld)).collect(),
            overlapping,
        };
        board.begin();
        Some(board)
    }

    /// What is shown before anything is mended, and what is wanted.
    fn begin(&mut self) {
        let before = self.places.len();
        for (at, (table, place)) in self.places.iter().enumerate() {
            let cell = &self.earlier[*table].cells[*place];
            let known = &mut self.system.cells[at];
            if !cell.range.contains(known.truth) {
                known.range = Range { low: 0, high: None };
                self.outdated += 1;
                continue;
            }
            known.wanted = match (cell.shown, cell.range.high) {
                (Shown::Small, Some(high)) => Some((cell.range.low, high)),
                (Shown::Withheld, _) => self.scale.small.filter(|_| self.scale.is_small(known.truth)),
                _ => None,
            };
        }
        let withheld = self.withheld_before();
        for (at, (_, shown)) in self.own.iter_mut().enumerate() {
            let known = &mut self.system.cells[before + at];
            *shown = self.scale.shown(known.truth);
            if withheld.contains(&((before + at) as u32)) {
                *shown = Shown::Withheld;
            }
            known.range = self.scale.range(*shown);
            known.wanted = self.scale.small.filter(|_| self.scale.is_small(known.truth));
        }
    }

    /// Cells of the table that have the very units of an earlier one that was withheld: they stay so.
    fn withheld_before(&self) -> BTreeSet<u32> {
        let mut members: HashMap<u32, Vec<u32>> = HashMap::new();
        for (at, atom) in self.system.atoms.iter().enumerate().filter(|(_, atom)| atom.count > 0) {
            atom.cells.iter().for_each(|cell| members.entry(*cell).or_default().push(at as u32));
        }
        let was_withheld = |cell: &u32| {
            self.places
                .get(*cell as usize)
                .is_some_and(|(table, place)| self.earlier[*table].cells[*place].shown == Shown::Withheld)
        };
        let before: BTreeSet<&Vec<u32>> =
            members.iter().filter(|(cell, _)| was_withheld(cell)).map(|(_, atoms)| atoms).collect();
        let own = members.iter().filter(|(cell, _)| **cell as usize >= self.places.len());
        own.filter(|(_, atoms)| before.contains(atoms)).map(|(cell, _)| *cell).collect()
    }

    fn describe(&self, report: &mut DisclosureReport) {
        report.cells = self.own.len();
        report.earlier_tables = self.earlier.iter().map(|table| table.id.clone()).collect();
        report.earlier_cells = self.places.len();
        report.earlier_cells_outdated = self.outdated;
        report.atoms = self.system.atoms.len();
    }

    /// For each narrowed cell, withholds the cheapest number of the table that narrows it. Says `false` where one of them is
    /// narrowed by nothing that can be withheld.
    fn mend(&mut self, narrowed: &[Narrowed]) -> bool {
        let mut chosen = BTreeSet::new();
        for one in narrowed {
            let candidates = one.by.iter().filter_map(|cell| {
                let at = (*cell as usize).checked_sub(self.places.len())?;
                let shown = self.own[at].1;
                let truth = self.system.cells[*cell as usize].truth;
                // What is not shown anyway costs nothing to say less about.
                let cost = if shown == Shown::Small { 0 } else { truth };
                (shown != Shown::Withheld).then_some((cost, at))
            });
            match candidates.min() {
                Some((_, at)) => drop(chosen.insert(at)),
                None => return false,
            }
        }
        for at in chosen {
            self.own[at].1 = Shown::Withheld;
            self.system.cells[self.places.len() + at].range = self.scale.range(Shown::Withheld);
        }
        true
    }

    fn gap(&self, narrowed: &Narrowed) -> Gap {
        let table_of = |cell: &u32| match self.places.get(*cell as usize) {
            Some((table, _)) => self.earlier[*table].id.clone(),
            None => "this".to_owned(),
        };
        let key = match self.places.get(narrowed.cell as usize) {
            Some((table, place)) => self.earlier[*table].cells[*place].key.clone(),
            None => self.key_text(&self.own[narrowed.cell as usize - self.places.len()].0),
        };
        let by: BTreeSet<String> = narrowed.by.iter().map(table_of).collect();
        Gap { table: table_of(&narrowed.cell), key, from: narrowed.from, to: narrowed.to, by: by.into_iter().collect() }
    }

    fn key_text(&self, key: &Key) -> Vec<Option<String>> {
        let texts = key
            .iter()
            .zip(&self.by)
            .map(|(code, place)| code.map(|code| self.population.value(*place, code).to_owned()));
        texts.collect()
    }

    fn finish(self, profile: &Profile, mut report: DisclosureReport) -> Protected {
        let before = self.places.len();
        let cells: Vec<Cell> = self
            .own
            .iter()
            .enumerate()
            .map(|(at, (key, shown))| {
                let known = &self.system.cells[before + at];
                Cell { key: self.key_text(key), count: known.truth, shown: *shown, range: known.range }
            })
            .collect();
        report.small = cells.iter().filter(|cell| cell.shown == Shown::Small).count();
        report.withheld = cells.iter().filter(|cell| cell.shown == Shown::Withheld).count();
        let summed = profile.rounding.totals == Totals::SumOfShown && !self.overlapping;
        let sums = if summed { sums(&cells) } else { Vec::new() };
        Protected { cells, sums, report }
    }
}

/// One table, with the number of each of its cells.
struct Sheet {
    layout: Layout,
    with_totals: bool,
    cells: HashMap<Key, u32>,
}

impl Sheet {
    fn new(layout: Layout, with_totals: bool) -> Self {
        Self { layout, with_totals, cells: HashMap::new() }
    }

    /// Cells that a unit is counted in.
    fn of(&self, unit: &super::population::Unit) -> Vec<u32> {
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
fn all_rows(population: &Population, layout: &Layout, most: usize, with_totals: bool) -> Vec<Key> {
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
fn phantoms(population: &Population, sheets: &[Sheet], cells: &[Known]) -> Vec<(Vec<u32>, u64)> {
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
        let unit = super::population::Unit { tuples: vec![tuple.into_boxed_slice()], count: 0 };
        (sheets.iter().flat_map(|sheet| sheet.of(&unit)).collect(), 0)
    });
    memberships.collect()
}

/// Totals of every kind but the rows themselves, each the sum of what its rows show.
fn sums(cells: &[Cell]) -> Vec<(Vec<Option<String>>, Option<u64>)> {
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
