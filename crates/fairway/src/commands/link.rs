//! `fairway link`: two datasets beside each other, under an agreement that names the pair.

use fairway_service::{LinkReport, VerbError};
use serde_json::json;

use super::centre::{agreement, refused};
use crate::cli::Link;
use crate::exit::{CommandResult, Exit, Stop};
use crate::output::{self, grouped};
use crate::wiring;

pub async fn link(args: Link, quiet: bool) -> CommandResult {
    let text = agreement(&args.agreement)?;
    let service = wiring::service(&args.data.dir, quiet).await?;
    match service.link(&wiring::actor(), &text, &args.with).await {
        Ok(report) if args.json => {
            let (folder, manifest) = (report.release.folder.display().to_string(), &report.release.manifest);
            output::json(&json!({
                "released": true, "folder": folder, "manifest": manifest, "quality": report.quality,
            }))?;
        }
        Ok(report) => say(&report)?,
        Err(VerbError::Refused(refusal)) if args.json => return refused(&refusal),
        Err(error) => return Err(error.into()),
    }
    Ok(Exit::Clean)
}

fn say(report: &LinkReport) -> Result<(), Stop> {
    let manifest = &report.release.manifest;
    let with = manifest.linked_with.as_ref().map_or("", |linked| linked.dataset.as_str());
    output::line(format!(
        "Linked {} with {with}: {} rows of {} columns to {} under {}.",
        manifest.dataset,
        grouped(manifest.rows),
        manifest.columns.len(),
        manifest.recipient,
        manifest.agreement
    ))?;
    for line in report.quality.iter().filter(|line| line.by == "all") {
        output::line(format!(
            "  {}: {} people are in the other dataset as well, {} are not.",
            line.dataset, line.people_linked, line.people_not_linked
        ))?;
    }
    let cells = grouped(manifest.cells_scanned);
    output::line(format!("  {cells} cells were read for identifiers; none was found."))?;
    output::line(format!("  {}", report.release.folder.display()))?;
    Ok(())
}
