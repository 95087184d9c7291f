//! `fairway spec`: what a file holds and what must be true of it.

use std::sync::Arc;

use fairway_domain::Refusal;
use fairway_spec::{ExportFormat, Spec, builtin, diff, export, resolve};

use super::centre::fault;
use super::spec_files;
use crate::cli::{SpecCommand, SpecFormat};
use crate::exit::{CommandResult, Exit, Stop};
use crate::output;

pub fn spec(command: SpecCommand) -> CommandResult {
    match command {
        SpecCommand::List => list()?,
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

fn list() -> Result<(), Stop> {
    for name in builtin() {
        let spec = find(&name.to_string())?;
        output::line(format!(
            "{name:<12} {}: {} fields, {} code lists, {} rules, {} derived columns",
            spec.title,
            spec.fields.len(),
            spec.code_lists.len(),
            spec.rules.len(),
            spec.derived.len()
        ))?;
    }
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
