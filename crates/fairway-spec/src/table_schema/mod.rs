//! A plain Frictionless Table Schema, a resource or a data package as a specification.
//! Versions 1 and 2 of the standard are read. What would change every verdict and cannot be read is refused; what is only
//! not looked at is said in [`Spec::unchecked`].

mod dialect;
mod field;
mod keys;
mod relations;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use fairway_domain::SpecName;
use serde_json::Value;

use crate::dialect::{Customs, Dialect};
use crate::error::{SpecError, SpecProblem};
use crate::model::{Field, Rule};
use crate::{Spec, unique};
use keys::Keys;
use relations::Relations;

/// What a description says and the check does not look at, in the order of the description.
#[derive(Debug, Default)]
struct Remarks(Vec<String>);

impl Remarks {
    fn add(&mut self, text: String) {
        if !self.0.contains(&text) {
            self.0.push(text);
        }
    }
}

/// Names of the files that a folder may have instead of a `spec.yaml`.
pub(crate) const FILES: [&str; 6] =
    ["datapackage.json", "datapackage.yaml", "schema.json", "schema.yaml", "resource.json", "resource.yaml"];

/// Largest description, in bytes.
const LARGEST: u64 = 64 << 20;

/// Reads a description from a file; `path#name` names a resource of a package.
pub(crate) fn load(path: &Path, resource: Option<&str>) -> Result<Spec, SpecError> {
    let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let source = Source { folder: Some(path.parent().unwrap_or(Path::new(""))), label: label(path) };
    let value = source.read(path)?;
    described(source, &value, &stem, resource)
}

/// The description at a path as the text of one file that says the same alone, and the name such a file has: of a package
/// the one resource, with what other files say of schema and dialect written into it.
pub(crate) fn one_file(path: &Path) -> Result<(&'static str, String), SpecError> {
    let whole = path.to_string_lossy();
    let inside = FILES.iter().map(|name| path.join(name)).find(|file| file.is_file());
    let (file, resource) = match (inside, whole.rsplit_once('#')) {
        (Some(file), _) => (file, None),
        (None, Some((file, resource))) if !path.exists() => (Path::new(file).to_path_buf(), Some(resource)),
        (None, _) => (path.to_path_buf(), None),
    };
    let source = Source { folder: Some(file.parent().unwrap_or(Path::new(""))), label: label(&file) };
    let mut value = source.read(&file)?;
    if let Some(resources) = value.get("resources") {
        value = source.chosen(resources, resource)?.clone();
    }
    for key in ["schema", "dialect"] {
        if let Some(written) = value.get(key) {
            value[key] = source.inline_or_beside(key, written)?;
        }
    }
    let name = if value.get("fields").is_some() { "schema.json" } else { "resource.json" };
    Ok((name, format!("{value:#}\n")))
}

impl Spec {
    /// Reads a plain Table Schema, or a resource or package with a single one, from its text as JSON or YAML. `name` is what
    /// the table is called where the text does not say. Other files are not read: a schema that lies in one is refused.
    ///
    /// # Errors
    /// Every problem found, as with [`Spec::load`].
    pub fn from_table_schema(text: &str, name: &str) -> Result<Self, SpecError> {
        let source = Source { folder: None, label: name.to_owned() };
        let value = parse(text.trim_start_matches('\u{feff}')).map_err(|text| source.problem("", text))?;
        described(source, &value, name, None)
    }
}

/// The specification that a description comes to; `called` where it has no name of its own.
fn described(source: Source<'_>, value: &Value, called: &str, resource: Option<&str>) -> Result<Spec, SpecError> {
    let keys = Keys::of(value).ok_or_else(|| source.problem("", "the file does not describe a table"))?;
    let named = keys.get("name").and_then(Value::as_str).unwrap_or(called);
    let title = keys.get("title").and_then(Value::as_str).unwrap_or(named);
    let name = spec_name(named, keys.get("version").and_then(keys::scalar).as_deref())
        .map_err(|text| source.problem("name", text))?;
    Description { source, name, title, remarks: Remarks::default(), resource, unclassed: Vec::new() }.spec(value, &keys)
}

fn label(path: &Path) -> String {
    path.file_name().map_or_else(|| path.to_string_lossy(), |name| name.to_string_lossy()).into_owned()
}

/// Where a description lies: other files that it names lie beside it.
struct Source<'a> {
    folder: Option<&'a Path>,
    label: String,
}

