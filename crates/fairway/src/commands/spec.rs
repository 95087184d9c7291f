//! `fairway spec`: what a file holds and what must be true of it.

use std::path::Path;
use std::sync::Arc;

use fairway_domain::{PrivacyClass, Refusal, SpecName};
use fairway_spec::{ExportFormat, Role, Spec, builtin, diff, export, resolve};
use serde_json::json;

use super::centre::fault;
use super::spec_files;
use crate::cli::{SpecCommand, SpecFormat};
use crate::exit::{CommandResult, Exit, Stop};
use crate::output;
use crate::wiring;

pub async fn spec(command: SpecCommand) -> CommandResult {
    match command {
        SpecCommand::List { data } => list(data.as_deref()).await?,
        SpecCommand::Add { spec, name, data, json } => add(&spec, name.as_ref(), &data.dir, json).await?,
        SpecCommand::Show { spec } => {
            let spec = find(&spec)?;
            output::line(write(&spec, ExportFormat::Markdown)?.trim_end())?;
            spec.unchecked.iter().try_for_each(|said| output::line(format!("\nNot looked at: {said}.")))?;
        }
        SpecCommand::New { sample, name, out } => spec_files::new(&sample, name.as_ref(), out)?,
        SpecCommand::Import { file, against, out } => spec_files::import(&file, &*find(&against)?, out.as_deref())?,
        SpecCommand::Diff { from, to } => {
            output::line(diff(&*find(&from)?, &*find(&to)?).to_string().trim_end())?;
        }
        SpecCommand::Export { spec, format } => {
            let format = match format {
                SpecFormat::TableSchema => ExportFormat::TableSchema,
                SpecFormat::Json => ExportFormat::Json,
                SpecFormat::Csv => ExportFormat::Csv,
                SpecFormat::Markdown => ExportFormat::Markdown,
            };
            output::line(write(&*find(&spec)?, format)?.trim_end())?;
        }
    }
    Ok(Exit::Clean)
}

async fn list(data: Option<&Path>) -> Result<(), Stop> {
    let known: Vec<(SpecName, Result<Arc<Spec>, String>, bool)> = match data {
        None => {
            builtin().iter().map(|name| (name.clone(), Spec::builtin(name).map_err(|e| e.to_string()), false)).collect()
        }
        Some(dir) => {
            let all = wiring::service(dir, true).await?.specs()?;
            all.into_iter().map(|known| (known.name, known.spec, known.digest.is_some())).collect()
        }
    };
    for (name, spec, is_own) in known {
        match spec {
            Ok(spec) => output::line(format!(
                "{name:<18} {}: {} fields, {} code lists, {} rules, {} derived columns{}",
                spec.title,
                spec.fields.len(),
                spec.code_lists.len(),
                spec.rules.len(),
                spec.derived.len(),
                if is_own { "; added here" } else { "" }
            ))?,
            Err(why) => output::line(format!("{name:<18} does not load: {why}"))?,
        }
    }
    Ok(())
}

async fn add(path: &Path, name: Option<&SpecName>, dir: &Path, json: bool) -> Result<(), Stop> {
    let added = wiring::service(dir, true).await?.add_spec(&wiring::actor(), path, name).await?;
    let (spec, dir) = (&added.spec, dir.display());
    let count = |class| spec.fields.iter().filter(|field| field.class == class).count();
    let persons = [Role::LocalPerson, Role::NhsNumber].map(|role| spec.field_of_role(role).map(|field| &field.header));
    let persons: Vec<&String> = persons.into_iter().flatten().collect();
    if json {
        output::json(&json!({
            "specification": spec.name.to_string(), "sha256": added.digest.to_string(), "fields": spec.fields.len(),
            "direct": count(PrivacyClass::Direct), "persons_by": persons, "again": added.already_there,
        }))?;
        return Ok(());
    }
    if added.already_there {
        output::line("The same was added before; nothing has changed.")?;
    }
    output::line(format!(
        "{} can be landed: {} fields, {} of them direct.",
        spec.name,
        spec.fields.len(),
        count(PrivacyClass::Direct)
    ))?;
    output::line(match persons.as_slice() {
        [] => "  It speaks of no persons: records are loaded as events and nobody is traced.".to_owned(),
        [one] => format!("  Persons are told apart by {one}, and traced."),
        several => format!(
            "  Persons are told apart by {}, and traced.",
            several.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", else ")
        ),
    })?;
    let derived: Vec<&str> = spec.derived.iter().map(|derived| derived.column.as_str()).collect();
    if !derived.is_empty() {
        output::line(format!("  Analysts will see, beside its open fields: {}.", derived.join(", ")))?;
    }
    output::line(format!("Next: fairway land FILE --org CODE --spec {} --data {dir}", spec.name.dataset()))?;
    Ok(())
}

/// By name, by folder, or by release alone (`r2`) where one dataset has it.
fn find(text: &str) -> Result<Arc<Spec>, Stop> {
    let by_release = builtin().iter().find(|name| name.release() == text).map(ToString::to_string);
    resolve(by_release.as_deref().unwrap_or(text)).map_err(|error| {
        Stop::Refused(Refusal::new(
            "The specification cannot be shown",
            error.to_string(),
            "See what there is with: fairway spec list",
        ))
    })
}

fn write(spec: &Spec, format: ExportFormat) -> Result<String, Stop> {
    export(spec, format).map_err(|error| fault("specification cannot be written", error))
}
