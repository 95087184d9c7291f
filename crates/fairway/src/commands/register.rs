//! `fairway register`: the index that people are traced against.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use fairway_domain::Refusal;
use fairway_service::{DataDir, RegisterReport};
use fairway_trace::{Register, Requests, train_file};
use serde_json::json;

use super::trace::{Counted, batch_stop, index_stop, open, register as opened, threads};
use crate::cli::{Place, RegisterCommand};
use crate::exit::{CommandResult, Exit, Stop};
use crate::output::{self, Bars, grouped};
use crate::whole_file::WholeFile;
use crate::{extract, wiring};

const UNCHANGED: &str = "Mend the files and run the command again; the register in use has not changed";

pub async fn register(command: RegisterCommand, quiet: bool) -> CommandResult {
    match command {
        RegisterCommand::Build { from, place, json } => match place {
            Place { folder: Some(folder), .. } => build(&from, &folder, json),
            Place { data, .. } => build_at(&from, &named(data)?, json, quiet).await,
        },
        RegisterCommand::Update { from, place, json } => match place {
            Place { folder: Some(folder), .. } => update(&from, &folder, json),
            Place { data, .. } => {
                let service = wiring::service(&named(data)?, quiet).await?;
                say(&service.update_register(&wiring::actor(), extract::of(&from)?).await?, json)
            }
        },
        RegisterCommand::Verify { place: Place { folder, data }, json } => match folder {
            Some(folder) => verify(&folder, json),
            None => verify(&DataDir::new(named(data)?).register(), json),
        },
        RegisterCommand::Train { register, from, out, threads } => train(&register, &from, &out, threads, quiet),
    }
}

/// Makes the register of a processing centre.
pub async fn build_at(from: &Path, data: &Path, json: bool, quiet: bool) -> CommandResult {
    let service = wiring::service(data, quiet).await?;
    say(&service.build_register(&wiring::actor(), extract::of(from)?).await?, json)
}

fn build(from: &Path, folder: &Path, json: bool) -> CommandResult {
    Register::build_from(&*extract::of(from)?, folder)
        .map_err(|error| index_stop("The register cannot be built", UNCHANGED, error))?;
    report(folder, json)
}

fn update(from: &Path, folder: &Path, json: bool) -> CommandResult {
    const WHAT: &str = "The register cannot be updated";
    if !Register::is_built(folder) {
        let reason = format!("There is no index in {}", folder.display());
        return Err(Refusal::new(WHAT, reason, "Build one first: fairway register build").into());
    }
    Register::update_from(folder, &*extract::of(from)?).map_err(|error| index_stop(WHAT, UNCHANGED, error))?;
    report(folder, json)
}

fn verify(folder: &Path, json: bool) -> CommandResult {
    const NEXT: &str = "Restore its files from a backup, or build it again: fairway register build";
    opened(folder)?.verify().map_err(|error| index_stop("The register is not whole", NEXT, error))?;
    report(folder, json)
}

fn report(folder: &Path, json: bool) -> CommandResult {
    let register = opened(folder)?;
    say(&RegisterReport { people: register.len() as u64, version: register.version().to_string() }, json)
}

fn say(report: &RegisterReport, json: bool) -> CommandResult {
    if json {
        output::json(&json!({ "people": report.people, "version": report.version }))?;
    } else {
        output::line(format!("  The demographics register holds {} people.", grouped(report.people)))?;
    }
    Ok(Exit::Clean)
}

fn train(folder: &Path, from: &Path, out: &Path, workers: Option<NonZeroUsize>, quiet: bool) -> CommandResult {
    const WHAT: &str = "Nothing can be learnt from this";
    let register = opened(folder)?;
    let bars = Bars::new(quiet);
    let read = Counted::new(open(from, WHAT)?, &bars);
    let requests = Requests::new(read).map_err(|error| batch_stop(WHAT, error))?;
    let learnt = train_file(&register, requests, "learnt by `fairway register train`", threads(workers))
        .map_err(|error| batch_stop(WHAT, error))?;
    let mut file = WholeFile::begin(out)?;
    std::io::Write::write_all(&mut file, learnt.to_text().as_bytes())?;
    file.finish()?;
    output::line(format!("  Written to {0}. Trace with it: --parameters {0}", out.display()))?;
    Ok(Exit::Clean)
}

/// The command line is not read without a folder or a data directory.
fn named(data: Option<PathBuf>) -> Result<PathBuf, Stop> {
    data.ok_or_else(|| {
        Refusal::new("No register is named", "There is neither folder nor data directory", "Name one").into()
    })
}
