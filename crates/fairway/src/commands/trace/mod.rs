//! `fairway trace`: whom requests are about.

mod decide;
mod evaluate;
mod explain;

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use fairway_domain::Refusal;
use fairway_service::Progress as _;
use fairway_trace::format::{
    Answered, Defect, Envelope, Format, Layout, ReadError, RequestReader, ResponseWriter, respond,
};
use fairway_trace::{BatchError, BatchTally, IndexError, Mode, Parameters, Register, Requests, Tracer, trace_file};
use serde_json::json;

use super::centre::fault;
use super::open_named;
use crate::cli::{self, Trace, TraceCommand, TraceMode};
use crate::exit::{CommandResult, Exit, Stop};
use crate::output::{self, Bars, grouped};
use crate::whole_file::WholeFile;

const UNTRACED: &str = "The file cannot be traced";
const REBUILD: &str = "Build one with: fairway register build --in EXTRACT --out DIR";
const TRACING: &str = "Tracing";
const READING: &str = "Reading";

pub async fn trace(args: Trace, quiet: bool) -> CommandResult {
    let Trace { command, requests, out, mode, threads, json } = args;
    match (command, requests, out) {
        (Some(TraceCommand::Explain { requests, query, most, html, show_values }), ..) => {
            let shown = explain::Shown { most: most.get(), html, values: show_values };
            explain::explain(&requests, &query, &shown)
        }
        (Some(TraceCommand::Approve(decide)), ..) => decide::decide(decide, true).await,
        (Some(TraceCommand::Reject(decide)), ..) => decide::decide(decide, false).await,
        (Some(TraceCommand::Evaluate { responses, truth, json }), ..) => evaluate::evaluate(&responses, &truth, json),
        (None, Some(requests), Some(out)) => batch(&Batch { requests, out, mode, threads, json }, quiet),
        (None, ..) => Err(Refusal::new(UNTRACED, "No file is named", "See how with: fairway trace --help").into()),
    }
}

/// What is asked of a whole file.
struct Batch {
    requests: cli::Requests,
    out: PathBuf,
    mode: TraceMode,
    threads: Option<NonZeroUsize>,
    json: bool,
}

fn batch(args: &Batch, quiet: bool) -> CommandResult {
    let asked = &args.requests;
    let begun = Instant::now();
    keep_request(&asked.from, &args.out)?;
    let layout = layout(asked)?;
    let register = register(&asked.register)?;
    let mode = match args.mode {
        TraceMode::Fairway => Mode::Fairway,
        TraceMode::Mps => Mode::Mps,
    };
    let tracer = Tracer::new(&register, mode, parameters(asked.parameters.as_deref())?);
    let bars = Bars::new(quiet);
    let file = Counted::new(open(&asked.from, UNTRACED)?, &bars);
    let tally = match &layout {
        None => answer_csv(&tracer, file, args)?,
        Some(layout) => answer(&tracer, layout, file, args)?,
    };
    [READING, TRACING].iter().for_each(|step| bars.finished(step));
    say(tally, begun.elapsed().as_secs_f64(), args)
}

/// What a batch came to.
struct Tally {
    requests: u64,
    found: u64,
    /// Requests answered with the code of what is wrong with their form.
    at_fault: u64,
}

/// Fairway's own CSV has a reader that does nothing else.
fn answer_csv(tracer: &Tracer<'_>, file: Counted<'_>, args: &Batch) -> Result<Tally, Stop> {
    let requests = Requests::new(file).map_err(|error| batch_stop(UNTRACED, error))?;
    let mut out = WholeFile::begin(&args.out)?;
    let BatchTally { requests, found } =
        trace_file(tracer, requests, &mut out, threads(args.threads)).map_err(|error| batch_stop(UNTRACED, error))?;
    out.finish()?;
    Ok(Tally { requests, found, at_fault: 0 })
}

fn answer(tracer: &Tracer<'_>, layout: &Arc<Layout>, file: Counted<'_>, args: &Batch) -> Result<Tally, Stop> {
    let name = args.requests.from.file_name().and_then(|name| name.to_str());
    let requests = match RequestReader::open(BufReader::new(file), layout, name) {
        Err(ReadError::Refused(defect)) if layout.answers_refusals() => return refuse(layout, &defect, args),
        other => other.map_err(read_stop)?,
    };
    let responses = ResponseWriter::begin(WholeFile::begin(&args.out)?, layout, requests.envelope().clone())?;
    let (out, Answered { written, found, at_fault, .. }) =
        respond(requests, responses, threads(args.threads), |query| tracer.trace(query)).map_err(read_stop)?;
    out.finish()?;
    Ok(Tally { requests: written.records, found, at_fault })
}

/// Writes the response that refuses a request whole, and says so.
fn refuse(layout: &Arc<Layout>, defect: &Defect, args: &Batch) -> Result<Tally, Stop> {
    let again = BufReader::new(open(&args.requests.from, UNTRACED)?);
    let reference = RequestReader::reference(again, layout).unwrap_or_default();
    let envelope = Envelope { reference, ..Envelope::default() };
    ResponseWriter::refuse(WholeFile::begin(&args.out)?, layout, envelope, defect)?.finish()?;
    let next = format!(
        "Nobody was traced, and the response says so: {}. Correct the file, or name another layout with --layout",
        args.out.display()
    );
    Err(Refusal::new(UNTRACED, defect.to_string(), next).into())
}

