//! The header against the specification: every departure, with the nearest name where there is one.

mod near;

use fairway_spec::Dialect;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::plan::{Builtin, Plan, letter};
use near::{Comparer, Letters};

/// How a file's columns lie to the specification's.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// For each column of the specification, where it stands in the file.
    pub positions: Vec<Option<usize>>,
    /// How many cells the header has.
    pub width: usize,
    /// What is wrong.
    pub faults: Vec<HeaderFault>,
}

impl Layout {
    /// The layout of a file without a header: columns as the specification has them.
    pub fn in_order(width: usize) -> Self {
        Self { positions: (0..width).map(Some).collect(), width, faults: Vec::new() }
    }
}

/// One departure of the header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct HeaderFault {
    pub rule: Builtin,
    /// The specification's column, where one is meant.
    pub column: Option<usize>,
    /// The cell of the header, where there is one.
    pub position: Option<usize>,
    /// The name as sent, shortened; empty where it might be data.
    pub found: String,
    /// The letter that the column should have.
    pub expected: String,
    /// The nearest name of the specification.
    pub nearest: String,
    /// The name is the column's but for capitals.
    pub other_capitals: bool,
}

/// What a first record is.
#[derive(Debug)]
pub(crate) enum FirstRecord {
    /// A header, more or less.
    Header(Layout),
    /// A header between other separators, named in words.
    OtherDelimiter(&'static str),
    /// A line such as `sep=,`, which some spreadsheets write before the header.
    SeparatorLine,
    /// No header of this specification.
    Other,
}

/// How many parts of a header are looked at for another separator.
const MOST_PARTS: usize = 1000;

/// Looks at the first record.
pub(crate) fn look(plan: &Plan<'_>, names: &[&str]) -> FirstRecord {
    let first = names.first().map(|name| name.to_ascii_lowercase()).unwrap_or_default();
    if names.len() <= 2 && first.len() <= 6 && first.starts_with("sep=") {
        return FirstRecord::SeparatorLine;
    }
    let layout = match_names(plan, names);
    let matched = layout.positions.iter().flatten().count();
    let enough = if plan.spec.dialect.columns.allows_fewer() { 1 } else { plan.columns.len().div_ceil(2) };
    if matched >= enough {
        return FirstRecord::Header(layout);
    }
    if let Some(delimiter) = other_delimiter(plan, names) {
        return FirstRecord::OtherDelimiter(delimiter);
    }
    FirstRecord::Other
}

/// The separator that would make a header of these names, if one does.
fn other_delimiter(plan: &Plan<'_>, names: &[&str]) -> Option<&'static str> {
    let known: FxHashSet<String> = plan.columns.iter().map(|column| plain(&column.field.header)).collect();
    SEPARATORS.into_iter().find_map(|(mark, word)| {
        let parts = names.iter().flat_map(|name| name.split(char::from(mark))).take(MOST_PARTS);
        let hits = parts.filter(|part| known.contains(&plain(part))).count();
        (hits > 1 && hits * 2 >= plan.columns.len()).then_some(word)
    })
}

const SEPARATORS: [(u8, &str); 5] =
    [(b',', "commas"), (b';', "semicolons"), (b'\t', "tabs"), (b'|', "vertical bars"), (b':', "colons")];

/// What a separator is called, in the plural.
pub(crate) fn name_of(separator: u8) -> &'static str {
    SEPARATORS.into_iter().find_map(|(mark, word)| (mark == separator).then_some(word)).unwrap_or("another character")
}

/// Letters and digits alone, in lower case: what two spellings of one name have in common.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect()
}

fn match_names(plan: &Plan<'_>, names: &[&str]) -> Layout {
    let headers = plan.columns.iter().map(|column| column.field.header.as_str()).collect();
    let mut matching = Matching::new(headers, names);
    if matching.is_exact() {
        let positions = (0..names.len()).map(Some).collect();
        return Layout { positions, width: names.len(), faults: Vec::new() };
    }
    matching.settle_all();
    let dialect = &plan.spec.dialect;
    matching.faults.retain(|fault| !is_allowed(fault, dialect));
    matching.faults.sort_by_key(|fault| (fault.position.is_none(), fault.position, fault.column));
    Layout { positions: matching.positions, width: names.len(), faults: matching.faults }
}

/// Whether the specification lets a header depart so.
fn is_allowed(fault: &HeaderFault, dialect: &Dialect) -> bool {
    match fault.rule {
        Builtin::HeaderOrder => !dialect.columns.ordered(),
        Builtin::HeaderExtra => dialect.columns.allows_more(),
        Builtin::HeaderMissing => dialect.columns.allows_fewer(),
        Builtin::HeaderMisnamed => !dialect.header_case && fault.other_capitals,
        _ => false,
    }
}

struct Matching<'m> {
    headers: Vec<&'m str>,
    names: &'m [&'m str],
    positions: Vec<Option<usize>>,
    taken: Vec<bool>,
    faults: Vec<HeaderFault>,
    comparer: Comparer,
}

