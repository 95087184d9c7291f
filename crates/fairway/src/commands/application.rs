//! `fairway application`: applications to the data access request service.

use fairway_domain::governance::{ApplicationEvent as E, Machine, Particulars};
use fairway_governance::papers::ApplicationPaper;
use fairway_service::Acted;
use serde_json::{Value, json};

use super::papers::{self, particulars};
use crate::cli::Look;
use crate::cli::application::{ApplicationCommand, OfOrg, Said, Step};
use crate::exit::{CommandResult, Exit};
use crate::{output, wiring};

pub async fn application(command: ApplicationCommand) -> CommandResult {
    match command {
        ApplicationCommand::Start { reference, title, joint, step } => {
            let service = wiring::service(&step.act.data.dir, true).await?;
            let acted = service.start_application(&wiring::actor(), (&reference, &title), about(&step), &joint).await?;
            done(&acted, step.act.json)
        }
        ApplicationCommand::Section { reference, section, text, step } => {
            let written = Particulars { subject: section, note: papers::text(&text)?, ..about(&step) };
            act(&reference, (E::SectionWritten, written), &step).await
        }
        ApplicationCommand::Confirm(args) => plain(args, E::ControllerConfirmed).await,
        ApplicationCommand::Submit(args) => plain(args, E::Submitted).await,
        ApplicationCommand::Assess(args) => plain(args, E::Assessed).await,
        ApplicationCommand::Return(args) => said(args, E::Returned).await,
        ApplicationCommand::Advise(args) => said(args, E::SentForAdvice).await,
        ApplicationCommand::Approve(args) => plain(args, E::Approved).await,
        ApplicationCommand::Decline(args) => said(args, E::Declined).await,
        ApplicationCommand::Withdraw(args) => plain(args, E::Withdrawn).await,
        ApplicationCommand::List(look) => list(&look).await,
        ApplicationCommand::Show { reference, look } => show(&reference, &look).await,
    }
}

fn about(step: &OfOrg) -> Particulars {
    Particulars { organisation: Some(step.organisation.clone()), ..particulars(&step.act) }
}

async fn plain(args: Step, event: E) -> CommandResult {
    act(&args.reference, (event, about(&args.step)), &args.step).await
}

async fn said(args: Said, event: E) -> CommandResult {
    let about = Particulars { note: args.text, ..about(&args.step) };
    act(&args.reference, (event, about), &args.step).await
}

async fn act(reference: &str, asked: (E, Particulars), step: &OfOrg) -> CommandResult {
    let service = wiring::service(&step.act.data.dir, true).await?;
    let acted = service.move_application(&wiring::actor(), reference, asked).await?;
    done(&acted, step.act.json)
}

fn done(acted: &Acted<ApplicationPaper>, as_json: bool) -> CommandResult {
    let mut value = summary(&acted.paper);
    if let Some(value) = value.as_object_mut() {
        value.insert("changed".into(), json!(acted.changed));
    }
    if !as_json && acted.changed {
        output::line(format!("{} is now {}.", acted.paper.reference, in_words(&acted.paper)))?;
        return Ok(Exit::Clean);
    }
    papers::done(acted.changed, as_json, &value)
}

fn in_words(paper: &ApplicationPaper) -> String {
    let returned = paper.returned.0;
    let times = if returned == 0 { String::new() } else { format!(", returned {returned} times so far") };
    format!("{}{times}", paper.stage)
}

fn summary(paper: &ApplicationPaper) -> Value {
    json!({
        "application": paper.reference, "title": paper.title, "stage": paper.stage.as_str(),
        "since": paper.since.to_string(), "possible": paper.stage.possible(), "returned": paper.returned.0,
        "asked_for": paper.returned.1, "advice": paper.advice,
        "controllers": paper.controllers.iter().map(|one| {
            json!({ "organisation": one.organisation.as_str(), "confirmed": one.confirmed })
        }).collect::<Vec<_>>(),
        "lacks": paper.incomplete(),
    })
}

async fn list(look: &Look) -> CommandResult {
    let applications = wiring::service(&look.data.dir, true).await?.applications().await?;
    if look.json {
        output::json(&applications.iter().map(summary).collect::<Vec<_>>())?;
        return Ok(Exit::Clean);
    }
    for one in &applications {
        output::line(format!("  {:<28} {:<12} since {}  {}", one.reference, one.stage, one.since, one.title))?;
    }
    if applications.is_empty() {
        output::line("Nobody has applied.")?;
    }
    Ok(Exit::Clean)
}

async fn show(reference: &str, look: &Look) -> CommandResult {
    let found = wiring::service(&look.data.dir, true).await?.application(reference).await?;
    let found = found.ok_or_else(|| papers::none(reference, "fairway application list"))?;
    let paper = &found.paper;
    if look.json {
        let mut value = summary(paper);
        if let Some(value) = value.as_object_mut() {
            value.insert("sections".into(), json!(paper.sections));
            value.insert("history".into(), json!(papers::history(&found.history)));
        }
        output::json(&value)?;
        return Ok(Exit::Clean);
    }
    output::line(format!("{} is {} since {}: {}", paper.reference, in_words(paper), paper.since, paper.title))?;
    for controller in &paper.controllers {
        let confirmed = if controller.confirmed { "controller" } else { "controller, has not confirmed" };
        output::line(format!("  {:<10} {confirmed}", controller.organisation))?;
    }
    if !paper.stage.is_over() {
        paper.incomplete().iter().try_for_each(|lack| output::line(format!("  {lack}")))?;
        output::line(format!("  What can happen now: {}", paper.stage.possible().join(", ")))?;
    }
    papers::print_history(&found.history)?;
    Ok(Exit::Clean)
}
