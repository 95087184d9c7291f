//! What the commands about notices, applications and agreements have in common.

use std::path::Path;

use fairway_domain::governance::{Particulars, Recorded};
use fairway_domain::{Digest, FaultExt, Refusal};
use fairway_service::{Clock, SystemClock};
use jiff::civil::Date;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::open_named;
use crate::cli::Act;
use crate::exit::{CommandResult, Exit, Stop};
use crate::output;

pub fn today() -> Date {
    SystemClock.today()
}

/// Who does it and from which day it counts.
pub fn particulars(act: &Act) -> Particulars {
    Particulars { by: act.by.trim().to_owned(), ..Particulars::on(act.on.unwrap_or_else(today)) }
}

/// SHA-256 of a document, whatever it is.
pub fn digest(path: &Path) -> Result<Digest, Stop> {
    let mut file = open_named(path).map_err(|why| unreadable(path, why))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match std::io::Read::read(&mut file, &mut buffer).fault("document cannot be read")? {
            0 => return Ok(Digest(hasher.finalize().into())),
            read => hasher.update(buffer.get(..read).unwrap_or_default()),
        }
    }
}

/// A document's text.
pub fn text(path: &Path) -> Result<String, Stop> {
    let mut file = open_named(path).map_err(|why| unreadable(path, why))?;
    let mut text = String::new();
    match std::io::Read::read_to_string(&mut file, &mut text) {
        Ok(_) => Ok(text),
        Err(_) => Err(unreadable(path, "It is not text in UTF-8")),
    }
}

fn unreadable(path: &Path, why: &'static str) -> Stop {
    Refusal::new(format!("{} cannot be used", path.display()), why, "Name a file that is there").into()
}

/// Says that something was recorded, or that it was so already.
pub fn done(changed: bool, as_json: bool, value: &Value) -> CommandResult {
    if as_json {
        output::json(value)?;
    } else if changed {
        output::line("Recorded.")?;
    } else {
        output::line("It is so already; nothing was changed.")?;
    }
    Ok(Exit::Clean)
}

/// A history for programs.
pub fn history(history: &[Recorded]) -> Vec<Value> {
    let row = |one: &Recorded| {
        let about = &one.entry.about;
        json!({
            "event": one.entry.what, "on": about.on.to_string(), "until": about.until.map(|day| day.to_string()),
            "organisation": about.organisation.as_ref().map(|code| code.as_str()), "by": about.by,
            "subject": about.subject, "sha256": about.digest.map(|digest| digest.to_string()), "note": about.note,
            "recorded_at": one.at.to_string(), "recorded_by": one.actor,
        })
    };
    history.iter().map(row).collect()
}

/// A history for people: the day from which each counts, and the time at which it was recorded.
pub fn print_history(history: &[Recorded]) -> std::io::Result<()> {
    output::line("History")?;
    for one in history {
        let about = &one.entry.about;
        let who = about.organisation.as_ref().map(|code| format!(" {code}")).unwrap_or_default();
        let note = about.note.lines().next().unwrap_or_default();
        let what =
            [about.subject.as_str(), note].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(": ");
        output::line(format!("  {}  {:<20}{who} {}  {what}", about.on, one.entry.what, about.by))?;
        output::line(format!("              recorded {} by {}", one.at, one.actor))?;
    }
    Ok(())
}

/// That there is nothing of a reference.
pub fn none(reference: &str, list: &str) -> Stop {
    Refusal::new(
        format!("{reference} cannot be shown"),
        "There is none of that reference",
        format!("See what there is: {list}"),
    )
    .into()
}
