//! `fairway tabulate`: a table of figures, protected and held against all that were published before.

use comfy_table::Table;
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use fairway_service::{TableReport, TableRequest};

use super::centre::agreement;
use crate::cli::Tabulate;
use crate::exit::{CommandResult, Exit, Stop};
use crate::output::{self, grouped};
use crate::wiring;

/// Rows printed; the files have all.
const MOST_PRINTED: usize = 40;

pub async fn tabulate(args: Tabulate, quiet: bool) -> CommandResult {
    let (filter, requester) = (args.filter(), args.requester());
    let request = TableRequest {
        dataset: args.dataset,
        by: args.by,
        counted: args.of.map(Into::into),
        measure: args.measure,
        profile: args.profile,
        filter,
        period: args.period,
        organisations: args.org,
        agreement: args.agreement.as_deref().map(agreement).transpose()?,
        recipient: args.recipient,
        requester,
        out: args.out,
    };
    let service = wiring::service(&args.data.dir, quiet).await?;
    let report = service.tabulate(&wiring::actor(), request).await?;
    if args.json {
        output::json(&report.table)?;
    } else {
        say(&report)?;
    }
    Ok(Exit::Clean)
}

fn say(report: &TableReport) -> Result<(), Stop> {
    let table = &report.table;
    let mut printed = Table::new();
    printed.load_style(UTF8_HORIZONTAL_ONLY);
    let header = table.by.iter().chain([&table.counted]).chain(&table.measure);
    printed.set_header(header.collect::<Vec<_>>());
    for row in table.rows.iter().take(MOST_PRINTED) {
        printed.add_row(row.values.iter().chain([&row.number]).chain(&row.measure).collect::<Vec<_>>());
    }
    output::line(&table.title)?;
    output::line(printed)?;
    if table.rows.len() > MOST_PRINTED {
        output::line(format!("  and {} rows more", grouped((table.rows.len() - MOST_PRINTED) as u64)))?;
    }
    for note in &table.notes {
        output::line(format!("  {note}"))?;
    }
    let audit = &report.report;
    output::line(format!(
        "Held against {} numbers of {} earlier tables: every small number keeps its full range.",
        grouped(audit.earlier_cells as u64),
        audit.earlier_tables.len()
    ))?;
    if report.published_before {
        output::line("The very same table was published before.")?;
    }
    match report.release {
        Some(id) if report.is_held => output::line(format!("Release {id} is held until it is approved."))?,
        Some(id) => output::line(format!("Release {id} passed the release gate and lies in the outbox."))?,
        None => {}
    }
    output::line(format!("  {}", report.folder.display()))?;
    Ok(())
}
