//! Commands that look and change nothing but the log.

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{ContentArrangement, Table};
use fairway_domain::port::QueryAnswer;
use fairway_domain::{Row, SubmissionId, Value};
use fairway_service::{Overview, Service, SubmissionStatus};
use serde_json::json;

use super::audit;
use super::centre::fault;
use crate::cli::{Query, QueryFormat, Status};
use crate::exit::{CommandResult, Exit, Stop};
use crate::output::{self, grouped};
use crate::wiring;

pub async fn status(args: Status) -> CommandResult {
    let service = wiring::service(&args.data.dir, true).await?;
    if let Some(id) = args.submission {
        return one(&service, id, args.json).await;
    }
    let overview = service.overview().await?;
    if args.json {
        output::json(&overview)?;
        return Ok(Exit::Clean);
    }
    tell(&overview)?;
    Ok(Exit::Clean)
}

async fn one(service: &Service, id: SubmissionId, json: bool) -> CommandResult {
    let status = service.submission_status(id).await?;
    let jobs = service.submission_jobs(id).await?;
    if json {
        let mut value = serde_json::to_value(&status).map_err(|error| fault("status cannot be written", error))?;
        if let Some(object) = value.as_object_mut() {
            object.insert("jobs".into(), json!(jobs));
        }
        output::json(&value)?;
        return Ok(Exit::Clean);
    }
    describe(&status)?;
    for job in jobs {
        let error = job.last_error.map(|error| format!(": {error}")).unwrap_or_default();
        output::line(format!("  {} is {}{error}", job.step, job.state))?;
    }
    Ok(Exit::Clean)
}

fn describe(status: &SubmissionStatus) -> Result<(), Stop> {
    output::line(format!("Submission {}", status.submission))?;
    output::line(format!("  from           {} ({})", status.organisation_name, status.organisation))?;
    output::line(format!("  state          {}", status.state))?;
    output::line(format!("  landed         {}", status.landed_at))?;
    if let (Some(spec), Some(start), Some(end)) = (&status.specification, &status.period_start, &status.period_end) {
        output::line(format!("  specification  {spec}, {start} to {end}"))?;
    }
    if let (Some(rows), Some(loaded), Some(left)) = (status.rows_in, status.rows_loaded, status.rows_rejected) {
        let (rows, loaded) = (grouped(rows), grouped(loaded));
        output::line(format!("  records        {rows} = {loaded} loaded + {} left out", grouped(left)))?;
    }
    if let Some(at) = &status.identifiers_destroyed_at {
        output::line(format!("  identifiers    destroyed {at}: they cannot be opened any more"))?;
    }
    for used in status.references.iter().filter(|used| !used.version.is_empty()) {
        output::line(format!("  {:<14} {}", used.kind, used.version))?;
    }
    for finding in &status.findings {
        output::line(format!("  {:<7}        {} × {}", finding.severity, grouped(finding.count), finding.rule))?;
    }
    for trace in &status.traces {
        output::line(format!("  traced         {} {} ({})", grouped(trace.people), trace.outcome, trace.step))?;
    }
    if let Some(run) = &status.trace_run {
        let figures = run
            .people
            .zip(run.found)
            .map(|(people, found)| format!(": {} of {} people found", grouped(found), grouped(people)));
        let reason = run.reason.as_ref().map(|reason| format!("; {reason}"));
        output::line(format!(
            "  trace          {}{}{}",
            run.state,
            figures.unwrap_or_default(),
            reason.unwrap_or_default()
        ))?;
    }
    if let Some(report) = &status.report {
        output::line(format!("  report         {report}"))?;
    }
    Ok(())
}

fn table(headers: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(headers.to_vec());
    table
}

