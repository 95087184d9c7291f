//! A processing centre's own severities.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use serde::Deserialize;

use crate::error::{SpecError, SpecProblem};
use crate::model::{Severity, Stage};
use crate::{Spec, builtin};

/// Severities by rule, as a processing centre sets them: `severities: {mandatory-blank: warning}` in YAML. They hold for every
/// specification that has the rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides(BTreeMap<String, Severity>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    severities: BTreeMap<String, String>,
}

impl Overrides {
    /// Reads YAML. `label` is how messages call it.
    ///
    /// # Errors
    /// When it is no such YAML or a word is no severity.
    pub fn parse(yaml: &str, label: &str) -> Result<Self, SpecError> {
        if yaml.trim().is_empty() {
            return Ok(Self::default());
        }
        let options = serde_saphyr::options! { with_snippet: false };
        let file: File = serde_saphyr::from_str_with_options(yaml, options).map_err(|error| {
            let place = error.location().map(|at| format!("line {}, column {}", at.line(), at.column()));
            SpecProblem::new(label, place.unwrap_or_default(), "this is no list of severities: {rule: severity}")
        })?;
        let mut problems = Vec::new();
        let mut severities = BTreeMap::new();
        for (id, word) in file.severities {
            match Severity::from_str(&word) {
                Ok(severity) => {
                    severities.insert(id, severity);
                }
                Err(error) => problems.push(SpecProblem::new(label, format!("rule {id}"), error.to_string())),
            }
        }
        if problems.is_empty() { Ok(Self(severities)) } else { Err(SpecError { problems }) }
    }

    /// Reads a file; nothing is overridden where it does not exist.
    ///
    /// # Errors
    /// When it cannot be read, or see [`Overrides::parse`].
    pub fn load(path: &Path) -> Result<Self, SpecError> {
        let label = path.file_name().map_or_else(|| path.to_string_lossy(), |name| name.to_string_lossy());
        match fs::read_to_string(path) {
            Ok(yaml) => Self::parse(&yaml, &label),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(SpecProblem::new(label, "", format!("the file cannot be read ({error})")).into()),
        }
    }

    /// Whether nothing is overridden.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Spec {
    /// The specification with a processing centre's severities. `built_in` are rules that the check has of its own, whether a
    /// specification lists them or not.
    ///
    /// # Errors
    /// When a rule is built in no more than it is in this or any specification that comes with Fairway, would become milder
    /// though it is fixed, or would leave out single records though it is about several.
    pub fn with_severities(&self, overrides: &Overrides, built_in: &[&str]) -> Result<Self, SpecError> {
        let mut spec = self.clone();
        let mut problems = Vec::new();
        for (id, severity) in &overrides.0 {
            let outcome = match spec.rules.iter_mut().find(|rule| rule.id == *id) {
                Some(rule) if rule.fixed && *severity < rule.severity => {
                    Err(format!("the rule cannot be made milder than {}", rule.severity))
                }
                Some(rule) if rule.across.is_some() && *severity == Severity::Reject && rule.stage != Stage::File => {
                    Err("a rule across records cannot leave single records out".into())
                }
                Some(rule) => {
                    rule.severity = *severity;
                    Ok(())
                }
                None if built_in.contains(&id.as_str()) || is_shipped(id) => {
                    spec.severities.insert(id.clone(), *severity);
                    Ok(())
                }
                None => Err("no specification has a rule of this id".into()),
            };
            problems
                .extend(outcome.err().map(|text: String| SpecProblem::new("severities", format!("rule {id}"), text)));
        }
        if problems.is_empty() { Ok(spec) } else { Err(SpecError { problems }) }
    }
}

/// Whether a specification that comes with Fairway has the rule.
fn is_shipped(id: &str) -> bool {
    builtin().iter().filter_map(|name| Spec::builtin(name).ok()).any(|spec| spec.rule(id).is_some())
}
