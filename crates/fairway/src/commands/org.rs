//! `fairway org`: organisations with their days, and what they have shown.

use fairway_domain::governance::Particulars;
use fairway_domain::{FactKind, OrganisationFact, RecordedFact, Refusal};
use fairway_service::OrganisationRecord;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::papers::{self, particulars, today};
use crate::cli::Look;
use crate::cli::org::{AssuranceKind, OrgCommand};
use crate::exit::{CommandResult, Exit};
use crate::{output, wiring};

pub async fn org(command: OrgCommand) -> CommandResult {
    match command {
        OrgCommand::Import { list, look } => {
            let service = wiring::service(&look.data.dir, true).await?;
            let report = service.import_organisations(&wiring::actor(), list.as_deref()).await?;
            if look.json {
                let kinds: serde_json::Map<String, Value> =
                    report.kinds.into_iter().map(|(kind, count)| (kind, json!(count))).collect();
                output::json(&json!({
                    "facts": report.facts, "recorded": report.recorded, "superseded": report.superseded, "kinds": kinds,
                }))?;
            } else {
                output::line(format!(
                    "{} facts are new, {} are found to be otherwise.",
                    report.recorded, report.superseded
                ))?;
                print_kinds(&report.kinds)?;
            }
            Ok(Exit::Clean)
        }
        OrgCommand::List { kind: None, look, .. } => {
            let kinds = wiring::service(&look.data.dir, true).await?.organisation_kinds().await?;
            if look.json {
                let rows = kinds.iter().map(|(kind, count)| json!({ "kind": kind, "count": count }));
                output::json(&rows.collect::<Vec<_>>())?;
            } else {
                print_kinds(&kinds)?;
            }
            Ok(Exit::Clean)
        }
        OrgCommand::List { kind: Some(kind), on, look } => list(&kind, on.unwrap_or_else(today), &look).await,
        OrgCommand::Show { code, look } => {
            let records = wiring::service(&look.data.dir, true).await?.organisation_records(&code).await?;
            if records.is_empty() {
                return Err(unknown(code.as_str()).into());
            }
            show(&records, look.json)
        }
        OrgCommand::Successor { code, on, look } => {
            let day = on.unwrap_or_else(today);
            let records = wiring::service(&look.data.dir, true).await?.in_place_of(&code, day).await?;
            if records.is_empty() {
                return Err(unknown(code.as_str()).into());
            }
            print(&records, day, look.json)
        }
        OrgCommand::Assure { code, kind, status, reference, until, act } => {
            let about = shown(kind, &status, (reference, until), particulars(&act));
            let service = wiring::service(&act.data.dir, true).await?;
            let acted = service.record_assurance(&wiring::actor(), &code, about).await?;
            papers::done(acted.changed, act.json, &json!({ "organisation": code.as_str(), "changed": acted.changed }))
        }
    }
}

fn shown(kind: AssuranceKind, status: &str, (reference, until): (String, Date), about: Particulars) -> Particulars {
    let subject = format!("{}/{}", kind.word(), status.trim().to_lowercase());
    Particulars { subject, note: reference, until: Some(until), ..about }
}

fn unknown(code: &str) -> Refusal {
    Refusal::new(
        format!("Nothing is known of {code}"),
        "No organisation of the lists that were imported has or had that code",
        "Import the lists with: fairway org import --data DIR",
    )
}

fn print_kinds(kinds: &[(String, u64)]) -> std::io::Result<()> {
    if kinds.is_empty() {
        output::line("No organisations are known. Import the lists: fairway org import --data DIR")?;
    }
    kinds.iter().try_for_each(|(kind, count)| output::line(format!("  {kind:<10} {count:>6}")))
}

async fn list(kind: &str, day: Date, look: &Look) -> CommandResult {
    let mut records = wiring::service(&look.data.dir, true).await?.organisations_of_kind(kind).await?;
    records.retain(|record| record.exists_on(day));
    print(&records, day, look.json)
}

/// Organisations as they were on a day, a line each; how sure its least sure fact is stands on every line.
fn print(records: &[OrganisationRecord], day: Date, as_json: bool) -> CommandResult {
    if as_json {
        output::json(&records.iter().map(|record| on_day(record, day)).collect::<Vec<_>>())?;
        return Ok(Exit::Clean);
    }
    for record in records {
        let name = record.on(FactKind::Name, day).map_or("", |fact| &fact.value);
        output::line(format!("  {:<10} {:<9} {name}", record.code, least_sure(record)))?;
    }
    if records.is_empty() {
        output::line(format!("None on {day}."))?;
    }
    Ok(Exit::Clean)
}

fn on_day(record: &OrganisationRecord, day: Date) -> Value {
    let say = |kind| record.on(kind, day).map(|fact| fact.value.clone());
    let handle = record.on(FactKind::Handle, day).is_some();
    json!({
        "organisation": record.code.as_str(), "is_official_code": !handle, "kind": say(FactKind::Kind),
        "name": say(FactKind::Name), "ods": say(FactKind::Ods), "gss": say(FactKind::Gss), "region": say(FactKind::Region),
        "confidence": least_sure(record),
    })
}

/// How sure the least sure fact is.
fn least_sure(record: &OrganisationRecord) -> &'static str {
    record.known().map(|fact| fact.confidence).max().map_or("", fairway_domain::Confidence::as_str)
}

fn show(records: &[OrganisationRecord], as_json: bool) -> CommandResult {
    if as_json {
        let rows = records.iter().map(|record| {
            json!({ "organisation": record.code.as_str(), "facts": record.facts.iter().map(fact).collect::<Vec<_>>() })
        });
        output::json(&rows.collect::<Vec<_>>())?;
        return Ok(Exit::Clean);
    }
    for record in records {
        output::line(&record.code)?;
        for one in &record.facts {
            let fact = &one.fact;
            let now = if one.superseded_at.is_some() { " (found to be otherwise)" } else { "" };
            output::line(format!("  {:<9} {}{}{now}", fact.kind, fact.value, days(fact)))?;
            let detail = if fact.detail.is_empty() { String::new() } else { format!("{}; ", fact.detail) };
            output::line(format!("            {detail}{}, {}", fact.confidence, fact.source))?;
        }
    }
    Ok(Exit::Clean)
}

fn days(fact: &OrganisationFact) -> String {
    match (fact.from, fact.until) {
        (None, None) => String::new(),
        (Some(from), None) => format!(", from {from}"),
        (None, Some(until)) => format!(", until {until}"),
        (Some(from), Some(until)) => format!(", {from} to {until}"),
    }
}

fn fact(one: &RecordedFact) -> Value {
    let fact = &one.fact;
    json!({
        "fact": fact.kind.as_str(), "value": fact.value, "detail": fact.detail,
        "from": fact.from.map(|day| day.to_string()), "until": fact.until.map(|day| day.to_string()),
        "source": fact.source, "confidence": fact.confidence.as_str(), "recorded_at": one.recorded_at.to_string(),
        "superseded_at": one.superseded_at.map(|at| at.to_string()),
    })
}
