//! Where a processing centre's people are traced: `tracing.yaml` of its data directory, and the mailbox that it names.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fairway_domain::{Fault, FaultExt, Refusal};
use fairway_mesh::{Label, MeshMailbox, MeshSettings, MeshTracing, TraceRoute};
use fairway_service::{DataDir, Elsewhere, TracingPlan};
use fairway_trace::HoldRule;
use fairway_trace::format::{Format, Layout};
use serde::Deserialize;

use crate::exit::Stop;

/// The file. Without it, everybody is traced against the register here.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct TracingFile {
    /// A tracing service elsewhere, behind a mailbox of the message exchange.
    #[serde(default)]
    mesh: Option<Route>,
    /// The centre's own rule of when a trace is held, in place of Fairway's.
    #[serde(default)]
    hold: Option<HoldRule>,
}

/// How requests go to a tracing service over the message exchange.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Route {
    /// The settings file of our mailbox. Paths are taken from the data directory.
    mailbox: PathBuf,
    /// The mailbox of the tracing service.
    to: String,
    /// The workflow of a request.
    workflow: String,
    /// The workflow of a response.
    response_workflow: String,
    /// csv, dbs, dbs-fixed, mpt, pds, or a layout file.
    layout: String,
    /// How long to wait before a response is asked after again.
    #[serde(default = "five_minutes")]
    ask_again_seconds: u32,
}

fn five_minutes() -> u32 {
    300
}

/// The plan of a data directory.
pub fn plan(dir: &DataDir) -> Result<TracingPlan, Stop> {
    let mut plan = TracingPlan::here()?;
    let Some(file) = read(dir)? else { return Ok(plan) };
    plan.hold = file.hold.unwrap_or(plan.hold);
    plan.elsewhere = file.mesh.map(|route| elsewhere(dir, &route)).transpose()?;
    Ok(plan)
}

fn read(dir: &DataDir) -> Result<Option<TracingFile>, Stop> {
    let text = match fs::read_to_string(dir.tracing()) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Fault::from_source("tracing.yaml cannot be read", error).into()),
    };
    let options = serde_saphyr::options! { with_snippet: false };
    serde_saphyr::from_str_with_options(&text, options).map(Some).map_err(|error| unusable(error.to_string()))
}

fn elsewhere(dir: &DataDir, route: &Route) -> Result<Elsewhere, Stop> {
    let label = |text: &str| Label::parse(text).map_err(|error| unusable(error.to_string()));
    let to = TraceRoute {
        to: label(&route.to)?,
        workflow: label(&route.workflow)?,
        response_workflow: label(&route.response_workflow)?,
    };
    let mailbox = mailbox(&dir.root().join(&route.mailbox))?;
    let journals = dir.trace_journals();
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&journals);
    made.fault("folder of messages on their way cannot be made")?;
    Ok(Elsewhere {
        service: Arc::new(MeshTracing::new(mailbox, to, journals)),
        layout: Arc::new(layout(dir, &route.layout)?),
        ask_again_seconds: route.ask_again_seconds,
    })
}

/// The mailbox of a settings file.
pub fn mailbox(settings: &Path) -> Result<MeshMailbox, Stop> {
    let opened = MeshSettings::read(settings).and_then(MeshMailbox::new);
    opened.map_err(|error| {
        let next = "How a mailbox is set up: docs/OPERATIONS.md, Tracing elsewhere";
        let reason = format!("{}: {error}", settings.display());
        Refusal::new("The mailbox cannot be used", reason, next).into()
    })
}

/// The settings file of the mailbox that a data directory traces by.
pub fn settings_of(dir: &DataDir) -> Result<PathBuf, Stop> {
    let route = read(dir)?.and_then(|file| file.mesh);
    route.map(|route| dir.root().join(route.mailbox)).ok_or_else(|| unusable("It names no mailbox".into()))
}

fn layout(dir: &DataDir, named: &str) -> Result<Layout, Stop> {
    let read = match named.parse::<Format>() {
        Ok(format) => Layout::of(format),
        Err(unknown) => match fs::read_to_string(dir.root().join(named)) {
            Ok(text) => Layout::parse(&text),
            Err(_) => Err(unknown),
        },
    };
    read.map_err(|error| unusable(format!("layout: {error}")))
}

fn unusable(reason: String) -> Stop {
    Refusal::new("tracing.yaml cannot be used", reason, "How it is written: docs/OPERATIONS.md, Tracing elsewhere")
        .into()
}
