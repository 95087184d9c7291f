//! Releases and what becomes of them.

use fairway_domain::AgreementRef;
use fairway_governance::gate;
use fairway_service::{HeldRelease, ReleaseDelivery, ReleaseWish, ReleaseWord, VerbError, Voice};
use serde_json::{Value, json};

use super::centre;
use crate::cli::{
    By, Look, OptOutCommand, Release, ReleaseCommand, ReleaseDecide, ReleaseDeliver, ReleaseRecall, ReleaseReceipt,
    ReleaseRequest, ReleaseResend, ReleaseStandBy, ReleaseVerify,
};
use crate::exit::{CommandResult, Exit};
use crate::output::{self, grouped};
use crate::wiring;

pub async fn release(args: Release, quiet: bool) -> CommandResult {
    match args.command {
        None => at_once(args, quiet).await,
        Some(ReleaseCommand::Request(args)) => request(args, quiet).await,
        Some(ReleaseCommand::Approve(args)) => decide(args, true).await,
        Some(ReleaseCommand::Reject(args)) => decide(args, false).await,
        Some(ReleaseCommand::Deliver(args)) => deliver(args).await,
        Some(ReleaseCommand::Receipt(args)) => receipt(args).await,
        Some(ReleaseCommand::Recall(args)) => recall(args).await,
        Some(ReleaseCommand::Resend(args)) => resend(args).await,
        Some(ReleaseCommand::StandBy(args)) => stand_by(args).await,
        Some(ReleaseCommand::Due(args)) => due(args).await,
        Some(ReleaseCommand::List(args)) => list(args).await,
        Some(ReleaseCommand::Verify(args)) => verify(args).await,
        Some(ReleaseCommand::Rules) => {
            output::line(gate::page()?.trim_end())?;
            Ok(Exit::Clean)
        }
    }
}

fn voice(by: &By) -> Voice<'_> {
    Voice { name: &by.name, organisation: &by.organisation }
}

