use std::fmt;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use fairway_domain::{Fault, FaultExt};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Kind;

/// Shortest identifier searched for inside cells: anything shorter stands in too many codes and amounts by chance.
const SHORTEST_TOKEN: usize = 5;
/// Shortest identifier searched for as a whole cell.
const SHORTEST_CELL: usize = 2;

/// How an identifier must stand to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Anywhere in a cell, with no letter or digit right before or after: NHS numbers, local identifiers, postcodes.
    /// At least five bytes.
    Token,
    /// As a whole cell: names, which are also words (White, Day, Long). At least two bytes.
    Cell,
}

/// Identifiers to be searched for byte for byte, ASCII letters in any case. They are never printed.
#[derive(Default)]
pub struct Needles {
    tokens: Option<AhoCorasick>,
    /// The label of each pattern of `tokens`.
    labels: Vec<&'static str>,
    cells: FxHashMap<Vec<u8>, &'static str>,
    /// The values of `cells`, to be searched for where there are no cells.
    cells_anywhere: Option<AhoCorasick>,
    cell_labels: Vec<&'static str>,
    longest: usize,
    too_short: u64,
}

impl Needles {
    /// Takes identifiers, each with the label that a report shows (such as `surname`) and the way it must stand. White
    /// space round them is cut off; what is empty is passed over, what is too short is counted.
    ///
    /// # Errors
    /// When there are more than the search can hold.
    pub fn new<T: AsRef<[u8]>>(needles: impl IntoIterator<Item = (&'static str, Fit, T)>) -> Result<Self, Fault> {
        let mut made = Self::default();
        let mut patterns: Vec<Vec<u8>> = Vec::new();
        let mut seen = FxHashSet::default();
        for (label, fit, needle) in needles {
            let needle = needle.as_ref().trim_ascii().to_ascii_lowercase();
            let shortest = if fit == Fit::Token { SHORTEST_TOKEN } else { SHORTEST_CELL };
            if needle.len() < shortest {
                made.too_short += u64::from(!needle.is_empty());
                continue;
            }
            made.longest = made.longest.max(needle.len());
            match fit {
                Fit::Cell => {
                    made.cells.entry(needle).or_insert(label);
                }
                Fit::Token if seen.insert(needle.clone()) => {
                    patterns.push(needle);
                    made.labels.push(label);
                }
                Fit::Token => {}
            }
        }
        made.tokens = search(&patterns)?;
        let long_enough = || made.cells.iter().filter(|(needle, _)| needle.len() >= SHORTEST_TOKEN);
        made.cells_anywhere = search(&long_enough().map(|(needle, _)| needle).collect::<Vec<_>>())?;
        made.cell_labels = long_enough().map(|(_, label)| *label).collect();
        Ok(made)
    }

    /// How many identifiers were too short to be searched for.
    pub fn too_short(&self) -> u64 {
        self.too_short
    }

    /// How many identifiers are searched for.
    pub fn len(&self) -> usize {
        self.labels.len() + self.cells.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of the longest.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    pub(super) fn in_cell(&self, cell: &[u8], sink: &mut dyn FnMut(Kind)) {
        standing_alone(self.tokens.as_ref(), &self.labels, cell, &mut |kind, _| sink(kind));
        let cell = cell.trim_ascii();
        if !self.cells.is_empty() && (SHORTEST_CELL..=self.longest).contains(&cell.len()) {
            let label = self.cells.get(&cell.to_ascii_lowercase());
            label.into_iter().for_each(|label| sink(Kind::Given(label)));
        }
    }

    /// In text without cells, what must be a whole cell must stand alone, from five bytes up.
    pub(super) fn in_text(&self, bytes: &[u8], sink: &mut dyn FnMut(Kind, usize)) {
        standing_alone(self.tokens.as_ref(), &self.labels, bytes, sink);
        standing_alone(self.cells_anywhere.as_ref(), &self.cell_labels, bytes, sink);
    }

    pub(super) fn anywhere(&self, bytes: &[u8], sink: &mut dyn FnMut(Kind, usize)) {
        each(self.tokens.as_ref(), &self.labels, bytes, |label, start, _| sink(Kind::Given(label), start));
        each(self.cells_anywhere.as_ref(), &self.cell_labels, bytes, |label, start, _| sink(Kind::Given(label), start));
    }
}

fn search<T: AsRef<[u8]>>(patterns: &[T]) -> Result<Option<AhoCorasick>, Fault> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let search = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(patterns);
    search.map(Some).fault("identifiers are too many to be searched for at once")
}

fn standing_alone(
    search: Option<&AhoCorasick>,
    labels: &[&'static str],
    bytes: &[u8],
    sink: &mut dyn FnMut(Kind, usize),
) {
    // Bytes of 0x80 and above are letters of UTF-8, or close enough.
    let letter = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at)).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80)
    };
    each(search, labels, bytes, |label, start, end| {
        if !letter(start.checked_sub(1)) && !letter(Some(end)) {
            sink(Kind::Given(label), start);
        }
    });
}

fn each(
    search: Option<&AhoCorasick>,
    labels: &[&'static str],
    bytes: &[u8],
    mut found: impl FnMut(&'static str, usize, usize),
) {
    for hit in search.into_iter().flat_map(|search| search.find_overlapping_iter(bytes)) {
        if let Some(label) = labels.get(hit.pattern().as_usize()) {
            found(label, hit.start(), hit.end());
        }
    }
}

impl fmt::Debug for Needles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} identifiers]", self.len())
    }
}
