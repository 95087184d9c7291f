//! From the files of a folder to a specification.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use fairway_domain::SpecName;

use crate::codelist::{self, MapRow};
use crate::condition::Named;
use crate::dialect::Dialect;
use crate::error::{SpecError, SpecProblem};
use crate::file::{FieldFile, OverlayFile, RuleFile, RulesFile, SpecFile};
use crate::folder::Folder;
use crate::model::{CodeList, Confidence, Field, Rule, Severity, Stage};
use crate::values::{Values, column, enter};
use crate::{Condition, Spec, builtin, derived, doubt, table_schema, unique, verify};

/// How many releases may build on one another.
pub(crate) const MOST_RELEASES: usize = 16;
/// The file by which a folder changes a specification that comes with Fairway.
const OVERLAY: &str = "overlay.yaml";

impl Spec {
    /// Reads a specification: a folder with `spec.yaml` (beside it `rules.yaml`, `rules-across.yaml`, `derived.yaml`,
    /// `codelists/*.csv`, `maps/*.csv`, all of which may be absent; a release that extends another looks for it beside
    /// the folder), that `spec.yaml` itself, or a plain Table Schema, resource or data package as JSON or YAML, or a folder
    /// with one. `datapackage.json#people` is one resource of several.
    ///
    /// # Errors
    /// Every problem found: what cannot be read, and what does not hold together (see the crate's documentation).
    pub fn load(path: &Path) -> Result<Arc<Self>, SpecError> {
        let is_ours = |file: &Path| file.file_name().is_some_and(|name| name == "spec.yaml");
        if path.join("spec.yaml").is_file() {
            return load(&Folder::Disk(path.to_path_buf())).map(Arc::new);
        }
        if path.join(OVERLAY).is_file() {
            return load(&overlay(path)?).map(Arc::new);
        }
        if path.is_dir() {
            let found = table_schema::FILES.iter().map(|name| path.join(name)).find(|file| file.is_file());
            return match found {
                Some(file) => table_schema::load(&file, None).map(Arc::new),
                None => load(&Folder::Disk(path.to_path_buf())).map(Arc::new),
            };
        }
        if is_ours(path) {
            return load(&Folder::Disk(path.parent().unwrap_or(Path::new("")).to_path_buf())).map(Arc::new);
        }
        let whole = path.to_string_lossy();
        match whole.rsplit_once('#') {
            Some((file, resource)) if !path.exists() => table_schema::load(Path::new(file), Some(resource)),
            _ => table_schema::load(path, None),
        }
        .map(Arc::new)
    }
}

/// Reads and verifies the specification in a folder.
pub(crate) fn load(folder: &Folder) -> Result<Spec, SpecError> {
    let mut problems = Vec::new();
    let Some(mut file) = folder.read_yaml::<SpecFile>("spec.yaml")? else {
        return Err(SpecProblem::new(folder.label("spec.yaml"), "", "the file does not exist").into());
    };
    let overlay = overlaid(folder, &mut file, &mut problems)?;
    let name = name(folder, &file)?;
    let named = named_conditions(folder, &file, &mut problems);
    if !problems.is_empty() {
        return Err(SpecError { problems });
    }
    let (code_lists, maps) = lists(folder)?;
    let mut rules = rules(folder, "rules.yaml", 0)?;
    rules.extend(self::rules(folder, "rules-across.yaml", 0)?);
    let loader = Loader { folder, file: &file, named: &named, code_lists: &code_lists };
    let fields: Vec<Field> = file.fields.iter().filter_map(|field| loader.field(field, &mut problems)).collect();
    let rules: Vec<Rule> = rules.into_iter().filter_map(|rule| loader.rule(rule, &mut problems)).collect();
    let rules = doubt::milder(rules, &fields);
    let mut spec = Spec {
        name,
        title: file.title.clone(),
        fields,
        rules,
        derived: Vec::new(),
        code_lists,
        follows: file.follows.clone(),
        order: file.order,
        missing_values: file.missing_values.clone(),
        sources: file.sources.clone(),
        customs: file.customs.unwrap_or_default(),
        dialect: file.dialect.dialect().unwrap_or_else(|text| {
            problems.push(SpecProblem::new(folder.label("spec.yaml"), "dialect", text));
            Dialect::default()
        }),
        unchecked: Vec::new(),
        severities: BTreeMap::new(),
        unclassed: Vec::new(),
    };
    spec.derived = derived::derived(folder, &spec, &named, &mut problems)?;
    verify::verify(&spec, &maps, folder, &mut problems);
    if overlay {
        // A value that a rule still names and the new list has not: the rule never applies to it, which is said.
        let (stale, rest) = problems.into_iter().partition(|problem| problem.problem.contains(verify::NOT_IN_LIST));
        problems = rest;
        spec.unchecked.extend(stale.iter().map(SpecProblem::to_string));
    }
    unique::unique_fields(&spec.fields, &mut spec.rules);
    if problems.is_empty() { Ok(spec) } else { Err(SpecError { problems }) }
}

