use serde::Serialize;

use super::audit::{Audited, audit};
use super::board::Board;
use super::{Definition, Population, Profile, Range, Shown};

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
