//! The vault and the reference data.

use std::io::Read;

use fairway_domain::LinkClass;
use fairway_service::{IdentifierKind, ReferenceKind, TwoPeople};

use crate::cli::{FindKind, Reason, ReferenceCommand, ReferenceKindArg, VaultCommand, WarehouseCommand};
use crate::exit::{CommandResult, Exit, Stop};
use crate::output::{self, grouped};
use crate::wiring;

/// The longest identifier that is read.
const LONGEST: u64 = 1_024;

pub async fn vault(command: VaultCommand) -> CommandResult {
    match command {
        VaultCommand::Find { org, kind, data } => {
            let service = wiring::service(&data.dir, true).await?;
            let (kind, text) = asked(kind)?;
            let found = service.find_person(&wiring::actor(), &org, kind, &text).await?;
            let classes: Vec<&str> = found.classes.iter().copied().map(LinkClass::as_str).collect();
            output::line(format!("{} {}", found.uid.to_hex(), classes.join(", ")))?;
        }
        VaultCommand::Merge { person, into, reason, data } => {
            let people = two(&reason)?;
            let service = wiring::service(&data.dir, true).await?;
            let target = service.merge_persons(person, into, &people).await?;
            output::line(format!("{} is {} from now on.", person.to_hex(), target.to_hex()))?;
        }
        VaultCommand::Split { person, reason, data } => {
            let people = two(&reason)?;
            let service = wiring::service(&data.dir, true).await?;
            service.split_person(person, &people).await?;
            output::line(format!("{} is itself again from now on.", person.to_hex()))?;
        }
        VaultCommand::Shred { submission, reason, data } => {
            let people = two(&reason)?;
            let service = wiring::service(&data.dir, true).await?;
            let done = service.shred(submission, &people).await?;
            output::line(match done {
                true => format!("The identifiers of {submission} are destroyed: nobody can open them any more."),
                false => format!("The identifiers of {submission} were destroyed before."),
            })?;
        }
    }
    Ok(Exit::Clean)
}

/// The identifier on standard input, and what it is.
pub fn asked(kind: FindKind) -> Result<(IdentifierKind, String), Stop> {
    let mut text = String::new();
    std::io::stdin().lock().take(LONGEST).read_to_string(&mut text)?;
    let kind = match kind {
        FindKind::Local => IdentifierKind::Local,
        FindKind::NhsNumber => IdentifierKind::NhsNumber,
    };
    Ok((kind, text))
}

/// Who stands behind it, and why.
pub fn two(reason: &Reason) -> Result<TwoPeople, Stop> {
    Ok(TwoPeople::new(&reason.by, &reason.approved_by, &reason.reason)?)
}

pub async fn reference(command: ReferenceCommand) -> CommandResult {
    match command {
        ReferenceCommand::Add { file, kind, from, data } => {
            let kind = match kind {
                ReferenceKindArg::Postcodes => ReferenceKind::Postcodes,
                ReferenceKindArg::Practices => ReferenceKind::Practices,
            };
            let service = wiring::service(&data.dir, true).await?;
            let added = service.add_reference(&wiring::actor(), kind, &file, from).await?;
            output::line(format!(
                "Added {} ({}, {} records), used from {}.",
                added.label,
                added.kind,
                grouped(added.records),
                added.effective_from
            ))?;
        }
        ReferenceCommand::List { data } => {
            let service = wiring::service(&data.dir, true).await?;
            let all = service.added_references().await?;
            if all.is_empty() {
                output::line("Nothing was added: what came with the data directory is used.")?;
            }
            for file in all {
                output::line(format!(
                    "{:<10} from {}  {}  {:.12}",
                    file.kind, file.effective_from, file.label, file.sha256
                ))?;
            }
        }
    }
    Ok(Exit::Clean)
}

pub async fn warehouse(command: WarehouseCommand) -> CommandResult {
    let WarehouseCommand::Vacuum { keep, dry_run, data } = command;
    let service = wiring::service(&data.dir, true).await?;
    let found = service.vacuum(&wiring::actor(), keep, dry_run).await?;
    let done = if dry_run { "would be taken away" } else { "taken away" };
    output::line(format!("{} files of {} bytes {done}.", grouped(found.files), grouped(found.bytes)))?;
    Ok(Exit::Clean)
}
