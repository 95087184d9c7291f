//! The log: verified, listed, signed, exported, what it forgets, and who saw whose data.

use std::path::Path;

use fairway_service::{
    AuditStatus, Clock, DataDir, SubjectAct, SubjectRelease, SubjectReport, SystemClock, verify_audit, witness_init,
    witness_sign,
};
use serde_json::json;

use super::haven::{asked, two};
use crate::cli::{AuditCommand, Forget, WitnessCommand};
use crate::exit::{CommandResult, Exit, Stop};
use crate::output::{self, grouped};
use crate::wiring;

pub async fn audit(command: AuditCommand) -> CommandResult {
    match command {
        AuditCommand::Verify { data, json } => verify(&data.dir, json).await,
        AuditCommand::List { data, limit, json } => list(&data.dir, limit, json).await,
        AuditCommand::Checkpoint { data } => {
            let checkpoint = wiring::service(&data.dir, true).await?.checkpoint().await?;
            output::line(String::from_utf8_lossy(&checkpoint.note).trim_end())?;
            Ok(Exit::Clean)
        }
        AuditCommand::Export { out, with_payloads, data } => {
            let service = wiring::service(&data.dir, true).await?;
            let done = service.export_log(&wiring::actor(), &out, with_payloads).await?;
            output::line(format!("{} entries are in {}.", grouped(done.entries), done.file.display()))?;
            output::line(format!("Verify it with: python3 tools/verify_log.py {} --key {}", out.display(), done.key))?;
            Ok(Exit::Clean)
        }
        AuditCommand::Forget(args) => forget(args).await,
        AuditCommand::Subject { org, kind, data, json } => {
            let service = wiring::service(&data.dir, true).await?;
            let (kind, text) = asked(kind)?;
            let report = service.subject_access(&wiring::actor(), &org, kind, &text).await?;
            if json {
                output::json(&report)?
            } else {
                tell(&report)?
            }
            Ok(Exit::Clean)
        }
    }
}

pub fn witness(command: WitnessCommand) -> CommandResult {
    match command {
        WitnessCommand::Init { state, name } => output::line(witness_init(&state, &name)?.key)?,
        WitnessCommand::Sign { state, log, key } => {
            let signed = witness_sign(&state, &log, key.as_deref(), SystemClock.now())?;
            let before = signed.before.map(|entries| format!(", {} before", grouped(entries))).unwrap_or_default();
            output::line(format!("{}: {} entries{before}", signed.origin, grouped(signed.entries)))?;
            output::line(signed.file.display().to_string())?;
        }
    }
    Ok(Exit::Clean)
}

async fn verify(dir: &Path, json: bool) -> CommandResult {
    let report = verify_audit(&DataDir::new(dir)).await?;
    let status = AuditStatus::of(&report, SystemClock.now());
    if json {
        output::json(&json!({
            "verified": status.problems.is_empty(), "entries": status.entries, "head": report.head.hash.to_string(),
            "forgotten": report.erased, "problems": status.problems, "alarms": status.alarms,
        }))?;
    } else {
        say(&status)?;
    }
    Ok(if status.problems.is_empty() { Exit::Clean } else { Exit::Fault })
}

/// What a check of the log found.
pub fn say(audit: &AuditStatus) -> Result<(), Stop> {
    if audit.problems.is_empty() {
        output::line(format!("The log holds {} entries and is as it was written.", grouped(audit.entries)))?;
    } else {
        output::line(format!("The log holds {} entries and has been changed:", grouped(audit.entries)))?;
    }
    for problem in &audit.problems {
        output::line(format!("  - {problem}"))?;
    }
    for alarm in &audit.alarms {
        output::line(format!("Look at {alarm}"))?;
    }
    Ok(())
}

async fn list(dir: &Path, limit: u32, json: bool) -> CommandResult {
    let service = wiring::service(dir, true).await?;
    let mut entries = service.audit_entries(limit).await?;
    entries.reverse();
    for entry in entries {
        if json {
            let detail: serde_json::Value = serde_json::from_str(&entry.detail).unwrap_or_default();
            output::json_line(&json!({
                "seq": entry.seq, "at": entry.at.to_string(), "actor": entry.actor, "verb": entry.verb,
                "object": entry.object, "detail": detail,
            }))?;
        } else {
            output::line(format!(
                "{:>5}  {}  {:<20} {}  {}",
                entry.seq, entry.at, entry.verb, entry.object, entry.actor
            ))?;
        }
    }
    Ok(Exit::Clean)
}

async fn forget(args: Forget) -> CommandResult {
    let Forget { before, object, reason, data } = args;
    let people = two(&reason)?;
    let service = wiring::service(&data.dir, true).await?;
    let count = service.forget_payloads(before, object.as_deref(), &people).await?;
    output::line(format!("Figures and reasons of {} entries are destroyed.", grouped(count)))?;
    Ok(Exit::Clean)
}

fn tell(report: &SubjectReport) -> Result<(), Stop> {
    if report.submissions.is_empty() {
        output::line("No record of this person is held.")?;
    }
    for one in &report.submissions {
        let period = one.period.as_ref().map(|[first, last]| format!(", {first} to {last}")).unwrap_or_default();
        output::line(format!(
            "Held    {}  {} of {}{period}, submission {}",
            one.landed_at, one.dataset, one.organisation, one.submission
        ))?;
    }
    releases("Sent", &report.releases)?;
    releases("Perhaps", &report.releases_unknown)?;
    acts("Turned", &report.reidentifications)?;
    acts("Return", &report.returns)?;
    acts("Asked", &report.queries)?;
    acts("Vault", &report.vault)?;
    if report.reidentifications_forgotten > 0 {
        output::line(format!(
            "{} re-identifications may have been about anybody: their particulars were forgotten.",
            report.reidentifications_forgotten
        ))?;
    }
    Ok(output::line(
        "\nSent: releases whose extract covers a submission that holds the person. Perhaps: older releases whose submissions are
not known any more. Turned: pseudonyms of the person turned back. Return: what tracing sent back to the council. Asked:
questions to the de-identified tables since. Vault: what was done about the person there.",
    )?)
}

fn releases(word: &str, all: &[SubjectRelease]) -> Result<(), Stop> {
    for one in all {
        output::line(format!(
            "{word:<7} {}  to {} under {}, {}, release {}",
            one.at, one.recipient, one.agreement, one.state, one.release
        ))?;
    }
    Ok(())
}

fn acts(word: &str, all: &[SubjectAct]) -> Result<(), Stop> {
    for one in all {
        let under = if one.agreement.is_empty() { String::new() } else { format!(" under {}", one.agreement) };
        output::line(format!("{word:<7} {}  {} {}{under}", one.at, one.who, one.what))?;
    }
    Ok(())
}