impl<'m> Matching<'m> {
    fn new(headers: Vec<&'m str>, names: &'m [&'m str]) -> Self {
        Self {
            positions: vec![None; headers.len()],
            taken: vec![false; names.len()],
            faults: Vec::new(),
            comparer: Comparer::default(),
            headers,
            names,
        }
    }

    fn is_exact(&self) -> bool {
        self.headers == self.names
    }

    fn settle_all(&mut self) {
        self.by_name();
        self.by_plain_name();
        let matched = self.positions.iter().flatten().count();
        let headers: Vec<Letters> = self.headers.iter().map(|header| Letters::of(header)).collect();
        if matched * 3 >= self.headers.len() {
            self.by_distance(&headers);
        }
        self.leftovers(&headers);
        self.order();
    }

    fn fault(&mut self, rule: Builtin, column: Option<usize>, position: Option<usize>) -> &mut HeaderFault {
        let found = position.and_then(|position| self.names.get(position)).map_or_else(String::new, |n| shown(n));
        let expected = column.map(letter).unwrap_or_default();
        let name = position.and_then(|position| self.names.get(position)).copied().unwrap_or_default();
        let header = column.and_then(|column| self.headers.get(column)).copied().unwrap_or_default();
        let other_capitals = name.to_lowercase() == header.to_lowercase();
        self.faults.push(HeaderFault {
            rule,
            column,
            position,
            found,
            expected,
            nearest: String::new(),
            other_capitals,
        });
        let last = self.faults.len() - 1;
        &mut self.faults[last]
    }

    fn settle(&mut self, column: usize, position: usize) {
        self.positions[column] = Some(position);
        self.taken[position] = true;
    }

    fn by_name(&mut self) {
        let mut at: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for (position, name) in self.names.iter().enumerate() {
            at.entry(name).or_default().push(position);
        }
        for column in 0..self.headers.len() {
            let Some(found) = at.get(self.headers[column]) else { continue };
            for position in found {
                if self.positions[column].is_none() {
                    self.settle(column, *position);
                } else {
                    self.taken[*position] = true;
                    self.fault(Builtin::HeaderRepeated, Some(column), Some(*position));
                }
            }
        }
    }

    fn by_plain_name(&mut self) {
        let mut at: FxHashMap<String, usize> = FxHashMap::default();
        for (position, name) in self.names.iter().enumerate() {
            if !self.taken[position] {
                at.entry(plain(name)).or_insert(position);
            }
        }
        for column in 0..self.headers.len() {
            let Some(position) = at.get(&plain(self.headers[column])).copied() else { continue };
            if self.positions[column].is_none() && !self.taken[position] {
                self.settle(column, position);
                self.fault(Builtin::HeaderMisnamed, Some(column), Some(position));
            }
        }
    }

    /// Gives what is left to its nearest name, the nearest pair first; a third of the letters may differ.
    fn by_distance(&mut self, headers: &[Letters]) {
        let mut pairs = self.near_pairs(headers);
        pairs.sort_unstable();
        for (_, _, column, position) in pairs {
            if self.positions[column].is_none() && !self.taken[position] {
                self.settle(column, position);
                self.fault(Builtin::HeaderMisnamed, Some(column), Some(position));
            }
        }
    }

    /// Columns and names that are near enough: how many letters differ, how many columns they lie apart, and both. Where
    /// not all can be compared, those that lie next to one another are.
    fn near_pairs(&mut self, headers: &[Letters]) -> Vec<(usize, usize, usize, usize)> {
        let mut pairs = Vec::new();
        let names: Vec<Letters> = self.names.iter().map(|name| Letters::of(name)).collect();
        let columns: Vec<usize> = (0..headers.len()).filter(|column| self.positions[*column].is_none()).collect();
        for apart in 0..headers.len().max(names.len()) {
            for column in &columns {
                self.comparer.pass();
                let after = (apart > 0).then(|| column + apart);
                for position in [column.checked_sub(apart), after].into_iter().flatten() {
                    if self.taken.get(position) != Some(&false) {
                        continue;
                    }
                    let most = headers[*column].count() / 3;
                    let distance = self.comparer.distance(&headers[*column], &names[position], most);
                    pairs.extend(distance.map(|distance| (distance, apart, *column, position)));
                }
            }
            if self.comparer.is_spent() {
                break;
            }
        }
        pairs
    }

    fn leftovers(&mut self, headers: &[Letters]) {
        for column in 0..self.headers.len() {
            if self.positions[column].is_none() {
                self.fault(Builtin::HeaderMissing, Some(column), None);
            }
        }
        for position in 0..self.names.len() {
            if !self.taken[position] {
                let nearest = self.nearest(position, headers);
                self.fault(Builtin::HeaderExtra, None, Some(position)).nearest = nearest;
            }
        }
    }

    /// The header that is nearest to a name; none where there are too many to say.
    fn nearest(&mut self, position: usize, headers: &[Letters]) -> String {
        if self.comparer.is_spent() {
            return String::new();
        }
        let name = self.names[position];
        let letters = Letters::of(name);
        let mut nearest = (usize::MAX, "");
        for (header, others) in self.headers.iter().zip(headers) {
            let most = if name.len() <= 2 * header.len() { nearest.0.saturating_sub(1) } else { 0 };
            nearest = self.comparer.distance(others, &letters, most).map_or(nearest, |distance| (distance, *header));
        }
        if self.comparer.is_spent() { String::new() } else { nearest.1.to_owned() }
    }

    /// Notes the columns that would have to move: those outside the longest run that is in order already.
    fn order(&mut self) {
        let placed: Vec<(usize, usize)> =
            self.positions.iter().enumerate().filter_map(|(c, p)| p.map(|position| (c, position))).collect();
        let stays = longest_rise(&placed.iter().map(|(_, position)| *position).collect::<Vec<_>>());
        for ((column, position), stays) in placed.into_iter().zip(stays) {
            if !stays {
                self.fault(Builtin::HeaderOrder, Some(column), Some(position));
            }
        }
    }
}

/// Which members of a sequence belong to its longest rising run (not necessarily of neighbours).
fn longest_rise(sequence: &[usize]) -> Vec<bool> {
    // For each length, where the run of that length ends that is the easiest to go on with.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(sequence.len());
    for (at, value) in sequence.iter().enumerate() {
        let length = ends.partition_point(|end| sequence[*end] < *value);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() { ends.push(at) } else { ends[length] = at }
    }
    let mut member = vec![false; sequence.len()];
    let mut next = ends.last().copied();
    while let Some(at) = next {
        member[at] = true;
        next = before[at];
    }
    member
}

/// A name of the header fit for a message: no control characters, not long, and not a name at all where it might be a
/// person's number or date that slipped into the first line.
fn shown(name: &str) -> String {
    if name.bytes().filter(u8::is_ascii_digit).count() > 3 {
        return "a name with digits".to_owned();
    }
    if name.trim().is_empty() {
        return "blank".to_owned();
    }
    let clean: String = name.chars().map(|c| if visible(c) { c } else { '\u{fffd}' }).take(60).collect();
    if name.chars().count() > 60 { format!("{clean}…") } else { clean }
}

/// Whether a character is seen, and only seen.
pub(crate) fn visible(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_that_stay_are_the_most_there_can_be() {
        assert_eq!(longest_rise(&[0, 3, 1, 2]), [true, false, true, true]);
        assert_eq!(longest_rise(&[]), [false; 0]);
        let back_to_front: Vec<usize> = (0..200_000).rev().collect();
        assert_eq!(longest_rise(&back_to_front).iter().filter(|stays| **stays).count(), 1);
    }

    fn settled<'m>(headers: &'m [String], names: &'m [&'m str]) -> Matching<'m> {
        let mut matching = Matching::new(headers.iter().map(String::as_str).collect(), names);
        matching.settle_all();
        matching
    }

    /// Headers of thousands of columns that look much alike.
    fn wide() -> Vec<String> {
        (0..3000).map(|at| format!("Reported Column Of The Wide Return {at}")).collect()
    }

    #[test]
    fn of_thousands_of_misnamed_columns_each_finds_its_neighbour() {
        let headers = wide();
        let sent: Vec<String> = (0..)
            .zip(&headers)
            .map(|(at, h)| if at % 3 == 0 { h.clone() } else { h.replace("Wide", "Wild") })
            .collect();
        let names: Vec<&str> = sent.iter().map(String::as_str).collect();
        let matching = settled(&headers, &names);
        assert!(matching.comparer.is_spent());
        assert!(matching.positions.iter().enumerate().all(|(column, position)| *position == Some(column)));
        assert_eq!(matching.faults.len(), 2000);
    }

    #[test]
    fn of_thousands_of_strange_columns_all_are_named_and_the_work_ends() {
        let headers = wide();
        let sent: Vec<String> = (0..20_000).map(|at| format!("Something Altogether Else, number {at}")).collect();
        let names: Vec<&str> = sent.iter().map(String::as_str).collect();
        let matching = settled(&headers, &names);
        assert!(matching.comparer.is_spent());
        assert_eq!(matching.faults.len(), 23_000);
    }

    #[test]
    fn a_huge_header_is_passed_over() {
        let headers = [vec!["h".repeat(65_536)], wide()[..2].to_vec()].concat();
        let sent = ["i".repeat(65_536), "h".repeat(65_535)];
        let names = [&headers[1], &headers[2], &sent[0], &sent[1]].map(|name| name.as_str());
        let matching = settled(&headers, &names);
        assert_eq!(matching.positions, [None, Some(0), Some(1)]);
        assert!(!matching.comparer.is_spent());
    }

    #[test]
    fn a_name_that_might_be_data_is_not_shown() {
        assert_eq!(shown("9990000018"), "a name with digits");
        assert_eq!(shown("nhs\u{200b}_number"), "nhs\u{fffd}_number");
    }
}
