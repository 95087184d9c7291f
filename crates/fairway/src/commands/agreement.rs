//! `fairway agreement`: the life of data sharing agreements.

use fairway_domain::AgreementRef;
use fairway_domain::governance::{AgreementEvent as E, AgreementState, Machine, Particulars};
use fairway_governance::papers::AgreementPaper;
use fairway_governance::{AgreementStanding, GovernanceTerms};
use fairway_service::Acted;
use serde_json::{Value, json};

use super::papers::{self, digest, particulars, today};
use crate::cli::agreement::{AgreementCommand, OfOrg, Step, Why};
use crate::cli::{Act, Look};
use crate::exit::{CommandResult, Exit};
use crate::{output, wiring};

pub async fn agreement(command: AgreementCommand) -> CommandResult {
    match command {
        AgreementCommand::Register { document, act } => {
            let text = papers::text(&document)?;
            let service = wiring::service(&act.data.dir, true).await?;
            let registered = service.register_agreement(&wiring::actor(), &text, &act.by).await?;
            done(&Acted { paper: registered.paper, changed: !registered.already }, act.json)
        }
        AgreementCommand::Sign { reference, organisation, document, act } => {
            let about =
                Particulars { organisation: Some(organisation), digest: Some(digest(&document)?), ..particulars(&act) };
            step(&reference, (E::Signed, about), &act).await
        }
        AgreementCommand::Issue(args) => plain(args, E::Issued).await,
        AgreementCommand::Activate(args) => plain(args, E::Activated).await,
        AgreementCommand::Resume(args) => plain(args, E::Resumed).await,
        AgreementCommand::Destruction(args) => plain(args, E::DestructionOrdered).await,
        AgreementCommand::Close(args) => plain(args, E::Closed).await,
        AgreementCommand::Withdraw(args) => plain(args, E::Withdrawn).await,
        AgreementCommand::Suspend(args) => why(args, E::Suspended).await,
        AgreementCommand::Revoke(args) => why(args, E::Revoked).await,
        AgreementCommand::Confirm(OfOrg { reference, organisation, act }) => {
            let about = Particulars { organisation: Some(organisation), ..particulars(&act) };
            step(&reference, (E::Confirmed, about), &act).await
        }
        AgreementCommand::Certificate { reference, organisation, method, all_copies, act } => {
            let about = Particulars { organisation: Some(organisation), note: method, ..particulars(&act) };
            let about = if all_copies { AgreementPaper::certificate(about) } else { about };
            step(&reference, (E::Certified, about), &act).await
        }
        AgreementCommand::Expire(look) => expire(&look).await,
        AgreementCommand::List(look) => list(&look).await,
        AgreementCommand::Show { reference, look } => show(&reference, &look).await,
    }
}

async fn plain(args: Step, event: E) -> CommandResult {
    step(&args.reference, (event, particulars(&args.act)), &args.act).await
}

async fn why(args: Why, event: E) -> CommandResult {
    let about = Particulars { note: args.why, ..particulars(&args.act) };
    step(&args.reference, (event, about), &args.act).await
}

async fn step(reference: &AgreementRef, asked: (E, Particulars), act: &Act) -> CommandResult {
    let service = wiring::service(&act.data.dir, true).await?;
    done(&service.move_agreement(&wiring::actor(), reference, asked).await?, act.json)
}

fn done(acted: &Acted<AgreementPaper>, as_json: bool) -> CommandResult {
    let mut value = summary(&acted.paper);
    if let Some(value) = value.as_object_mut() {
        value.insert("changed".into(), json!(acted.changed));
    }
    if !as_json && acted.changed {
        output::line(format!("{} is now {}.", acted.paper.reference, acted.paper.state))?;
        return Ok(Exit::Clean);
    }
    papers::done(acted.changed, as_json, &value)
}

