//! A publication held against one of our specifications.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::grid::plain;
use super::{Published, PublishedField, PublishedList};
use crate::Spec;
use crate::model::{CodeList, Field};

/// How a publication differs from a specification.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// Fields of the publication that the specification has not.
    pub added: Vec<String>,
    /// Fields of the specification that the publication has not.
    pub removed: Vec<String>,
    /// Fields whose name is written otherwise: ours, theirs.
    pub renamed: Vec<(String, String)>,
    /// Whether the fields that both have come in another order.
    pub reordered: bool,
    /// Fields whose longest text is another: name, ours, theirs.
    pub lengths: Vec<(String, Option<usize>, usize)>,
    /// Fields that must always be filled there and not here, or the other way round: name, whether there.
    pub mandatory: Vec<(String, bool)>,
    /// Lists that the publication has values for.
    pub lists: Vec<ListNews>,
    /// Lists of the specification that it has no values for.
    pub unlisted: Vec<String>,
}

/// What a publication says of one of our lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListNews {
    /// Our list.
    pub name: String,
    /// The values there, in their order.
    pub values: Vec<String>,
    /// Values that are not in ours.
    pub added: Vec<String>,
    /// Values of ours that are not there.
    pub removed: Vec<String>,
    /// Values that are written otherwise: ours, theirs.
    pub changed: Vec<(String, String)>,
    /// Where they stand.
    pub place: String,
}

impl ListNews {
    /// Whether both have the same values, letter for letter.
    pub fn is_same(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

impl Published {
    /// How this differs from a specification.
    pub fn against(&self, spec: &Spec) -> News {
        let pairs = self.pairs(spec);
        let theirs: BTreeSet<&str> = pairs.iter().map(|(_, theirs)| theirs.name.as_str()).collect();
        let ours: BTreeSet<&str> = pairs.iter().map(|(ours, _)| ours.header.as_str()).collect();
        let order: Vec<usize> =
            pairs.iter().filter_map(|(_, their)| self.fields.iter().position(|f| f.name == their.name)).collect();
        let lists = self.lists_of(spec, &pairs);
        News {
            added: self.fields.iter().filter(|f| !theirs.contains(f.name.as_str())).map(|f| f.name.clone()).collect(),
            removed: spec.headers().filter(|header| !ours.contains(header)).map(str::to_owned).collect(),
            renamed: pairs
                .iter()
                .filter(|(ours, theirs)| ours.header != theirs.name)
                .map(|(ours, theirs)| (ours.header.clone(), theirs.name.clone()))
                .collect(),
            reordered: !order.is_sorted(),
            lengths: pairs.iter().filter_map(|(ours, theirs)| length(ours, theirs)).collect(),
            mandatory: pairs.iter().filter_map(|(ours, theirs)| mandatory(ours, theirs)).collect(),
            unlisted: spec.code_lists.keys().filter(|name| !lists.contains_key(*name)).cloned().collect(),
            lists: lists.into_values().collect(),
        }
    }

    /// Our fields with theirs, in our order.
    fn pairs<'p>(&'p self, spec: &'p Spec) -> Vec<(&'p Field, &'p PublishedField)> {
        let theirs = |ours: &Field| {
            let exact = self.fields.iter().find(|field| field.name == ours.header);
            exact.or_else(|| {
                let names = [plain(&ours.header), plain(&ours.column)];
                self.fields.iter().find(|field| names.contains(&plain(&field.name)))
            })
        };
        spec.fields.iter().filter_map(|ours| Some((ours, theirs(ours)?))).collect()
    }

    fn lists_of(&self, spec: &Spec, pairs: &[(&Field, &PublishedField)]) -> BTreeMap<String, ListNews> {
        let mut found = BTreeMap::new();
        let named = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| plain(name)).filter(|name| !name.is_empty()).collect();
            names.iter().find_map(|wanted| self.lists.iter().find(|(name, _)| plain(name) == *wanted))
        };
        for field in &spec.fields {
            let Some(ours) = &field.codes else { continue };
            let theirs = pairs.iter().find(|(own, _)| own.header == field.header).map(|(_, theirs)| *theirs);
            let (name, list) = theirs.map_or(("", ""), |theirs| (theirs.name.as_str(), theirs.list.as_str()));
            if let Some((_, list)) = named(&[name, list, &field.header, &field.column, &ours.name]) {
                found.entry(ours.name.clone()).or_insert_with(|| news(ours, list));
            }
        }
        found
    }
}

fn length(ours: &Field, theirs: &PublishedField) -> Option<(String, Option<usize>, usize)> {
    let length = theirs.length.filter(|length| {
        ours.codes.is_none() && ours.kind == crate::FieldKind::Text && Some(*length) != ours.max_length
    })?;
    Some((ours.header.clone(), ours.max_length, length))
}

fn mandatory(ours: &Field, theirs: &PublishedField) -> Option<(String, bool)> {
    let there = theirs.mandatory?;
    let here = ours.mandatory == crate::Condition::Always;
    (there != here).then(|| (ours.header.clone(), there))
}

fn news(ours: &CodeList, theirs: &PublishedList) -> ListNews {
    let values: Vec<String> = theirs.values.clone();
    let has = |value: &str| values.iter().any(|known| known == value);
    let mut added: Vec<String> = values.iter().filter(|value| !ours.contains(value)).cloned().collect();
    let mut removed: Vec<String> =
        ours.codes.iter().map(|code| code.value.clone()).filter(|value| !has(value)).collect();
    let mut changed = Vec::new();
    removed.retain(|before| match added.iter().position(|now| plain(now) == plain(before)) {
        Some(at) => {
            changed.push((before.clone(), added.remove(at)));
            false
        }
        None => true,
    });
    ListNews { name: ours.name.clone(), values, added, removed, changed, place: theirs.place.clone() }
}

impl fmt::Display for News {
    /// For people, a line for each thing.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.added.iter().try_for_each(|name| writeln!(f, "+ field {name}"))?;
        self.removed.iter().try_for_each(|name| writeln!(f, "- field {name}"))?;
        self.renamed.iter().try_for_each(|(ours, theirs)| writeln!(f, "~ field {ours} is written {theirs}"))?;
        if self.reordered {
            writeln!(f, "~ the fields come in another order")?;
        }
        for (name, ours, theirs) in &self.lengths {
            let ours = ours.map_or_else(
                || "without a longest length".to_owned(),
                |length| format!("of at most {length} characters"),
            );
            writeln!(f, "~ field {name} has at most {theirs} characters and is {ours} here")?;
        }
        for (name, there) in &self.mandatory {
            let (there, here) =
                if *there { ("always mandatory", "not always") } else { ("not always mandatory", "always") };
            writeln!(f, "~ field {name} is {there} there and {here} here")?;
        }
        for list in &self.lists {
            let same = if list.is_same() { ", the same as ours" } else { "" };
            writeln!(f, "list {}: {} values from {}{same}", list.name, list.values.len(), list.place)?;
            list.added.iter().try_for_each(|value| writeln!(f, "  + {value}"))?;
            list.removed.iter().try_for_each(|value| writeln!(f, "  - {value}"))?;
            list.changed.iter().try_for_each(|(ours, theirs)| writeln!(f, "  ~ {ours} is written {theirs}"))?;
        }
        self.unlisted.iter().try_for_each(|name| writeln!(f, "list {name}: no values found"))
    }
}
