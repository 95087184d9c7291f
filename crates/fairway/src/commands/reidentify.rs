//! Re-identification under control.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use fairway_domain::{Digest, FaultExt, KeyDomain, Refusal};
use fairway_service::{NewReidentification, ReidentificationRecipient, Voice};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::cli::{
    AskedSubject, ReidentifyApprove, ReidentifyCollect, ReidentifyCommand, ReidentifyList, ReidentifyRecipient,
    ReidentifyRequest,
};
use crate::exit::{CommandResult, Exit, Stop};
use crate::output;
use crate::wiring;

pub async fn reidentify(command: ReidentifyCommand) -> CommandResult {
    match command {
        ReidentifyCommand::Recipient(args) => recipient(args).await,
        ReidentifyCommand::Request(args) => request(args).await,
        ReidentifyCommand::Approve(args) => approve(args).await,
        ReidentifyCommand::Collect(args) => collect(args).await,
        ReidentifyCommand::List(args) => list(args).await,
    }
}

async fn recipient(args: ReidentifyRecipient) -> CommandResult {
    let service = wiring::service(&args.data.dir, true).await?;
    let new = ReidentificationRecipient { name: args.name, organisation: args.org, key: args.key };
    service.register_recipient(&wiring::actor(), new).await?;
    output::line("Registered.")?;
    Ok(Exit::Clean)
}

async fn request(args: ReidentifyRequest) -> CommandResult {
    let pseudonyms = fs::read_to_string(&args.pseudonyms).map_err(|_| unreadable(&args.pseudonyms))?;
    let subject = match args.subject {
        AskedSubject::Person => "person",
        AskedSubject::LaPerson => "la_person",
    };
    let new = NewReidentification {
        id: Uuid::nil(),
        domain: KeyDomain { name: args.agreement, epoch: args.epoch },
        subject: subject.into(),
        pseudonyms: pseudonyms.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect(),
        reason: args.reason,
        evidence: digest(&args.evidence)?,
        recipient: args.recipient,
        requester: args.by,
        organisation: args.org,
    };
    let service = wiring::service(&args.data.dir, true).await?;
    let id = service.request_reidentification(&wiring::actor(), new).await?;
    if args.json {
        output::json(&json!({ "request": id.to_string() }))?;
    } else {
        output::line(format!("Request {id}"))?;
        output::line("Next: fairway reidentify approve, by two people of two organisations")?;
    }
    Ok(Exit::Clean)
}

fn digest(path: &Path) -> Result<Digest, Stop> {
    let mut file = File::open(path).map_err(|_| unreadable(path))?;
    let mut hasher = Sha256::new();
    io::copy(&mut file, &mut HashWriter(&mut hasher)).fault("evidence cannot be read")?;
    Ok(Digest(hasher.finalize().into()))
}

struct HashWriter<'a>(&'a mut Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn unreadable(path: &Path) -> Stop {
    let reason = format!("{} cannot be read", path.display());
    Stop::Refused(Refusal::new("Nothing can be asked", reason, "Name a file that is there"))
}

async fn approve(args: ReidentifyApprove) -> CommandResult {
    let service = wiring::service(&args.data.dir, true).await?;
    let who = Voice { name: &args.by, organisation: &args.org };
    let enough = service.approve_reidentification(&wiring::actor(), args.request, who).await?;
    let next =
        if enough { "fairway reidentify collect" } else { "one more approval, by somebody of another organisation" };
    output::line(format!("Approved. Next: {next}"))?;
    Ok(Exit::Clean)
}

async fn collect(args: ReidentifyCollect) -> CommandResult {
    let service = wiring::service(&args.data.dir, true).await?;
    let report = service.collect_reidentification(&wiring::actor(), args.request).await?;
    if args.json {
        output::json(&json!({
            "file": report.file.display().to_string(), "asked": report.asked, "found": report.found,
            "expires": report.expires.to_string(),
        }))?;
    } else {
        output::line(format!("{} of {} are known here.", report.found, report.asked))?;
        output::line(format!("  {}", report.file.display()))?;
        output::line(format!("  for its recipient alone; destroyed at {}", report.expires))?;
    }
    Ok(Exit::Clean)
}

async fn list(args: ReidentifyList) -> CommandResult {
    let service = wiring::service(&args.data.dir, true).await?;
    let requests = service.reidentifications().await?;
    if args.json {
        let rows = requests.iter().map(|request| {
            json!({
                "request": request.asked.id.to_string(), "state": request.state.as_str(), "count": request.count,
                "agreement": request.asked.domain.name, "reason": request.asked.reason,
                "recipient": request.asked.recipient, "approvals": request.approvals.len(),
            })
        });
        output::json(&rows.collect::<Vec<_>>())?;
        return Ok(Exit::Clean);
    }
    for request in &requests {
        output::line(format!(
            "{}  {:<9}  {} about {} under {}",
            request.asked.id, request.state, request.asked.reason, request.count, request.asked.domain
        ))?;
    }
    if requests.is_empty() {
        output::line("Nobody has asked.")?;
    }
    Ok(Exit::Clean)
}
