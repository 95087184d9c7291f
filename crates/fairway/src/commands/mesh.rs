//! `fairway mesh`: messages over the national exchange, by hand.

use std::path::{Path, PathBuf};

use fairway_domain::{FaultExt, Refusal};
use fairway_mesh::{Content, Label, MeshError, MeshMailbox, MessageId, Outgoing, Received, TrackingState};
use fairway_service::DataDir;
use serde_json::json;

use super::open_named;
use crate::cli::{Mailbox, MeshCommand};
use crate::exit::{CommandResult, Exit, Stop};
use crate::{output, tracing};

pub async fn mesh(command: MeshCommand) -> CommandResult {
    match command {
        MeshCommand::Handshake { mailbox } => handshake(&open(mailbox)?).await,
        MeshCommand::Send { file, to, workflow, reference, mailbox, json } => {
            let outgoing = outgoing(&file, &to, &workflow, &reference)?;
            send(&open(mailbox)?, &file, &outgoing, json).await
        }
        MeshCommand::Collect { workflow, into, mailbox, json } => {
            collect(&open(mailbox)?, &label(&workflow)?, &into, json).await
        }
        MeshCommand::Status { message: Some(message), mailbox, json } => {
            let id = MessageId::parse(&message).ok_or_else(|| refused("There is no message of that name".into()))?;
            track(&open(mailbox)?, &id, json).await
        }
        MeshCommand::Status { message: None, mailbox, json } => waiting(&open(mailbox)?, json).await,
    }
}

fn open(mailbox: Mailbox) -> Result<MeshMailbox, Stop> {
    let settings = match (mailbox.settings, mailbox.data) {
        (Some(settings), _) => settings,
        (None, Some(data)) => tracing::settings_of(&DataDir::new(data))?,
        (None, None) => return Err(refused("No mailbox is named".into())),
    };
    tracing::mailbox(&settings)
}

async fn handshake(mailbox: &MeshMailbox) -> CommandResult {
    mailbox.handshake().await.map_err(stop)?;
    output::line("The exchange knows the mailbox, and it and this program trust each other.")?;
    Ok(Exit::Clean)
}

fn outgoing(file: &Path, to: &str, workflow: &str, reference: &str) -> Result<Outgoing, Stop> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    Ok(Outgoing {
        to: label(to)?,
        workflow: label(workflow)?,
        file_name: label(&name)?,
        local_id: label(reference)?,
        subject: None,
    })
}

async fn send(mailbox: &MeshMailbox, file: &Path, outgoing: &Outgoing, json: bool) -> CommandResult {
    open_named(file).map_err(|reason| refused(format!("{}: {reason}", file.display())))?;
    let mut journal = file.as_os_str().to_owned();
    journal.push(".sending");
    let message = mailbox.send(file, outgoing, &PathBuf::from(journal)).await.map_err(stop)?;
    if json {
        output::json(&json!({ "message": message.as_str() }))?;
    } else {
        output::line(format!("Sent: the exchange calls it {message}"))?;
    }
    Ok(Exit::Clean)
}

async fn collect(mailbox: &MeshMailbox, workflow: &Label, into: &Path, json: bool) -> CommandResult {
    std::fs::create_dir_all(into).fault("folder of messages cannot be made")?;
    let all = mailbox.receive_all(workflow, into).await.map_err(stop)?;
    for message in &all {
        tell(message, json)?;
    }
    if all.is_empty() && !json {
        output::line("No message of that workflow waits.")?;
    }
    Ok(Exit::Clean)
}

fn tell(message: &Received, json: bool) -> Result<(), Stop> {
    let (file, report) = match &message.content {
        Content::File(path) => (Some(path.display().to_string()), None),
        Content::Report(report) => (None, Some(report.code.says())),
    };
    if json {
        let (id, reference) = (message.message.as_str(), &message.local_id);
        return Ok(output::json_line(&json!({
            "message": id, "from": message.from, "reference": reference, "file": file, "report": report,
        }))?);
    }
    let what = file.or_else(|| report.map(|says| format!("not delivered: {says}"))).unwrap_or_default();
    Ok(output::line(format!("{}  {what}", message.message))?)
}

async fn track(mailbox: &MeshMailbox, message: &MessageId, json: bool) -> CommandResult {
    let tracking = mailbox.track(message).await.map_err(stop)?;
    let (state, says) = match tracking.state {
        TrackingState::Uploading => ("uploading", "The exchange waits for the rest of it"),
        TrackingState::Accepted => ("accepted", "It is in the recipient's mailbox; nobody has fetched it"),
        TrackingState::Acknowledged => ("acknowledged", "The recipient has fetched it"),
        TrackingState::Undeliverable => ("undeliverable", "The recipient did not fetch it in time"),
        TrackingState::Failed => ("failed", "The exchange could not deliver it"),
    };
    let why = tracking.code.map(|code| code.says());
    if json {
        output::json(&json!({ "message": message.as_str(), "state": state, "why": why }))?;
    } else {
        output::line(format!("{says}{}", why.map(|why| format!(": {why}")).unwrap_or_default()))?;
    }
    Ok(Exit::Clean)
}

async fn waiting(mailbox: &MeshMailbox, json: bool) -> CommandResult {
    let waiting = mailbox.inbox().await.map_err(stop)?;
    if json {
        let messages: Vec<&str> = waiting.iter().map(MessageId::as_str).collect();
        output::json(&json!({ "waiting": messages }))?;
    } else {
        output::line(format!("{} messages wait in the mailbox.", waiting.len()))?;
    }
    Ok(Exit::Clean)
}

fn label(text: &str) -> Result<Label, Stop> {
    // The text itself is not repeated: it may be an NHS number.
    Label::parse(text).map_err(|error| refused(format!("A name of a file, mailbox, workflow or message: {error}")))
}

fn refused(reason: String) -> Stop {
    Refusal::new("The exchange cannot be asked for that", reason, "See how with: fairway mesh --help").into()
}

/// What the settings or the message are at fault for is refused; what the network or the exchange is at fault for is not.
fn stop(error: MeshError) -> Stop {
    match error {
        MeshError::Settings(_)
        | MeshError::NotAuthorised
        | MeshError::Refused(_)
        | MeshError::NoSuchMessage
        | MeshError::Gone
        | MeshError::TooLarge(_) => refused(error.to_string()),
        other => Stop::Fault(other.into()),
    }
}