fn tell(overview: &Overview) -> Result<(), Stop> {
    if overview.submissions.is_empty() {
        output::line("Nothing has landed yet. Next: fairway land FILE --org CODE --data DIR")?;
    } else {
        let mut lines = table(&["Submission", "From", "State", "Records", "Left out", "To confirm"]);
        for one in &overview.submissions {
            let count = |number: Option<u64>| number.map_or_else(|| "–".to_owned(), grouped);
            let findings: u64 = one.findings.iter().filter(|f| f.severity != "info").map(|f| f.count).sum();
            lines.add_row([
                one.submission.clone(),
                format!("{} ({})", one.organisation_name, one.organisation),
                one.state.replace('_', " "),
                count(one.rows_in),
                count(one.rows_rejected),
                grouped(findings),
            ]);
        }
        output::line(lines)?;
    }
    for one in &overview.submissions {
        let Some(run) = one.trace_run.as_ref().filter(|run| run.waits_for_a_person) else { continue };
        let reason = run.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        output::line(format!("The trace of {} is {}{reason}", one.submission, run.state))?;
        output::line("  Look at it, then: fairway trace approve or reject SUBMISSION --by NAME")?;
    }
    for release in &overview.releases {
        let rows = release.rows.map_or_else(String::new, |rows| format!(", {} rows", grouped(rows)));
        output::line(format!("Release under {} to {}: {}{rows}", release.agreement, release.recipient, release.state))?;
    }
    if !overview.outbox.is_empty() {
        output::line(format!("{} files wait in the outbox.", overview.outbox.len()))?;
    }
    for job in &overview.jobs {
        let why = job.last_error.as_deref().map(|error| format!(": {error}")).unwrap_or_default();
        output::line(format!("Job {} of {} is {}{why}", job.step, job.submission, job.state))?;
    }
    audit::say(&overview.audit)
}

pub async fn query(args: Query) -> CommandResult {
    let service = wiring::service(&args.data.dir, true).await?;
    let answer = service.query(&wiring::actor(), args.zone, &args.sql, args.limit, args.as_of.as_deref()).await?;
    match args.format {
        QueryFormat::Table => as_table(&answer)?,
        QueryFormat::Csv => as_csv(&answer)?,
        QueryFormat::Json => as_json(&answer)?,
    }
    if answer.cut {
        use std::io::Write;
        writeln!(std::io::stderr(), "More rows than {}: ask for more with --limit.", args.limit)?;
    }
    Ok(Exit::Clean)
}

fn cell(value: Value<'_>) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => text.to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Decimal(hundredths) => {
            let sign = if hundredths < 0 { "-" } else { "" };
            let size = hundredths.unsigned_abs();
            format!("{sign}{}.{:02}", size / 100, size % 100)
        }
        Value::Date(date) => date.to_string(),
        Value::Bytes(bytes) => format!("[{} bytes]", bytes.len()),
    }
}

fn cells<'a>(answer: &QueryAnswer, row: &'a Row) -> impl Iterator<Item = Value<'a>> + use<'a> {
    (0..answer.columns.len()).map(|at| row.get(at))
}

fn as_table(answer: &QueryAnswer) -> Result<(), Stop> {
    let headers: Vec<&str> = answer.columns.iter().map(String::as_str).collect();
    let mut lines = table(&headers);
    for row in &answer.rows {
        lines.add_row(cells(answer, row).map(cell).collect::<Vec<_>>());
    }
    output::line(lines)?;
    let rows = answer.rows.len() as u64;
    output::line(if rows == 1 { "1 row".to_owned() } else { format!("{} rows", grouped(rows)) })?;
    Ok(())
}

fn as_csv(answer: &QueryAnswer) -> Result<(), Stop> {
    let mut out = csv::Writer::from_writer(std::io::stdout().lock());
    let gone = |error: csv::Error| match error.into_kind() {
        csv::ErrorKind::Io(error) => Stop::from(error),
        other => fault("answer cannot be written", format!("{other:?}")),
    };
    out.write_record(&answer.columns).map_err(gone)?;
    for row in &answer.rows {
        out.write_record(cells(answer, row).map(cell)).map_err(gone)?;
    }
    Ok(out.flush()?)
}

fn as_json(answer: &QueryAnswer) -> Result<(), Stop> {
    let rows: Vec<serde_json::Value> = answer
        .rows
        .iter()
        .map(|row| {
            let pairs = answer.columns.iter().cloned().zip(cells(answer, row).map(|value| match value {
                Value::Null => serde_json::Value::Null,
                Value::Integer(number) => number.into(),
                value => cell(value).into(),
            }));
            serde_json::Value::Object(pairs.collect())
        })
        .collect();
    Ok(output::json(&rows)?)
}
