//! What changed from one release to another.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use fairway_domain::SpecName;

use crate::form::{Bound, Form, Limits};
use crate::model::{Code, CodeList, Confidence, Field, Rule};
use crate::{Condition, Spec};

/// What is different in the second of two specifications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecDiff {
    /// The first.
    pub from: SpecName,
    /// The second.
    pub to: SpecName,
    /// Fields added, removed or changed, requirements apart.
    pub fields: Vec<Difference>,
    /// Where a field means something or must be filled.
    pub requirements: Vec<Difference>,
    /// Code lists.
    pub lists: Vec<ListDifference>,
    /// Rules.
    pub rules: Vec<Difference>,
}

/// One thing that is different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The header or the rule's id.
    pub name: String,
    /// What about it.
    pub change: Change,
}

/// How a thing is different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It is in the second alone.
    Added,
    /// It is in the first alone.
    Removed,
    /// One aspect of it is another.
    Changed {
        /// Which: `class`, `message`.
        aspect: &'static str,
        /// In the first.
        from: String,
        /// In the second.
        to: String,
    },
}

/// How the values of a code list are different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListDifference {
    /// The list's name.
    pub name: String,
    /// Values that are called otherwise now, by the map between the releases.
    pub renamed: Vec<(String, String)>,
    /// Values of the second that no value of the first became.
    pub added: Vec<String>,
    /// Values of the first that nothing takes the place of.
    pub removed: Vec<String>,
}

/// What is different in `to`, seen from `from`.
pub fn diff(from: &Spec, to: &Spec) -> SpecDiff {
    SpecDiff {
        from: from.name.clone(),
        to: to.name.clone(),
        fields: compare(&by(&from.fields, header), &by(&to.fields, header), field_aspects),
        requirements: compare_common(&by(&from.fields, header), &by(&to.fields, header), requirement_aspects),
        lists: lists(from, to),
        rules: compare(&by(&from.rules, |rule| &rule.id), &by(&to.rules, |rule| &rule.id), rule_aspects),
    }
}

/// Things by name, in their order.
type Named<'s, T> = Vec<(&'s str, &'s T)>;
type Aspects = Vec<(&'static str, String)>;

fn header(field: &Field) -> &str {
    &field.header
}

fn by<'s, T>(things: &'s [T], name: impl Fn(&'s T) -> &'s str) -> Named<'s, T> {
    things.iter().map(|thing| (name(thing), thing)).collect()
}

fn compare<T>(from: &Named<'_, T>, to: &Named<'_, T>, aspects: fn(usize, &T) -> Aspects) -> Vec<Difference> {
    let names = |things: &Named<'_, T>| things.iter().map(|(name, _)| (*name).to_owned()).collect::<BTreeSet<_>>();
    let (before, after) = (names(from), names(to));
    let alone = |things: &Named<'_, T>, other: &BTreeSet<String>, change: &Change| {
        let names = things.iter().filter(|(name, _)| !other.contains(*name));
        names.map(|(name, _)| Difference { name: (*name).to_owned(), change: change.clone() }).collect::<Vec<_>>()
    };
    let mut found = alone(from, &after, &Change::Removed);
    found.extend(alone(to, &before, &Change::Added));
    found.extend(compare_common(from, to, aspects));
    found
}

fn compare_common<T>(from: &Named<'_, T>, to: &Named<'_, T>, aspects: fn(usize, &T) -> Aspects) -> Vec<Difference> {
    let mut found = Vec::new();
    for (place, (name, thing)) in to.iter().enumerate() {
        let Some(earlier) = from.iter().position(|(other, _)| other == name) else { continue };
        let Some((_, before)) = from.get(earlier) else { continue };
        for ((aspect, from), (_, to)) in aspects(earlier, before).into_iter().zip(aspects(place, thing)) {
            if from != to {
                found.push(Difference { name: (*name).to_owned(), change: Change::Changed { aspect, from, to } });
            }
        }
    }
    found
}

