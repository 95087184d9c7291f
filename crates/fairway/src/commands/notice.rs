//! `fairway notice`: Directions and data provision notices.

use fairway_domain::OrganisationCode;
use fairway_domain::governance::{Particulars, ServedEvent};
use fairway_governance::GovernanceTerms;
use fairway_governance::papers::{Asking, NoticePaper, ServedOn};
use fairway_service::{Acted, NewNotice};
use serde_json::{Value, json};

use super::papers::{self, digest, particulars, today};
use crate::cli::notice::{Issue, NoticeCommand, Say};
use crate::cli::{Act, Look};
use crate::exit::{CommandResult, Exit};
use crate::{output, wiring};

pub async fn notice(command: NoticeCommand) -> CommandResult {
    match command {
        NoticeCommand::Direction { reference, title, revoke, act } => {
            let service = wiring::service(&act.data.dir, true).await?;
            let about = particulars(&act);
            let acted = if revoke {
                service.revoke_direction(&wiring::actor(), &reference, about).await?
            } else {
                service.make_direction(&wiring::actor(), (&reference, &title), about).await?
            };
            let value =
                json!({ "direction": reference, "state": acted.paper.state.as_str(), "changed": acted.changed });
            papers::done(acted.changed, act.json, &value)
        }
        NoticeCommand::Issue(args) => issue(args).await,
        NoticeCommand::Serve { reference, organisations, all_councils, act } => {
            serve(&reference, organisations, all_councils, &act).await
        }
        NoticeCommand::Acknowledge { reference, organisation, document, act } => {
            let about = Particulars { digest: Some(digest(&document)?), ..particulars(&act) };
            answer(&reference, ServedEvent::Acknowledged, of(organisation, about), &act).await
        }
        NoticeCommand::Query(args) => say(args, ServedEvent::Queried).await,
        NoticeCommand::Answer(args) => say(args, ServedEvent::Answered).await,
        NoticeCommand::List(look) => list(&look).await,
        NoticeCommand::Show { reference, look } => show(&reference, &look).await,
    }
}

fn of(organisation: OrganisationCode, about: Particulars) -> Particulars {
    Particulars { organisation: Some(organisation), ..about }
}

async fn issue(args: Issue) -> CommandResult {
    let new = NewNotice {
        document: digest(&args.document)?,
        reference: args.reference,
        title: args.title,
        direction: args.direction,
        dataset: args.dataset,
    };
    let service = wiring::service(&args.act.data.dir, true).await?;
    let acted = service.issue_notice(&wiring::actor(), &new, particulars(&args.act)).await?;
    done(&acted, args.act.json)
}

async fn serve(
    reference: &str,
    mut organisations: Vec<OrganisationCode>,
    all_councils: bool,
    act: &Act,
) -> CommandResult {
    let service = wiring::service(&act.data.dir, true).await?;
    let about = particulars(act);
    if all_councils {
        let councils = service.organisations_of_kind("council").await?;
        organisations.extend(councils.into_iter().filter(|one| one.exists_on(about.on)).map(|one| one.code));
    }
    let acted = service.serve_notice(&wiring::actor(), reference, (&organisations, about)).await?;
    done(&acted, act.json)
}

async fn say(args: Say, event: ServedEvent) -> CommandResult {
    let about = Particulars { note: args.text, ..particulars(&args.act) };
    answer(&args.reference, event, of(args.organisation, about), &args.act).await
}

async fn answer(reference: &str, event: ServedEvent, about: Particulars, act: &Act) -> CommandResult {
    let service = wiring::service(&act.data.dir, true).await?;
    let acted = service.answer_notice(&wiring::actor(), reference, (event, about)).await?;
    done(&acted, act.json)
}

fn done(acted: &Acted<NoticePaper>, as_json: bool) -> CommandResult {
    let mut value = about(&acted.paper);
    if let Some(value) = value.as_object_mut() {
        value.insert("changed".into(), json!(acted.changed));
    }
    papers::done(acted.changed, as_json, &value)
}

fn about(paper: &NoticePaper) -> Value {
    json!({
        "notice": paper.reference, "title": paper.title, "state": paper.state.as_str(), "direction": paper.direction,
        "dataset": paper.dataset, "issued_on": paper.issued_on.to_string(), "sha256": paper.document.to_string(),
        "served_on": paper.served.len(), "acknowledged_by": paper.participants().count(),
    })
}

async fn list(look: &Look) -> CommandResult {
    let service = wiring::service(&look.data.dir, true).await?;
    let (directions, notices) = (service.directions().await?, service.notices().await?);
    if look.json {
        let direction = |one: &fairway_governance::papers::DirectionPaper| {
            json!({
                "direction": one.reference, "title": one.title, "state": one.state.as_str(),
                "made_on": one.made_on.to_string(), "by": one.by,
            })
        };
        output::json(&json!({
            "directions": directions.iter().map(direction).collect::<Vec<_>>(),
            "notices": notices.iter().map(about).collect::<Vec<_>>(),
        }))?;
        return Ok(Exit::Clean);
    }
    for one in &directions {
        output::line(format!("  Direction {:<24} {:<10} {}", one.reference, one.state, one.title))?;
    }
    for one in &notices {
        let (acknowledged, served) = (one.participants().count(), one.served.len());
        output::line(format!(
            "  notice    {:<24} {:<10} {}; acknowledged by {acknowledged} of {served}",
            one.reference, one.state, one.title
        ))?;
    }
    if directions.is_empty() && notices.is_empty() {
        output::line("There is no Direction and no notice.")?;
    }
    Ok(Exit::Clean)
}

async fn show(reference: &str, look: &Look) -> CommandResult {
    let found = wiring::service(&look.data.dir, true).await?.notice(reference).await?;
    let found = found.ok_or_else(|| papers::none(reference, "fairway notice list"))?;
    let terms = GovernanceTerms::published()?;
    let asking = Asking { today: today(), terms: &terms };
    let paper = &found.paper;
    if look.json {
        let mut value = about(paper);
        let served: Vec<Value> = paper.served.iter().map(|(code, one)| at_one(code, one, paper, asking)).collect();
        if let Some(value) = value.as_object_mut() {
            value.insert("served".into(), json!(served));
            value.insert("history".into(), json!(papers::history(&found.history)));
        }
        output::json(&value)?;
        return Ok(Exit::Clean);
    }
    output::line(format!("{} is {}: {}", paper.reference, paper.state, paper.title))?;
    output::line(format!("  about {} under {}; SHA-256 {}", paper.dataset, paper.direction, paper.document))?;
    for (code, one) in &paper.served {
        let late = if paper.is_overdue(one, asking) { ", overdue" } else { "" };
        output::line(format!("  {code:<10} {} since {}{late}", one.state, one.served_on))?;
    }
    papers::print_history(&found.history)?;
    Ok(Exit::Clean)
}

fn at_one(code: &OrganisationCode, one: &ServedOn, paper: &NoticePaper, asking: Asking<'_>) -> Value {
    json!({
        "organisation": code.as_str(), "state": one.state.as_str(), "served_on": one.served_on.to_string(),
        "acknowledged_on": one.acknowledged.as_ref().map(|(_, on)| on.to_string()),
        "acknowledged_by": one.acknowledged.as_ref().map(|(by, _)| by),
        "overdue": paper.is_overdue(one, asking),
        "thread": one.thread.iter().map(|(event, on, text)| {
            json!({ "event": event.as_str(), "on": on.to_string(), "text": text })
        }).collect::<Vec<_>>(),
    })
}