impl Source<'_> {
    fn problem(&self, place: &str, text: impl Into<String>) -> SpecProblem {
        SpecProblem::new(&self.label, place, text)
    }

    fn read(&self, path: &Path) -> Result<Value, SpecProblem> {
        let problem = |text: String| SpecProblem::new(label(path), "", text);
        let size =
            std::fs::metadata(path).map_err(|error| problem(format!("the file cannot be read ({error})")))?.len();
        if size > LARGEST {
            return Err(problem("the file is too large for a description".into()));
        }
        let bytes = std::fs::read(path).map_err(|error| problem(format!("the file cannot be read ({error})")))?;
        let text = String::from_utf8(bytes).map_err(|_| problem("the file is not UTF-8 text".into()))?;
        parse(text.trim_start_matches('\u{feff}')).map_err(problem)
    }

    /// The resource of a package that is meant.
    fn chosen<'v>(&self, resources: &'v Value, asked: Option<&str>) -> Result<&'v Value, SpecProblem> {
        let resources = resources.as_array().map_or(&[][..], Vec::as_slice);
        let name_of = |resource: &Value| resource.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let chosen = match (asked, resources) {
            (Some(asked), all) => all.iter().find(|resource| name_of(resource) == asked),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        chosen.ok_or_else(|| {
            let names: Vec<String> = resources.iter().map(name_of).collect();
            let text = format!("say which resource is meant, as in FILE#NAME; there are {}", names.join(", "));
            self.problem("resources", text)
        })
    }

    /// What stands at a key: written there, or in a file beside this one.
    fn inline_or_beside(&self, key: &str, value: &Value) -> Result<Value, SpecProblem> {
        let Some(name) = value.as_str() else { return Ok(value.clone()) };
        let Some(folder) = self.folder else {
            return Err(self.problem(key, format!("`{name}` lies in another file")));
        };
        let plain = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if !plain || name.contains("://") {
            return Err(self.problem(key, format!("`{name}` is no file beside this one or below")));
        }
        self.read(&folder.join(name))
    }
}

fn parse(text: &str) -> Result<Value, String> {
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).map_err(|error| format!("the file is not JSON ({error})"));
    }
    let options = serde_saphyr::options! { with_snippet: false };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let text = error.to_string();
        format!("the file is not YAML ({})", text.lines().next().unwrap_or_default())
    })
}

struct Description<'a> {
    source: Source<'a>,
    name: SpecName,
    title: &'a str,
    remarks: Remarks,
    resource: Option<&'a str>,
    /// Headers of fields without a class.
    unclassed: Vec<String>,
}

/// Keys of a package, a resource and a schema that say nothing about values.
const IDLE: [&str; 26] = [
    "$schema",
    "$id",
    "id",
    "name",
    "title",
    "description",
    "homepage",
    "version",
    "created",
    "contributors",
    "keywords",
    "image",
    "licenses",
    "license",
    "sources",
    "profile",
    "path",
    "paths",
    "data",
    "bytes",
    "hash",
    "mediatype",
    "format",
    "type",
    "scheme",
    "stats",
];

