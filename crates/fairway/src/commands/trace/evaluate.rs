//! `fairway trace evaluate`: how good answers are, where the truth is known.

use std::io::BufReader;
use std::path::Path;

use comfy_table::{CellAlignment, Table, presets};
use fairway_domain::Refusal;
use fairway_trace::{Band, Counts, Evaluation, Rate};
use serde_json::{Value, json};

use super::open;
use crate::exit::{CommandResult, Exit, Stop};
use crate::output::{self, grouped};

const WHAT: &str = "The answers cannot be evaluated";

pub fn evaluate(responses: &Path, truth: &Path, json: bool) -> CommandResult {
    let read = |path| open(path, WHAT).map(BufReader::new);
    let found = fairway_trace::evaluate(read(responses)?, read(truth)?).map_err(|error| {
        let next = "Responses are CSV with query_id, nhs_number and score; the truth with query_id and nhs_number";
        Stop::Refused(Refusal::new(WHAT, super::sentence(&error.to_string()), next))
    })?;
    if json {
        output::json(&as_json(&found))?;
        return Ok(Exit::Clean);
    }
    output::line(figures(&found))?;
    output::line("\nStated against observed, of the answers that name somebody:")?;
    output::line(calibration(&found.bands))?;
    Ok(Exit::Clean)
}

fn figures(found: &Evaluation) -> Table {
    let mut table = plain(&["", "queries", "named", "wrong", "precision (95 %)", "recall (95 %)", "F1"]);
    let mut row = |name: String, counts: &Counts| {
        let wrong = counts.accepted - counts.right;
        table.add_row(vec![
            name,
            grouped(counts.queries),
            grouped(counts.accepted),
            grouped(wrong),
            with_interval(counts.precision()),
            with_interval(counts.recall()),
            format!("{:.4}", counts.f1()),
        ]);
    };
    row("all".into(), &found.all);
    found.groups.iter().for_each(|((column, value), counts)| row(format!("{column} {value}"), counts));
    table
}

fn calibration(bands: &[Band]) -> Table {
    let mut table = plain(&["stated", "answers", "mean stated", "observed (95 %)", "", ""]);
    for band in bands {
        let (low, high) = band.observed.interval();
        let said = if band.stated < low {
            "better than stated"
        } else if band.stated > high {
            "worse than stated"
        } else {
            "as stated"
        };
        table.add_row(vec![
            format!("{} to {}", band.from, band.to),
            grouped(band.observed.of),
            format!("{:.5}", band.stated),
            with_interval(band.observed),
            said.into(),
            plot(band),
        ]);
    }
    table
}

/// Wrong answers on a scale of powers of ten, from one in one to one in a million: `o` stated, `=` the interval observed.
fn plot(band: &Band) -> String {
    const WIDTH: usize = 30;
    let place = |right: f64| ((-(1.0 - right).max(1e-6).log10() / 6.0) * (WIDTH - 1) as f64).round() as usize;
    let (low, high) = band.observed.interval();
    let (low, high, stated) = (place(low), place(high), place(band.stated));
    (0..WIDTH)
        .map(|at| match at {
            _ if at == stated => 'o',
            _ if (low..=high).contains(&at) => '=',
            _ => '.',
        })
        .collect()
}

fn with_interval(rate: Rate) -> String {
    let (low, high) = rate.interval();
    format!("{:.5} ({low:.5} to {high:.5})", rate.share())
}

fn plain(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header.to_vec());
    for column in table.column_iter_mut().skip(1).take(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn as_json(found: &Evaluation) -> Value {
    let groups: Vec<Value> = found
        .groups
        .iter()
        .map(|((column, value), counts)| json!({ "column": column, "value": value, "counts": counts_json(*counts) }))
        .collect();
    let bands: Vec<Value> = found
        .bands
        .iter()
        .map(|band| json!({ "from": band.from, "to": band.to, "stated": band.stated, "observed": rate_json(band.observed) }))
        .collect();
    json!({ "all": counts_json(found.all), "groups": groups, "calibration": bands })
}

fn counts_json(counts: Counts) -> Value {
    json!({
        "queries": counts.queries,
        "present": counts.present,
        "accepted": counts.accepted,
        "right": counts.right,
        "precision": rate_json(counts.precision()),
        "recall": rate_json(counts.recall()),
        "f1": counts.f1(),
    })
}

fn rate_json(rate: Rate) -> Value {
    let (low, high) = rate.interval();
    json!({ "share": rate.share(), "low": low, "high": high, "count": rate.count, "of": rate.of })
}