fn field_aspects(place: usize, field: &Field) -> Aspects {
    vec![
        ("place", (place + 1).to_string()),
        ("title", field.title.clone()),
        ("kind", field.kind.to_string()),
        ("form", field.form.as_ref().map_or_else(|| "none".into(), Form::in_words)),
        ("limits", limits(&field.limits)),
        ("longest length", field.max_length.map_or_else(|| "none".into(), |length| length.to_string())),
        ("shape", field.format.map_or_else(|| "none".into(), |shape| shape.to_string())),
        ("code list", field.codes.as_ref().map_or_else(|| "none".into(), |list| list.name.clone())),
        ("privacy class", field.class.as_str().into()),
        ("role", field.role.map_or_else(|| "none".into(), |role| role.to_string())),
        ("column", field.column.clone()),
        ("module", field.module.clone()),
    ]
}

/// What values keep to, in words; where the check goes by a shape, its pattern is no limit.
fn limits(limits: &Limits) -> String {
    let mut words: Vec<String> = limits.bounds.iter().map(Bound::in_words).collect();
    words.extend(limits.unique.then(|| "unique".to_owned()));
    words.extend(limits.min_length.map(|length| format!("{length} characters or more")));
    words.extend(limits.pattern.as_ref().map(|pattern| format!("like {}", pattern.as_str())));
    if words.is_empty() { "none".into() } else { words.join(", ") }
}

fn requirement_aspects(_: usize, field: &Field) -> Aspects {
    vec![("applicable", field.applicable.to_string()), ("mandatory", field.mandatory.to_string())]
}

fn rule_aspects(_: usize, rule: &Rule) -> Aspects {
    let condition = |condition: &Condition| condition.to_string();
    vec![
        ("stage", rule.stage.to_string()),
        ("severity", rule.severity.to_string()),
        ("field", rule.field.clone()),
        ("applies when", condition(&rule.when)),
        ("must hold", rule.across.as_ref().map_or_else(|| condition(&rule.holds), ToString::to_string)),
        ("message", rule.message.clone()),
        ("hint", rule.hint.clone()),
    ]
}

fn lists(from: &Spec, to: &Spec) -> Vec<ListDifference> {
    let follows = to.follows.as_deref() == Some(from.name.release()) && to.name.dataset() == from.name.dataset();
    let names: BTreeSet<&String> = from.code_lists.keys().chain(to.code_lists.keys()).collect();
    let differences = names.into_iter().map(|name| {
        let (before, after) = (values(from.code_lists.get(name)), values(to.code_lists.get(name)));
        let map = to.code_lists.get(name).filter(|_| follows).map(|list| &list.earlier);
        list(name, &before, &after, map)
    });
    differences.filter(|d| !(d.renamed.is_empty() && d.added.is_empty() && d.removed.is_empty())).collect()
}

fn values(list: Option<&Arc<CodeList>>) -> Vec<String> {
    list.map(|list| list.codes.iter().map(|code: &Code| code.value.clone()).collect()).unwrap_or_default()
}

fn list(
    name: &str,
    before: &[String],
    after: &[String],
    map: Option<&BTreeMap<String, Option<String>>>,
) -> ListDifference {
    let now = |value: &String| match map.and_then(|map| map.get(value)) {
        Some(now) => now.clone(),
        None => after.contains(value).then(|| value.clone()),
    };
    let became: BTreeMap<&String, Option<String>> = before.iter().map(|value| (value, now(value))).collect();
    let pairs = before.iter().filter_map(|value| Some((value, became.get(value)?.as_ref()?)));
    let taken: BTreeSet<&String> = pairs.clone().map(|(_, now)| now).collect();
    ListDifference {
        name: name.into(),
        renamed: pairs.filter(|(from, to)| from != to).map(|(from, to)| (from.clone(), to.clone())).collect(),
        added: after.iter().filter(|value| !taken.contains(value)).cloned().collect(),
        removed: before.iter().filter(|value| became.get(value).is_none_or(Option::is_none)).cloned().collect(),
    }
}

