//! The picture of the way: six stations with their figures, lying for wide windows and standing for narrow ones.

use crate::Totals;
use crate::format::{counted, number};

/// One station of the way.
#[derive(Debug, PartialEq, Eq)]
pub struct Station {
    /// The step's name.
    pub name: &'static str,
    /// Its figure.
    pub figure: String,
    /// What the figure counts.
    pub unit: &'static str,
    /// What left the way here; empty for nothing.
    pub left: String,
}

/// The stations, from land to release.
pub fn stations(totals: &Totals) -> [Station; 6] {
    let passed = totals.files_checked - totals.files_rejected.min(totals.files_checked);
    let not_found = totals.people_asked - totals.people_matched.min(totals.people_asked);
    [
        station("Land", totals.files, ["file", "files"], String::new()),
        station(
            "Check",
            passed,
            ["file passed", "files passed"],
            some(totals.files_rejected, ["rejected", "rejected"]),
        ),
        station(
            "Load",
            totals.records_loaded,
            ["record", "records"],
            some(totals.records_left_out, ["left out", "left out"]),
        ),
        station("Trace", totals.people_matched, ["person found", "people found"], some(not_found, ["not found"; 2])),
        station("De-identify", totals.records_deidentified, ["record", "records"], String::new()),
        station("Release", totals.releases, ["extract", "extracts"], some(totals.requests_refused, ["refused"; 2])),
    ]
}

fn station(name: &'static str, count: u64, [one, many]: [&'static str; 2], left: String) -> Station {
    Station { name, figure: number(count), unit: if count == 1 { one } else { many }, left }
}

fn some(count: u64, [one, many]: [&'static str; 2]) -> String {
    if count == 0 { String::new() } else { counted(count, one, many) }
}

/// A station with its place in the lying picture (`x` of its left edge) and in the standing one (`y` of its top).
pub struct Placed {
    /// The station.
    pub station: Station,
    /// Left edge, lying.
    pub x: usize,
    /// Top edge, standing.
    pub y: usize,
    /// Whether an arrow leads on from here.
    pub leads_on: bool,
}

/// Distance from one left edge to the next, lying; boxes are 136 wide.
const LYING_STEP: usize = 164;
/// Distance from one top edge to the next, standing; boxes are 56 high.
const STANDING_STEP: usize = 88;

/// Puts the stations into the two pictures.
pub fn place(stations: [Station; 6]) -> Vec<Placed> {
    let last = stations.len() - 1;
    let placed = stations.into_iter().enumerate().map(|(index, station)| Placed {
        station,
        x: 2 + index * LYING_STEP,
        y: 2 + index * STANDING_STEP,
        leads_on: index < last,
    });
    placed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_way_is_shown_where_it_leaves() {
        let totals = Totals {
            files: 5,
            files_checked: 5,
            files_rejected: 1,
            records_loaded: 11_930,
            records_left_out: 70,
            people_asked: 2_991,
            people_matched: 2_804,
            records_deidentified: 11_930,
            releases: 1,
            ..Totals::default()
        };
        let told: Vec<String> =
            stations(&totals).iter().map(|s| format!("{}: {} {} / {}", s.name, s.figure, s.unit, s.left)).collect();
        assert_eq!(
            told,
            [
                "Land: 5 files / ",
                "Check: 4 files passed / 1 rejected",
                "Load: 11,930 records / 70 left out",
                "Trace: 2,804 people found / 187 not found",
                "De-identify: 11,930 records / ",
                "Release: 1 extract / ",
            ]
        );
    }

    #[test]
    fn figures_that_cannot_be_do_not_stop_the_page() {
        let totals = Totals { files_rejected: 3, people_matched: 9, ..Totals::default() };
        assert_eq!(stations(&totals)[1].figure, "0");
        assert_eq!(stations(&totals)[3].left, "");
    }
}