async fn at_once(args: Release, quiet: bool) -> CommandResult {
    // Both are required where no command stands in their place.
    let (agreement, data) = (args.agreement.unwrap_or_default(), args.data.unwrap_or_default());
    let text = centre::agreement(&agreement)?;
    let service = wiring::service(&data, quiet).await?;
    match service.release(&wiring::actor(), &text).await {
        Ok(report) if args.json => {
            let folder = report.folder.display().to_string();
            output::json(&json!({ "released": true, "folder": folder, "manifest": report.manifest }))?;
        }
        Ok(report) => {
            let manifest = &report.manifest;
            output::line(format!(
                "Released {} rows of {} columns to {} under {}.",
                grouped(manifest.rows),
                manifest.columns.len(),
                manifest.recipient,
                manifest.agreement
            ))?;
            output::line(format!(
                "  {} cells were read for identifiers; none was found.",
                grouped(manifest.cells_scanned)
            ))?;
            output::line(format!("  {}", encryption(&manifest.encrypted_to)))?;
            output::line(format!("  {}", report.folder.display()))?;
        }
        Err(VerbError::Refused(refusal)) if args.json => {
            return centre::refused(&refusal);
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Exit::Clean)
}

/// Whether an extract is encrypted, said so that nobody overlooks that it is not.
fn encryption(to: &[String]) -> String {
    match to {
        [] => "NOT ENCRYPTED: the agreement names no key (delivery.keys)".into(),
        to => format!("encrypted to the keys of {}", to.join(", ")),
    }
}

async fn request(args: ReleaseRequest, quiet: bool) -> CommandResult {
    let text = centre::agreement(&args.agreement)?;
    let service = wiring::service(&args.look.data.dir, quiet).await?;
    let wish = ReleaseWish { agreement: &text, dataset: args.dataset.as_deref(), with: args.with.as_deref() };
    let who = voice(&args.by);
    let held = match service.request_release(&wiring::actor(), wish, who).await {
        Err(VerbError::Refused(refusal)) if args.look.json => return centre::refused(&refusal),
        held => held?,
    };
    let folder = service.dir().held_folder(&held).display().to_string();
    if args.look.json {
        let mut told = told(&held);
        told["folder"] = folder.into();
        output::json(&told)?;
        return Ok(Exit::Clean);
    }
    let asked = &held.asked;
    output::line(format!("Release {} of {} rows is made, and held.", asked.id, grouped(asked.rows)))?;
    output::line(format!("  {folder}"))?;
    output::line(format!("  what is approved: manifest.json, SHA-256 {}", asked.content))?;
    output::line(next(&held))?;
    Ok(Exit::Clean)
}

fn told(held: &HeldRelease) -> Value {
    let approvals = held.voices.iter().map(|voice| {
        json!({ "by": voice.name, "organisation": voice.organisation, "approved": voice.approved, "reason": voice.reason })
    });
    json!({
        "release": held.asked.id.to_string(), "agreement": held.asked.agreement, "state": held.state.as_str(),
        "rows": held.asked.rows, "manifest_sha256": held.asked.content.to_string(), "needed": held.asked.needed,
        "approvals": approvals.collect::<Vec<_>>(), "deliver_to": held.asked.deliver_to.as_str(),
    })
}

/// Who spoke last about an extract.
fn spoke(held: &HeldRelease) -> &str {
    held.voices.last().map_or("", |voice| &voice.name)
}

fn next(held: &HeldRelease) -> String {
    let approved = held.voices.iter().filter(|voice| voice.approved).count() as u64;
    match held.asked.needed.saturating_sub(approved) {
        0 => format!("Next: fairway release deliver {}, by somebody else", held.asked.id),
        missing => {
            format!("Next: fairway release approve {}, by {missing} people of different organisations", held.asked.id)
        }
    }
}

async fn decide(args: ReleaseDecide, approved: bool) -> CommandResult {
    let service = wiring::service(&args.look.data.dir, true).await?;
    let who = voice(&args.by);
    let word = ReleaseWord { who, approved, content: args.content, reason: &args.reason };
    let held = service.decide_release(&wiring::actor(), args.release, word).await?;
    if args.look.json {
        output::json(&told(&held))?;
    } else if approved {
        output::line(format!("Approved by {}.", spoke(&held)))?;
        output::line(next(&held))?;
    } else {
        output::line(format!("Rejected by {}; its files are gone.", spoke(&held)))?;
    }
    Ok(Exit::Clean)
}

async fn deliver(args: ReleaseDeliver) -> CommandResult {
    let service = wiring::service(&args.data.dir, true).await?;
    let who = voice(&args.by);
    let folder = service.deliver_release(&wiring::actor(), args.release, who).await?;
    output::line(format!("Delivered: {}", folder.display()))?;
    Ok(Exit::Clean)
}

async fn receipt(args: ReleaseReceipt) -> CommandResult {
    let service = wiring::service(&args.data.dir, true).await?;
    let who = voice(&args.by);
    let delivery = service.receive_release(&wiring::actor(), args.release, args.manifest, who).await?;
    output::line(format!("Release {} is {}.", delivery.release, delivery.state))?;
    Ok(Exit::Clean)
}

async fn recall(args: ReleaseRecall) -> CommandResult {
    let service = wiring::service(&args.data.dir, true).await?;
    let delivery = service.recall_release(&wiring::actor(), args.release, &args.reason).await?;
    output::line(format!("Release {} is {}: it is out of the outbox.", delivery.release, delivery.state))?;
    output::line("Tell its recipient to destroy what was fetched, and to certify it.")?;
    Ok(Exit::Clean)
}

async fn resend(args: ReleaseResend) -> CommandResult {
    let service = wiring::service(&args.data.dir, true).await?;
    let delivery = service.resend_release(&wiring::actor(), args.release).await?;
    output::line(format!("Release {} can be fetched until {}.", delivery.release, delivery.expires_on))?;
    Ok(Exit::Clean)
}

async fn stand_by(args: ReleaseStandBy) -> CommandResult {
    let text = centre::agreement(&args.agreement)?;
    let service = wiring::service(&args.data.dir, true).await?;
    let who = voice(&args.by);
    let standing = service.stand_by(&wiring::actor(), &text, who).await?;
    output::line(format!("{} releases by itself, the next time on {}.", standing.agreement, standing.next_on))?;
    Ok(Exit::Clean)
}

async fn due(args: Look) -> CommandResult {
    let service = wiring::service(&args.data.dir, true).await?;
    let report = service.release_due(&wiring::actor()).await?;
    if args.json {
        output::json(&json!({
            "expired": report.expired.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "overdue": report.overdue.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "standing": report.standing.iter().map(|(agreement, outcome)| json!({ "agreement": agreement, "outcome": outcome }))
                .collect::<Vec<_>>(),
            "expired_agreements": report.expired_agreements.iter().map(AgreementRef::as_str).collect::<Vec<_>>(),
            "retired_keys": report.retired_keys,
            "destroyed_keys": report.destroyed_keys,
        }))?;
        return Ok(Exit::Clean);
    }
    for id in &report.expired {
        output::line(format!("Release {id} was not fetched in time, and is out of the outbox."))?;
    }
    for id in &report.overdue {
        output::line(format!("The receipt of release {id} is overdue."))?;
    }
    for (agreement, outcome) in &report.standing {
        output::line(format!("{agreement}: {outcome}"))?;
    }
    for agreement in &report.expired_agreements {
        output::line(format!("{agreement} has expired."))?;
    }
    for key in &report.destroyed_keys {
        output::line(format!("Key {key} is destroyed: its agreement has ended, and says so."))?;
    }
    for key in &report.retired_keys {
        output::line(format!("Key {key} verifies only from now on: its agreement has ended."))?;
    }
    if report == Default::default() {
        output::line("Nothing was due.")?;
    }
    Ok(Exit::Clean)
}

async fn list(args: Look) -> CommandResult {
    let service = wiring::service(&args.data.dir, true).await?;
    let (held, deliveries) = (service.held_releases().await?, service.release_deliveries().await?);
    if args.json {
        let delivered = |one: &ReleaseDelivery| {
            json!({
                "release": one.release.to_string(), "delivered_to": one.organisation.as_str(), "state": one.state.as_str(),
                "expires_on": one.expires_on.to_string(), "receipt_due": one.receipt_due.map(|day| day.to_string()),
            })
        };
        output::json(&json!({
            "held": held.iter().map(told).collect::<Vec<_>>(),
            "delivered": deliveries.iter().map(delivered).collect::<Vec<_>>(),
        }))?;
        return Ok(Exit::Clean);
    }
    for one in &held {
        let asked = &one.asked;
        output::line(format!(
            "{}  {:<11}  {} rows under {}",
            asked.id,
            one.state,
            grouped(asked.rows),
            asked.agreement
        ))?;
    }
    for one in &deliveries {
        output::line(format!("{}  {:<11}  to {}, until {}", one.release, one.state, one.organisation, one.expires_on))?;
    }
    if held.is_empty() && deliveries.is_empty() {
        output::line("Nothing waits, and nothing was delivered.")?;
    }
    Ok(Exit::Clean)
}

async fn verify(args: ReleaseVerify) -> CommandResult {
    let service = wiring::service(&args.data.dir, true).await?;
    let verified = service.verify_gate_report(&args.folder, args.key.as_deref()).await?;
    if args.json {
        output::json(&json!({ "verified": true, "key": verified.key, "report": verified.report }))?;
        return Ok(Exit::Clean);
    }
    output::line(format!("The report is whole, signed by {}", verified.key))?;
    for rule in verified.report["rules"].as_array().into_iter().flatten() {
        let passed = if rule["passed"] == true { "passed" } else { "NOT PASSED" };
        let (id, title) = (rule["rule"].as_str().unwrap_or_default(), rule["title"].as_str().unwrap_or_default());
        output::line(format!("  {id:<4} {passed}  {title}"))?;
        for remark in rule["remarks"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            output::line(format!("         {remark}"))?;
        }
    }
    Ok(Exit::Clean)
}

pub async fn opt_out(command: OptOutCommand) -> CommandResult {
    let OptOutCommand::Import(args) = command;
    let service = wiring::service(&args.data.dir, true).await?;
    let report = service.import_opt_outs(&wiring::actor(), &args.file).await?;
    output::line(format!(
        "{} people are left out where opt-outs are applied; {} lines were no NHS number.",
        grouped(report.numbers),
        grouped(report.passed_over)
    ))?;
    Ok(Exit::Clean)
}