/// Changes `spec.yaml` as the overlay says, if there is one.
fn overlaid(folder: &Folder, file: &mut SpecFile, problems: &mut Vec<SpecProblem>) -> Result<bool, SpecProblem> {
    let Folder::Overlay { .. } = folder else { return Ok(false) };
    let Some(overlay) = folder.read_yaml::<OverlayFile>(OVERLAY)? else { return Ok(false) };
    file.sources.extend(overlay.sources);
    for (header, length) in overlay.max_lengths {
        match file.fields.iter_mut().find(|field| field.name == header) {
            Some(field) => field.constraints.max_length = Some(length),
            None => problems.push(SpecProblem::new(folder.label(OVERLAY), header, "there is no field of this name")),
        }
    }
    Ok(true)
}

/// The folder of an overlay on top of what it extends.
fn overlay(path: &Path) -> Result<Folder, SpecProblem> {
    let own = Folder::Disk(path.to_path_buf());
    let missing = || SpecProblem::new(own.label(OVERLAY), "", "the file does not exist");
    let file = own.read_yaml::<OverlayFile>(OVERLAY)?.ok_or_else(missing)?;
    let text = format!("there is no specification `{}` to extend", file.extends);
    let base = builtin::folder(&file.extends).ok_or_else(|| SpecProblem::new(own.label(OVERLAY), "extends", text))?;
    Ok(Folder::Overlay { own: path.to_path_buf(), base: Box::new(base) })
}

fn name(folder: &Folder, file: &SpecFile) -> Result<SpecName, SpecProblem> {
    format!("{}/{}", file.dataset, file.release)
        .parse()
        .map_err(|error| SpecProblem::new(folder.label("spec.yaml"), "dataset and release", format!("{error}")))
}

fn named_conditions(folder: &Folder, file: &SpecFile, problems: &mut Vec<SpecProblem>) -> Named {
    let mut named = Named::new();
    for (name, written) in &file.conditions {
        match named_condition(name, written, &named) {
            Ok(condition) => {
                named.insert(name.clone(), condition);
            }
            Err(text) => problems.push(SpecProblem::new(folder.label("spec.yaml"), format!("condition {name}"), text)),
        }
    }
    named
}

fn named_condition(name: &str, written: &str, named: &Named) -> Result<Condition, String> {
    let is_word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if !name.bytes().all(is_word) || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err("a condition's name has lower-case letters, digits and underscores".into());
    }
    Condition::parse_with(written, named).map_err(|error| error.to_string())
}

/// Maps by the list they belong to.
pub(crate) type Maps = BTreeMap<String, Vec<MapRow>>;

fn lists(folder: &Folder) -> Result<(BTreeMap<String, Arc<CodeList>>, Maps), SpecError> {
    let mut problems = Vec::new();
    let mut maps = Maps::new();
    for name in folder.csv_names("maps")? {
        match codelist::read_map(folder, &name) {
            Ok(map) => {
                maps.insert(name, map);
            }
            Err(problem) => problems.push(problem),
        }
    }
    let mut lists = BTreeMap::new();
    for name in folder.csv_names("codelists")? {
        match codelist::read_list(folder, &name) {
            Ok(mut list) => {
                let map = maps.get(&name).into_iter().flatten();
                list.earlier = map.map(|row| (row.earlier.clone(), row.now.clone())).collect();
                lists.insert(name, Arc::new(list));
            }
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok((lists, maps)) } else { Err(SpecError { problems }) }
}

/// The rules in a file of a folder, those of the release it extends first and changed.
fn rules(folder: &Folder, name: &str, depth: usize) -> Result<Vec<RuleFile>, SpecError> {
    let file: RulesFile = folder.read_yaml(name)?.unwrap_or_default();
    let label = folder.label(name);
    let mut rules = match &file.extends {
        Some(release) => rules(&extended(folder, release, name, depth)?, name, depth + 1)?,
        None => Vec::new(),
    };
    for id in &file.without {
        let before = rules.len();
        rules.retain(|rule| rule.id != *id);
        if rules.len() == before {
            return Err(SpecProblem::new(label, "without", format!("there is no rule `{id}` to leave out")).into());
        }
    }
    let mut own = BTreeSet::new();
    for rule in file.rules {
        if !own.insert(rule.id.clone()) {
            return Err(SpecProblem::new(label, format!("rule {}", rule.id), "the id is there twice").into());
        }
        match rules.iter().position(|known| known.id == rule.id) {
            Some(at) => {
                let before = rules.remove(at);
                rules.insert(at, before.changed_by(rule));
            }
            None => rules.push(rule),
        }
    }
    Ok(rules)
}

pub(crate) fn extended(folder: &Folder, release: &str, file: &str, depth: usize) -> Result<Folder, SpecError> {
    if depth >= MOST_RELEASES {
        return Err(
            SpecProblem::new(folder.label(file), "extends", "the releases extend one another in a circle").into()
        );
    }
    Ok(folder.sibling(release, file)?)
}

/// What fields and rules are built with.
struct Loader<'a> {
    folder: &'a Folder,
    file: &'a SpecFile,
    named: &'a Named,
    code_lists: &'a BTreeMap<String, Arc<CodeList>>,
}

