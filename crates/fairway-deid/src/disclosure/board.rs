use std::collections::{BTreeSet, HashMap};

use super::audit::Narrowed;
use super::population::{Key, Population};
use super::profile::Totals;
use super::protect::{Cell, DisclosureReport, Gap, Protected, Published};
use super::sheet::{Sheet, all_rows, phantoms, sums};
use super::system::{Known, System};
use super::{Definition, Profile, Range, Scale, Shown};

/// All numbers on one board: those published before first, then those of the table.
pub struct Board<'a> {
    population: &'a Population,
    earlier: &'a [Published],
    scale: Scale,
    by: Vec<usize>,
    pub system: System,
    /// For each number of an earlier table, which table and which of its cells.
    places: Vec<(usize, usize)>,
    outdated: usize,
    /// Rows of the table itself, with what is shown; they follow the earlier ones in the system.
    pub own: Vec<(Key, Shown)>,
    /// Whether somebody is in several rows.
    overlapping: bool,
}

impl<'a> Board<'a> {
    pub fn lay(
        profile: &Profile,
        population: &'a Population,
        table: &Definition,
        national: bool,
        earlier: &'a [Published],
    ) -> Option<Self> {
        let layout = population.lay_out(table)?;
        let with_totals = profile.rounding.totals == Totals::Own;
        let rows = all_rows(population, &layout, profile.audit.most_rows, with_totals);
        let (mut sheets, places, mut cells) = sheets_of(population, earlier)?;
        let mut sheet = Sheet::new(layout, with_totals);
        for key in &rows {
            sheet.cells.insert(key.clone(), cells.len() as u32);
            cells.push(Known { range: Range { low: 0, high: None }, truth: 0, wanted: None });
        }
        let by = sheet.layout.by.clone();
        let overlapping = population.units().iter().any(|unit| sheet.layout.rows(unit).len() > 1);
        sheets.push(sheet);
        let mut memberships: Vec<(Vec<u32>, u64)> = population
            .units()
            .iter()
            .map(|unit| (sheets.iter().flat_map(|sheet| sheet.of(unit)).collect(), unit.count))
            .collect();
        for (members, count) in &memberships {
            members.iter().for_each(|cell| cells[*cell as usize].truth += count);
        }
        let scale = profile.scale(national);
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

    pub fn describe(&self, report: &mut DisclosureReport) {
        report.cells = self.own.len();
        report.earlier_tables = self.earlier.iter().map(|table| table.id.clone()).collect();
        report.earlier_cells = self.places.len();
        report.earlier_cells_outdated = self.outdated;
        report.atoms = self.system.atoms.len();
    }

    /// For each narrowed cell, withholds the cheapest number of the table that narrows it. Says `false` where one of them is
    /// narrowed by nothing that can be withheld.
    pub fn mend(&mut self, narrowed: &[Narrowed]) -> bool {
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

    pub fn gap(&self, narrowed: &Narrowed) -> Gap {
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

    pub fn finish(self, profile: &Profile, mut report: DisclosureReport) -> Protected {
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

/// The tables of `earlier` as sheets; for each of their numbers, which table and which of its cells; what is known of each.
type Earlier = (Vec<Sheet>, Vec<(usize, usize)>, Vec<Known>);

fn sheets_of(population: &Population, earlier: &[Published]) -> Option<Earlier> {
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
    Some((sheets, places, cells))
}
