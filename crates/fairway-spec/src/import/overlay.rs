//! The folder that puts a publication's lists in the place of ours.

use std::collections::{BTreeMap, BTreeSet};

use super::grid::plain;
use super::{ListNews, News};
use crate::Spec;
use crate::codelist::write_csv;
use crate::infer::SpecFiles;
use crate::model::CodeList;

/// The tag of the publication as a source.
const TAG: &str = "OFFICIAL";

impl News {
    /// A specification that extends `spec` with the lists and lengths of the publication, marked as verified. `source` says
    /// in words what the publication is: its file's name and SHA-256.
    pub fn overlay(&self, spec: &Spec, source: &str) -> SpecFiles {
        let mut files = BTreeMap::new();
        let mut notes = Vec::new();
        for list in &self.lists {
            if let Some(ours) = spec.code_lists.get(&list.name) {
                files.insert(format!("codelists/{}.csv", list.name), list_file(list, ours));
            }
            if let Some(map) = self.map(spec, &list.name, &list.values) {
                files.insert(format!("maps/{}.csv", list.name), map);
            }
            if !list.is_same() {
                notes.push(format!(
                    "list {}: {} values added, {} removed, {} changed",
                    list.name,
                    list.added.len(),
                    list.removed.len(),
                    list.changed.len()
                ));
            }
        }
        let mut text = format!(
            "# The lists of a publication in the place of ours; everything else is {} as it comes with Fairway.\n",
            spec.name
        );
        text += &format!("extends: {}\nsources:\n  {TAG}: {}\n", spec.name, serde_json::Value::from(source));
        if !self.lengths.is_empty() {
            text += "maxLengths:\n";
            for (name, _, length) in &self.lengths {
                text += &format!("  {}: {length}\n", serde_json::Value::from(name.as_str()));
            }
        }
        files.insert("overlay.yaml".into(), text);
        for (what, names) in [("added", &self.added), ("removed", &self.removed)] {
            if !names.is_empty() {
                notes.push(format!("fields {what} there are left to you: {}", names.join(", ")));
            }
        }
        if !self.renamed.is_empty() || self.reordered {
            notes.push(
                "names and order of fields stay as they are here: change spec.yaml where the publication is right"
                    .into(),
            );
        }
        SpecFiles { files, notes }
    }

    /// What values of the release before are called now, where the list has other values than ours.
    fn map(&self, spec: &Spec, name: &str, values: &[String]) -> Option<String> {
        let list = spec.code_lists.get(name).filter(|list| !list.earlier.is_empty())?;
        let now = |later: &Option<String>| {
            let later = later.as_deref()?;
            let exact = values.iter().find(|value| *value == later);
            exact.or_else(|| values.iter().find(|value| plain(value) == plain(later))).cloned()
        };
        let row = |(earlier, later): (&String, &Option<String>)| {
            vec![earlier.clone(), now(later).unwrap_or_default(), TAG.into(), "inferred".into()]
        };
        Some(write_csv(&["earlier", "value", "source", "confidence"], list.earlier.iter().map(row)))
    }
}

/// The publication's values with what is known of ours: their groups and attributes.
fn list_file(list: &ListNews, ours: &CodeList) -> String {
    let attributes: BTreeSet<&str> =
        ours.codes.iter().flat_map(|code| code.attributes.keys().map(String::as_str)).collect();
    let head: Vec<&str> =
        ["value", "group", "source", "confidence"].into_iter().chain(attributes.iter().copied()).collect();
    let row = |value: &String| {
        let before = list.changed.iter().find(|(_, now)| now == value).map_or(value, |(before, _)| before);
        let code = ours.codes.iter().find(|code| code.value == *before);
        let group = code.and_then(|code| code.group.clone()).unwrap_or_default();
        let known = |name: &&str| code.and_then(|code| code.attributes.get(*name).cloned()).unwrap_or_default();
        let own = [value.clone(), group, TAG.into(), "verified".into()];
        own.into_iter().chain(attributes.iter().map(known)).collect()
    };
    write_csv(&head, list.values.iter().map(row))
}