fn summary(paper: &AgreementPaper) -> Value {
    json!({
        "agreement": paper.reference.as_str(), "title": paper.title, "state": paper.state.as_str(),
        "possible": paper.state.possible(), "sha256": paper.document.to_string(),
        "start": paper.term.from.to_string(), "end": paper.term.to.to_string(),
        "parties": paper.parties.iter().map(|party| {
            json!({
                "organisation": party.organisation.as_str(), "controller": party.is_controller,
                "signed_by": party.signed.as_ref().map(|(by, _)| by),
                "signed_on": party.signed.as_ref().map(|(_, on)| on.to_string()),
            })
        }).collect::<Vec<_>>(),
        "active_since": paper.active_since.map(|day| day.to_string()),
        "confirmed_on": paper.confirmed_on.map(|day| day.to_string()),
        "destruction_due": paper.destruction_due.map(|day| day.to_string()),
    })
}

async fn expire(look: &Look) -> CommandResult {
    let service = wiring::service(&look.data.dir, true).await?;
    let expired = service.expire_agreements(&wiring::actor()).await?;
    if look.json {
        output::json(&expired.iter().map(AgreementRef::as_str).collect::<Vec<_>>())?;
    } else if expired.is_empty() {
        output::line("No agreement has expired.")?;
    } else {
        expired.iter().try_for_each(|reference| output::line(format!("{reference} has expired.")))?;
    }
    Ok(Exit::Clean)
}

async fn list(look: &Look) -> CommandResult {
    let agreements = wiring::service(&look.data.dir, true).await?.agreements().await?;
    if look.json {
        output::json(&agreements.iter().map(summary).collect::<Vec<_>>())?;
        return Ok(Exit::Clean);
    }
    let (terms, today) = (GovernanceTerms::published()?, today());
    for one in &agreements {
        output::line(format!("  {:<30} {:<16} {}{}", one.reference, one.state, one.title, due(one, &terms, today)))?;
    }
    if agreements.is_empty() {
        output::line("No agreement is registered.")?;
    }
    Ok(Exit::Clean)
}

/// What needs doing about an agreement, if anything does.
fn due(paper: &AgreementPaper, terms: &GovernanceTerms, today: jiff::civil::Date) -> String {
    match (paper.state, paper.destruction_due) {
        (AgreementState::Active, _) if terms.renewal_notice.after(today) >= paper.term.to => {
            format!("; ends on {}, renewal is due", paper.term.to)
        }
        (AgreementState::DestructionDue, Some(by)) if by < today => format!("; the certificate was due on {by}"),
        (AgreementState::DestructionDue, Some(by)) => format!("; the certificate is due by {by}"),
        _ => String::new(),
    }
}

async fn show(reference: &AgreementRef, look: &Look) -> CommandResult {
    let service = wiring::service(&look.data.dir, true).await?;
    let found = service.agreement(reference).await?;
    let found = found.ok_or_else(|| papers::none(reference.as_str(), "fairway agreement list"))?;
    let standing = service.standing(reference).await?;
    let against = standing.map(|standing| against(&standing)).transpose()?.unwrap_or_default();
    if look.json {
        let mut value = summary(&found.paper);
        if let Some(value) = value.as_object_mut() {
            value.insert("against_release".into(), json!(against));
            value.insert("history".into(), json!(papers::history(&found.history)));
        }
        output::json(&value)?;
        return Ok(Exit::Clean);
    }
    let paper = &found.paper;
    output::line(format!("{} is {}: {}", paper.reference, paper.state, paper.title))?;
    output::line(format!("  {} to {}; SHA-256 {}", paper.term.from, paper.term.to, paper.document))?;
    for party in &paper.parties {
        let role = if party.is_controller { "controller" } else { "recipient" };
        let signed = party
            .signed
            .as_ref()
            .map_or_else(|| "has not signed".to_owned(), |(by, on)| format!("signed by {by} on {on}"));
        output::line(format!("  {:<10} {role}, {signed}", party.organisation))?;
    }
    if against.is_empty() {
        output::line("Nothing about the agreement itself stands against a release today.")?;
    } else {
        output::line("Against a release today:")?;
        against.iter().try_for_each(|reason| output::line(format!("  - {reason}")))?;
    }
    papers::print_history(&found.history)?;
    Ok(Exit::Clean)
}

fn against(standing: &AgreementStanding) -> Result<Vec<String>, fairway_domain::Fault> {
    let reasons = standing.reasons(&standing.document, today(), &GovernanceTerms::published()?);
    Ok(reasons.iter().map(ToString::to_string).collect())
}