impl Description<'_> {
    fn spec(mut self, value: &Value, keys: &Keys<'_>) -> Result<Spec, SpecError> {
        let mut spec = if keys.get("fields").is_some() {
            self.schema(value, Dialect::default())?
        } else if let Some(resources) = keys.get("resources") {
            self.package(resources)?
        } else {
            self.resource(value)?
        };
        spec.unchecked = self.remarks.0;
        Ok(spec)
    }

    fn package(&mut self, resources: &Value) -> Result<Spec, SpecError> {
        let chosen = self.source.chosen(resources, self.resource)?.clone();
        self.resource(&chosen)
    }

    fn resource(&mut self, value: &Value) -> Result<Spec, SpecError> {
        let keys = Keys::of(value).ok_or_else(|| self.source.problem("resources", "a resource is not an object"))?;
        let schema = keys.get("schema").ok_or_else(|| self.source.problem("", "there is no schema"))?;
        dialect::encoding(&keys).map_err(|text| self.source.problem("encoding", text))?;
        let dialect = match keys.get("dialect") {
            None => Dialect::default(),
            Some(written) => {
                let written = self.source.inline_or_beside("dialect", written)?;
                dialect::dialect(&written, &mut self.remarks).map_err(|text| self.source.problem("dialect", text))?
            }
        };
        for key in keys.rest(&IDLE) {
            self.remarks.add(format!("`{key}` of the resource is not looked at"));
        }
        let schema = self.source.inline_or_beside("schema", schema)?;
        self.schema(&schema, dialect)
    }

    fn schema(&mut self, value: &Value, mut dialect: Dialect) -> Result<Spec, SpecError> {
        let keys = Keys::of(value).ok_or_else(|| self.source.problem("schema", "the schema is not an object"))?;
        let mut problems = Vec::new();
        let none = Vec::new();
        let written = keys.list("fields").map_err(|text| self.source.problem("schema", text))?.unwrap_or(&none);
        let mut fields = Vec::new();
        for (at, value) in written.iter().enumerate() {
            match field::field(value, &mut self.remarks) {
                Ok(field) => {
                    if value.get("class").is_none() {
                        self.unclassed.push(field.header.clone());
                    }
                    fields.push(field);
                }
                Err(text) => problems.push(self.source.problem(&place(at, value), text)),
            }
        }
        if written.is_empty() {
            problems.push(self.source.problem("fields", "there are no fields"));
        }
        let missing = keys.get("missingValues").map_or(Ok(vec![String::new()]), missing_values);
        let missing = missing.unwrap_or_else(|text| {
            problems.push(self.source.problem("missingValues", text));
            Vec::new()
        });
        if !missing.iter().any(String::is_empty) {
            self.remarks.add("a cell with nothing in it counts as missing, whatever `missingValues` says".into());
        }
        match dialect::columns(&keys) {
            Ok(columns) => dialect.columns = columns,
            Err(text) => problems.push(self.source.problem("fieldsMatch", text)),
        }
        problems.extend(twice(&fields).into_iter().map(|text| self.source.problem("fields", text)));
        distinct_columns(&mut fields);
        let mut rules = Vec::new();
        if problems.is_empty() {
            let found = Relations { fields: &mut fields, rules: &mut rules, remarks: &mut self.remarks }.read(&keys);
            problems.extend(found.err().map(|text| self.source.problem("keys", text)));
        }
        unique::unique_fields(&fields, &mut rules);
        for key in keys.rest(&IDLE) {
            self.remarks.add(format!("`{key}` of the schema is not looked at"));
        }
        if problems.is_empty() {
            Ok(self.put_together(fields, rules, missing, dialect))
        } else {
            Err(SpecError { problems })
        }
    }

    fn put_together(&self, fields: Vec<Field>, rules: Vec<Rule>, missing: Vec<String>, dialect: Dialect) -> Spec {
        let lists = fields.iter().filter_map(|field| field.codes.clone());
        Spec {
            name: self.name.clone(),
            title: self.title.to_owned(),
            rules,
            derived: Vec::new(),
            code_lists: lists.map(|list| (list.name.clone(), list)).collect(),
            follows: None,
            order: 0,
            missing_values: missing,
            sources: BTreeMap::from([(field::SOURCE.to_owned(), format!("{}, a Table Schema", self.source.label))]),
            customs: Customs::Table,
            dialect,
            unchecked: Vec::new(),
            severities: BTreeMap::new(),
            unclassed: self.unclassed.clone(),
            fields,
        }
    }
}

fn place(at: usize, value: &Value) -> String {
    match value.get("name").and_then(Value::as_str) {
        Some(name) => format!("field {name}"),
        None => format!("field number {}", at + 1),
    }
}

/// Headers that occur more than once.
fn twice(fields: &[Field]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let twice = fields.iter().filter(|field| !seen.insert(field.header.as_str()));
    twice.map(|field| format!("the field {} is there twice", field.header)).collect()
}

/// Columns of tables differ in more than what was turned into underscores.
fn distinct_columns(fields: &mut [Field]) {
    let mut seen = BTreeSet::new();
    for (at, field) in fields.iter_mut().enumerate() {
        while !seen.insert(field.column.to_lowercase()) {
            field.column = format!("{}_{}", field.column, at + 1);
        }
        if let Some(codes) = &mut field.codes {
            Arc::make_mut(codes).name = field.column.clone();
        }
    }
}

fn missing_values(value: &Value) -> Result<Vec<String>, String> {
    let wrong = || "`missingValues` is not a list of texts".to_owned();
    let text = |item: &Value| match item {
        Value::Object(labelled) => labelled.get("value").and_then(keys::scalar),
        scalar => keys::scalar(scalar),
    };
    value.as_array().ok_or_else(wrong)?.iter().map(text).collect::<Option<_>>().ok_or_else(wrong)
}

/// A name of our kind from a name of theirs: lower-case letters, digits and hyphens.
fn spec_name(name: &str, version: Option<&str>) -> Result<SpecName, String> {
    let slug = |text: &str| {
        let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        text.chars().map(letter).collect::<String>().trim_matches('-').to_owned()
    };
    let or = |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
    let (dataset, release) = (or(slug(name), "table"), or(slug(version.unwrap_or("1")), "1"));
    format!("{dataset}/{release}").parse().map_err(|error| format!("{error}"))
}