impl SpecDiff {
    /// Whether nothing is different.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.requirements.is_empty() && self.lists.is_empty() && self.rules.is_empty()
    }

    fn section(f: &mut fmt::Formatter<'_>, title: &str, differences: &[Difference]) -> fmt::Result {
        writeln!(f, "\n{title}: {}", count(differences.len()))?;
        for (sign, alone) in [("-", Change::Removed), ("+", Change::Added)] {
            let names = differences.iter().filter(|d| d.change == alone).map(|d| &d.name);
            names.into_iter().try_for_each(|name| writeln!(f, "  {sign} {name}"))?;
        }
        for (names, changes) in alike(differences) {
            writeln!(f, "  ~ {}", names.join(", "))?;
            for (aspect, from, to) in changes {
                writeln!(f, "      {aspect}: {from}\n      {:>width$}  {to}", "→", width = aspect.len())?;
            }
        }
        Ok(())
    }
}

/// Aspect, before, after.
type Changed<'d> = (&'static str, &'d str, &'d str);

/// The changed things, those that changed alike together, in the order of the first.
fn alike(differences: &[Difference]) -> Vec<(Vec<&str>, Vec<Changed<'_>>)> {
    let mut each: Vec<(&str, Vec<Changed<'_>>)> = Vec::new();
    for Difference { name, change } in differences {
        let Change::Changed { aspect, from, to } = change else { continue };
        match each.iter_mut().find(|(known, _)| known == name) {
            Some((_, changes)) => changes.push((aspect, from, to)),
            None => each.push((name, vec![(aspect, from, to)])),
        }
    }
    let mut groups: Vec<(Vec<&str>, Vec<Changed<'_>>)> = Vec::new();
    for (name, changes) in each {
        match groups.iter_mut().find(|(_, known)| *known == changes) {
            Some((names, _)) => names.push(name),
            None => groups.push((vec![name], changes)),
        }
    }
    groups
}

fn count(number: usize) -> String {
    match number {
        0 => "no difference".into(),
        1 => "1 difference".into(),
        number => format!("{number} differences"),
    }
}

impl fmt::Display for SpecDiff {
    /// For a terminal: what was added (+), removed (-) and changed (~).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "From {} to {}", self.from, self.to)?;
        Self::section(f, "Fields", &self.fields)?;
        Self::section(f, "Requirements", &self.requirements)?;
        let values = self.lists.iter().map(|l| l.renamed.len() + l.added.len() + l.removed.len()).sum();
        writeln!(f, "\nCode lists: {}", count(values))?;
        for list in &self.lists {
            writeln!(f, "  ~ {}", list.name)?;
            list.removed.iter().try_for_each(|value| writeln!(f, "      - {value}"))?;
            list.added.iter().try_for_each(|value| writeln!(f, "      + {value}"))?;
            list.renamed.iter().try_for_each(|(from, to)| writeln!(f, "      {from} → {to}"))?;
        }
        Self::section(f, "Rules", &self.rules)
    }
}

/// How many fields, values and rules are known how well: the honest summary of a specification.
pub fn confidence_counts(spec: &Spec) -> BTreeMap<&'static str, BTreeMap<Confidence, usize>> {
    let mut counts: BTreeMap<&'static str, BTreeMap<Confidence, usize>> = BTreeMap::new();
    let mut add = |what, confidence| *counts.entry(what).or_default().entry(confidence).or_default() += 1;
    spec.fields.iter().for_each(|field| add("fields", field.confidence));
    spec.rules.iter().for_each(|rule| add("rules", rule.confidence));
    spec.derived.iter().for_each(|column| add("derived columns", column.confidence));
    let codes = spec.code_lists.values().flat_map(|list| &list.codes);
    codes.for_each(|code| add("values of code lists", code.confidence));
    counts
}
