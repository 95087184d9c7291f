//! Which specification a file was made for, told from its header and its first records.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use fairway_domain::SpecName;

use crate::model::Field;
use crate::{Spec, builtin};

/// How well a header fits a specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognition {
    /// The specification.
    pub name: SpecName,
    /// Columns that have the name of the specification's column in their place.
    pub in_place: usize,
    /// Columns of the specification that are there in any place, spelt exactly.
    pub found: usize,
    /// Columns of the specification that are there in any place, but for case, spaces and underscores.
    pub nearly: usize,
    /// Columns of the specification that are not there, not even nearly.
    pub missing: usize,
    /// Columns of the file that the specification does not name, not even nearly.
    pub extra: usize,
    /// Values of coded fields looked at; 0 where only the header was.
    pub values: usize,
    /// Those which are in the specification's lists.
    pub values_in_list: usize,
}

impl Recognition {
    /// Whether the header is the specification's, column by column.
    pub fn is_exact(&self) -> bool {
        self.missing == 0 && self.extra == 0 && self.nearly == self.found && self.in_place == self.found
    }

    /// Whether the file was most likely made for the specification: half of its columns are there or nearly.
    pub fn is_likely(&self) -> bool {
        self.nearly >= self.missing && self.nearly > 0
    }
}

/// How the specifications that come with Fairway fit a header, best first. Of releases that fit equally well the newest is first.
pub fn recognise(header: &[&str]) -> Vec<Recognition> {
    recognise_by_values::<&[&str], &str>(header, &[])
}

/// As [`recognise`], where releases whose columns fit equally well are told apart by how many values of the first records
/// are in their code lists. Cells beyond the header are passed over; so are blanks.
pub fn recognise_by_values<R: AsRef<[C]>, C: AsRef<str>>(header: &[&str], records: &[R]) -> Vec<Recognition> {
    recognise_among(&builtin_specs(), header, records)
}

/// As [`recognise_by_values`], among these specifications. Of those that fit equally well, the one given first is first.
pub fn recognise_among<R: AsRef<[C]>, C: AsRef<str>>(
    specs: &[Arc<Spec>],
    header: &[&str],
    records: &[R],
) -> Vec<Recognition> {
    let sent = Sent::of(header);
    let mut found: Vec<Recognition> = specs.iter().map(|spec| recognition(spec, &sent, records)).collect();
    // The sort is stable: of equals, the first given stays first.
    found.sort_by_key(|r| {
        (Reverse(r.nearly), Reverse(r.found), r.extra, Reverse(r.in_place), Reverse(r.values_in_list))
    });
    found
}

/// Those that come with Fairway, the newest first.
fn builtin_specs() -> Vec<Arc<Spec>> {
    builtin().iter().rev().filter_map(|name| Spec::builtin(name).ok()).collect()
}

/// A file's header, as it stands and without what people vary.
struct Sent<'h> {
    header: &'h [&'h str],
    exact: HashSet<&'h str>,
    folded: Vec<String>,
}

impl<'h> Sent<'h> {
    fn of(header: &'h [&'h str]) -> Self {
        Self { header, exact: header.iter().copied().collect(), folded: header.iter().map(|name| fold(name)).collect() }
    }
}

fn recognition<R: AsRef<[C]>, C: AsRef<str>>(spec: &Spec, sent: &Sent<'_>, records: &[R]) -> Recognition {
    let folded: HashSet<&str> = sent.folded.iter().map(String::as_str).collect();
    // Of two headers alike but for case, the first is meant.
    let mut known: HashMap<String, &Field> = HashMap::new();
    for field in &spec.fields {
        known.entry(fold(&field.header)).or_insert(field);
    }
    let nearly = spec.headers().filter(|name| folded.contains(fold(name).as_str())).count();
    let fields: Vec<Option<&Field>> = sent.folded.iter().map(|name| known.get(name).copied()).collect();
    let (values, values_in_list) = values(spec, &fields, records);
    Recognition {
        name: spec.name.clone(),
        in_place: spec.headers().zip(sent.header).filter(|(name, sent)| name == *sent).count(),
        found: spec.headers().filter(|name| sent.exact.contains(name)).count(),
        nearly,
        missing: spec.fields.len() - nearly,
        extra: fields.iter().filter(|field| field.is_none()).count(),
        values,
        values_in_list,
    }
}

/// How many values of coded fields there are, and how many are in their list.
fn values<R: AsRef<[C]>, C: AsRef<str>>(spec: &Spec, fields: &[Option<&Field>], records: &[R]) -> (usize, usize) {
    let mut tally = (0, 0);
    for record in records {
        for (field, cell) in fields.iter().zip(record.as_ref()) {
            let list = field.and_then(|field| field.codes.as_ref());
            let cell = cell.as_ref().trim();
            if let Some(list) = list.filter(|_| !spec.missing_values.iter().any(|missing| missing == cell)) {
                tally.0 += 1;
                tally.1 += usize::from(list.contains(cell));
            }
        }
    }
    tally
}

/// A header without case, spaces, underscores and punctuation.
fn fold(header: &str) -> String {
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