impl Loader<'_> {
    fn field(&self, field: &FieldFile, problems: &mut Vec<SpecProblem>) -> Option<Field> {
        let before = problems.len();
        let label = self.folder.label("spec.yaml");
        let place = format!("field {}", field.name);
        let mut problem = |text: String| problems.push(SpecProblem::new(&label, &place, text));
        if field.class.is_none() {
            problem("the field has no privacy class".into());
        }
        let codes = field.code_list.as_ref().and_then(|name| self.code_lists.get(name));
        if let (Some(name), None) = (&field.code_list, codes) {
            problem(format!("the code list `{name}` does not exist"));
        }
        let confidence_note = self.confidence_note(field).map_err(&mut problem).unwrap_or_default();
        let applicable = self.condition("applicable", field.applicable.as_ref()).map_err(&mut problem).ok();
        let mandatory = self.mandatory(field).map_err(&mut problem).ok();
        let read = Values::of(field, codes).map_err(&mut problem).ok();
        if problems.len() > before {
            return None;
        }
        let Values { kind, form, limits, codes } = read?;
        Some(Field {
            header: field.name.clone(),
            column: field.column.clone().unwrap_or_else(|| column(&field.name)),
            title: field.title.clone().unwrap_or_else(|| field.name.clone()),
            kind,
            form,
            max_length: field.constraints.max_length,
            limits,
            pattern: field.constraints.pattern.clone(),
            format: field.shape,
            codes,
            class: field.class?,
            role: field.role,
            not_in_future: field.not_in_future,
            enter: enter(field),
            applicable: applicable?,
            mandatory: mandatory?,
            module: field.module.clone(),
            source: field.source.clone(),
            confidence: field.confidence.unwrap_or(Confidence::Assumed),
            confidence_note,
            notes: field.notes.clone(),
        })
    }

    fn mandatory(&self, field: &FieldFile) -> Result<Condition, String> {
        match &field.mandatory {
            None if field.constraints.required => Ok(Condition::Always),
            None => Ok(Condition::Never),
            written => self.condition("mandatory", written.as_ref()),
        }
    }

    /// Full sentences for the note words of a field.
    fn confidence_note(&self, field: &FieldFile) -> Result<String, String> {
        let notes = &self.file.confidence_notes;
        let texts: Result<Vec<&str>, String> = field
            .confidence_notes
            .iter()
            .map(|key| notes.get(key).map(String::as_str).ok_or_else(|| format!("`confidenceNotes` has no `{key}`")))
            .collect();
        Ok(texts?.join(". "))
    }

    fn rule(&self, rule: RuleFile, problems: &mut Vec<SpecProblem>) -> Option<Rule> {
        let label = self.folder.label(if rule.across.is_some() { "rules-across.yaml" } else { "rules.yaml" });
        let before = problems.len();
        let mut problem = |text: String| problems.push(SpecProblem::new(&label, format!("rule {}", rule.id), text));
        let when = self.condition("when", rule.when.as_ref()).map_err(&mut problem).unwrap_or(Condition::Always);
        let holds = self.condition("holds", rule.holds.as_ref()).map_err(&mut problem).unwrap_or(Condition::Always);
        let missing = [
            ("stage", rule.stage.is_none()),
            ("severity", rule.severity.is_none()),
            ("message", rule.message.is_none()),
            ("hint", rule.hint.is_none()),
            ("source", rule.source.is_none()),
            ("confidence", rule.confidence.is_none()),
        ];
        for (key, _) in missing.iter().filter(|(_, is_missing)| *is_missing) {
            problem(format!("`{key}` is missing"));
        }
        if problems.len() > before {
            return None;
        }
        let example = rule.example.unwrap_or_default();
        Some(Rule {
            id: rule.id,
            stage: rule.stage.unwrap_or(Stage::File),
            severity: rule.severity.unwrap_or(Severity::Reject),
            field: rule.field.unwrap_or_default(),
            when,
            holds,
            across: rule.across,
            message: rule.message.unwrap_or_default(),
            hint: rule.hint.unwrap_or_default(),
            why: rule.why.unwrap_or_default(),
            fixed: rule.fixed.unwrap_or_default(),
            source: rule.source.unwrap_or_default(),
            confidence: rule.confidence?,
            example: example.one,
            example_records: example.several,
        })
    }

    fn condition(&self, key: &str, written: Option<&String>) -> Result<Condition, String> {
        let Some(written) = written else { return Ok(Condition::Always) };
        Condition::parse_with(written, self.named).map_err(|error| format!("`{key}`, {error}"))
    }
}