fn say(tally: Tally, seconds: f64, args: &Batch) -> CommandResult {
    let Tally { requests, found, at_fault } = tally;
    if args.json {
        output::json(&json!({ "requests": requests, "found": found, "at_fault": at_fault, "seconds": seconds }))?;
        return Ok(Exit::Clean);
    }
    let out = args.out.display();
    output::line(format!("{} of {} found, in {seconds:.1} s: {out}", grouped(found), grouped(requests)))?;
    if at_fault > 0 {
        output::line(format!(
            "  {} were not traced: their form has faults, and the code says which",
            grouped(at_fault)
        ))?;
    }
    Ok(Exit::Clean)
}

/// The layout that was asked for; `None` for Fairway's own CSV.
fn layout(asked: &cli::Requests) -> Result<Option<Arc<Layout>>, Stop> {
    let read = match (&asked.layout, asked.format) {
        (None, Format::Csv) => return Ok(None),
        (None, format) => Layout::of(format),
        (Some(path), _) => {
            let mut text = String::new();
            let mut file = open(path, "The layout cannot be used")?;
            file.read_to_string(&mut text).map_err(|error| fault("layout cannot be read", error))?;
            Layout::parse(&text)
        }
    };
    read.map(|layout| Some(Arc::new(layout))).map_err(|error| {
        let next = "Begin with a copy of one of Fairway's: specs/tracing in its source";
        Stop::Refused(Refusal::new("The layout cannot be used", error.to_string(), next))
    })
}

fn parameters(file: Option<&Path>) -> Result<Parameters, Stop> {
    const WHAT: &str = "The parameters cannot be used";
    let Some(file) = file else { return Ok(Parameters::default()) };
    open(file, WHAT)?;
    let read = Parameters::read(file);
    read.map_err(|error| index_stop(WHAT, "Make such a file with: fairway register train", error))
}

/// Opens an index.
pub fn register(folder: &Path) -> Result<Register, Stop> {
    const WHAT: &str = "The register cannot be used";
    if !Register::is_built(folder) {
        let reason = format!("There is no index in {}", folder.display());
        return Err(Refusal::new(WHAT, reason, REBUILD).into());
    }
    Register::open(folder).map_err(|error| index_stop(WHAT, REBUILD, error))
}

/// Opens a file that was named on the command line.
pub fn open(path: &Path, what: &str) -> Result<File, Stop> {
    open_named(path).map_err(|reason| {
        let reason = format!("{}: {reason}", path.display());
        Refusal::new(what, reason, "Name a file that you can read").into()
    })
}

/// A response never takes the place of its request.
fn keep_request(from: &Path, out: &Path) -> Result<(), Stop> {
    match (from.canonicalize(), out.canonicalize()) {
        (Ok(from), Ok(out)) if from == out => {
            let reason = "The response would take the place of the request";
            Err(Refusal::new(UNTRACED, reason, "Name another file with --out").into())
        }
        _ => Ok(()),
    }
}

/// How many threads: those asked for, or as many as the machine runs at once.
pub fn threads(asked: Option<NonZeroUsize>) -> usize {
    asked.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get)
}

/// Why an index was not used: what is wrong with its files is the reader's to mend, a broken disk is a fault.
pub fn index_stop(what: &str, next: &str, error: IndexError) -> Stop {
    match error {
        IndexError::Disk(error) => fault("register cannot be read or written", error),
        said => Refusal::new(what, sentence(&said.to_string()), next).into(),
    }
}

/// Why a CSV file of requests was not read.
pub fn batch_stop(what: &str, error: BatchError) -> Stop {
    match error {
        BatchError::Register(error) => index_stop(what, REBUILD, error),
        BatchError::Disk(error) => fault("requests cannot be read, or responses not written", error),
        said => {
            let next = "Correct the file; the columns of a request are told by: fairway trace --help";
            Refusal::new(what, sentence(&said.to_string()), next).into()
        }
    }
}

fn read_stop(error: ReadError) -> Stop {
    match error {
        ReadError::Fault(fault) => fault.into(),
        ReadError::Register(error) => index_stop(UNTRACED, REBUILD, error),
        ReadError::Refused(defect) => {
            let next = "Nobody was traced. Correct the file, or name another layout with --layout";
            Refusal::new(UNTRACED, defect.to_string(), next).into()
        }
    }
}

/// With a capital letter, unless a file's name comes first.
fn sentence(text: &str) -> String {
    if text.split(' ').next().is_some_and(|word| word.contains(['.', '/', '_'])) {
        return text.to_owned();
    }
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A file whose reading shows as a bar. A file that is read twice is read first and traced then.
pub struct Counted<'b> {
    file: File,
    bars: &'b Bars,
    size: Option<u64>,
    at: u64,
    step: &'static str,
}

impl<'b> Counted<'b> {
    /// Counts what is read of this file.
    pub fn new(file: File, bars: &'b Bars) -> Self {
        let size = file.metadata().ok().filter(fs::Metadata::is_file).map(|about| about.len());
        Self { file, bars, size, at: 0, step: READING }
    }
}

impl Read for Counted<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        self.at += read as u64;
        self.bars.read(self.step, self.at, self.size);
        Ok(read)
    }
}

impl Seek for Counted<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.file.seek(to)?;
        if self.step == READING {
            self.bars.finished(READING);
            self.step = TRACING;
        }
        Ok(self.at)
    }
}
