//! `fairway check`: what is wrong with files, without sending them.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Cursor, Read, Stdout, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fairway_check::report::{self, About, CsvFindings, FolderOptions, JsonLines, ReportFolder};
use fairway_check::{CheckOptions, CheckSummary, Finding, FindingSink, RawRecord, Sniffed, Verdict, sniff_among};
use fairway_domain::{Fault, Refusal};
use fairway_service::{DataDir, Progress, own_specs};
use fairway_spec::{Overrides, Spec, SpecError, builtin};
use jiff::Zoned;

use super::centre::DATASET;
use super::{earlier, open_named};
use crate::cli::{Check, CheckFormat};
use crate::exit::{self, CommandResult, Exit, Stop};
use crate::output::{self, Bars};

/// How much of standard input is looked at to recognise its specification; 500 long records fit.
const PEEK: u64 = 1 << 20;

/// Checks files one after the other; the exit code is that of the worst. A file that cannot be read does not keep the
/// others from being checked.
pub fn check(args: Check, quiet: bool) -> CommandResult {
    let folders = folders(&args)?;
    let mut worst = Exit::Clean;
    for (at, (file, folder)) in args.files.iter().zip(&folders).enumerate() {
        if args.files.len() > 1 && args.format == CheckFormat::Text {
            let gap = if at == 0 { "" } else { "\n" };
            output::line(format!("{gap}== {} ==", report::shown_name(&file.to_string_lossy())))?;
        }
        let ended = match check_one(&args, file, folder.as_deref(), quiet) {
            Err(stop @ Stop::Refused(_)) => exit::say(&stop),
            ended => ended?,
        };
        worst = worst.worse(ended);
    }
    Ok(worst)
}

/// The folder of reports of each file.
fn folders(args: &Check) -> Result<Vec<Option<PathBuf>>, Stop> {
    let refused = |reason: &str, remedy: &str| {
        Stop::Refused(Refusal::new("The files cannot be checked together", reason, remedy))
    };
    let several = args.files.len() > 1;
    if several && matches!(args.format, CheckFormat::Csv | CheckFormat::Jsonl) {
        return Err(refused(
            "Findings of several files cannot be told apart in one stream",
            "Check them one by one, or write reports with --out",
        ));
    }
    if args.files.iter().filter(|file| is_stdin(file)).count() > 1 {
        return Err(refused("Standard input is named twice", "Name - once"));
    }
    if args.earlier.as_deref().is_some_and(is_stdin) {
        return Err(refused("Standard input is read once", "Name the earlier file; the new one may be -"));
    }
    let Some(out) = &args.out else { return Ok(vec![None; args.files.len()]) };
    if !several {
        return Ok(vec![Some(out.clone())]);
    }
    let names: Vec<String> = args.files.iter().map(|file| folder_name(file)).collect();
    if names.iter().collect::<BTreeSet<_>>().len() < names.len() {
        return Err(refused(
            "Two of them have the same name, and their reports would too",
            "Check them one by one, with an --out for each",
        ));
    }
    Ok(names.into_iter().map(|name| Some(out.join(name))).collect())
}

fn folder_name(file: &Path) -> String {
    let name = file.file_name().filter(|_| !is_stdin(file)).unwrap_or("standard-input".as_ref());
    report::folder_name(&name.to_string_lossy())
}

fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

fn check_one(args: &Check, file: &Path, folder: Option<&Path>, quiet: bool) -> CommandResult {
    let source = Source::open(file)?;
    let (spec, chosen) = specification(args, &source)?;
    let spec = args.severities.as_deref().map_or(Ok(Arc::clone(&spec)), |path| with_severities(&spec, path))?;
    let options = options(args, &spec)?;
    let about = About {
        file: file.file_name().filter(|_| !is_stdin(file)).map(|name| name.to_string_lossy().into_owned()),
        chosen: Some(chosen),
        checked_on: Some(options.today),
        size: source.size,
    };
    let how = FolderOptions { show_values: args.show_values, checked: true, workbook: args.xlsx, durable: false };
    let mut outputs = Outputs {
        folder: folder.map(|folder| ReportFolder::begin(folder, how)).transpose()?,
        stream: Stream::of(args)?,
    };
    let bars = Bars::new(quiet);
    let size = source.size;
    let read = &mut |bytes| bars.read("Checking", bytes, size);
    let summary = fairway_check::check(source.input, &spec, &options, &mut outputs, read)?;
    bars.finished("Checking");
    outputs.stream.finish()?;
    let names = outputs.folder.map(|folder| folder.finish(&summary, &about)).transpose()?;
    print(args.format, &summary, &about)?;
    if let (Some(folder), Some(names), CheckFormat::Text) = (folder, names, args.format) {
        output::line(format!("\nReports in {}: {}", folder.display(), names.join(", ")))?;
        if names.contains(&report::CHECKED) {
            output::line(format!("{} holds the records themselves: keep it as safe as the file.", report::CHECKED))?;
        }
    }
    Ok(exit_of(summary.verdict))
}

/// How the file is checked; an earlier file is read for it.
fn options(args: &Check, spec: &Spec) -> Result<CheckOptions, Stop> {
    let mut options = CheckOptions::new(Zoned::now().date());
    options.sender = args.org.clone();
    options.show_values = args.show_values;
    options.threads = args.threads.map_or(options.threads, NonZeroUsize::get);
    if let Some(earlier) = &args.earlier {
        let before = Source::open(earlier)?;
        options.follow = Some(earlier::follow(before.input, earlier, spec, &options)?);
    }
    Ok(options)
}

/// Where findings go as they come.
struct Outputs {
    folder: Option<ReportFolder>,
    stream: Stream,
}

impl FindingSink for Outputs {
    fn take(&mut self, finding: &Finding<'_>) -> Result<(), Fault> {
        self.folder.as_mut().map_or(Ok(()), |folder| folder.take(finding))?;
        match &mut self.stream {
            Stream::Nothing => Ok(()),
            Stream::Rows(rows) => rows.take(finding),
            Stream::Lines(lines) => lines.take(finding),
        }
    }

    fn wants_records(&self) -> bool {
        self.folder.as_ref().is_some_and(ReportFolder::wants_records)
    }

    fn header(&mut self, header: &RawRecord<'_>) -> Result<(), Fault> {
        self.folder.as_mut().map_or(Ok(()), |folder| folder.header(header))
    }

    fn record(&mut self, record: &RawRecord<'_>) -> Result<(), Fault> {
        self.folder.as_mut().map_or(Ok(()), |folder| folder.record(record))
    }
}

/// Findings on standard output.
enum Stream {
    Nothing,
    Rows(CsvFindings<Stdout>),
    Lines(JsonLines<Stdout>),
}

impl Stream {
    fn of(args: &Check) -> Result<Self, Fault> {
        Ok(match args.format {
            CheckFormat::Text | CheckFormat::Json => Self::Nothing,
            CheckFormat::Csv => Self::Rows(CsvFindings::new(io::stdout(), args.show_values)?),
            CheckFormat::Jsonl => Self::Lines(JsonLines::new(io::stdout())),
        })
    }

    fn finish(self) -> Result<(), Stop> {
        match self {
            Self::Nothing => Ok(()),
            Self::Rows(rows) => Ok(rows.finish()?.flush()?),
            Self::Lines(lines) => Ok(lines.finish()?.flush()?),
        }
    }
}

fn print(format: CheckFormat, summary: &CheckSummary, about: &About) -> Result<(), Stop> {
    match format {
        CheckFormat::Text => {
            output::line(report::text_about(summary, about, output::takes_colour()).trim_end())?;
        }
        CheckFormat::Json => {
            let mut text = Vec::new();
            report::write_summary(&mut text, summary, about)?;
            io::stdout().lock().write_all(&text)?;
        }
        CheckFormat::Csv | CheckFormat::Jsonl => {}
    }
    Ok(())
}

fn exit_of(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Clean => Exit::Clean,
        Verdict::Confirm => Exit::Confirm,
        Verdict::Rejected => Exit::Rejected,
        Verdict::StoppedEarly => Exit::StoppedEarly,
    }
}

/// The specification that was named, or the one the file was most likely made for; and why, in a sentence.
fn specification(args: &Check, source: &Source) -> Result<(Arc<Spec>, String), Stop> {
    let refused = |reason: String| {
        Stop::Refused(Refusal::new(
            "The file cannot be checked",
            reason,
            "Name a specification with --spec: one that comes with Fairway such as asc-cld/r2, a folder or a Table Schema (fairway spec list)",
        ))
    };
    let own = args.data.as_ref().map_or(Ok(Vec::new()), |data| own_specs(&DataDir::new(data)))?;
    if let Some(named) = &args.spec {
        let known = own.iter().find(|spec| spec.name.to_string() == *named);
        let spec = known.map_or_else(|| fairway_spec::resolve(named), |spec| Ok(Arc::clone(spec)));
        let spec = spec.map_err(|error| refused(error.to_string()))?;
        let unchecked: String = spec.unchecked.iter().map(|said| format!(" Not looked at: {said}.")).collect();
        return Ok((spec, format!("It was named with --spec.{unchecked}")));
    }
    let sniffed = source.sniffed(&own)?;
    let newest = fairway_spec::newest(DATASET);
    let name = sniffed.likely().or(newest).ok_or_else(|| refused("This program holds no specification".into()))?;
    let known = own.iter().find(|spec| spec.name == *name);
    let spec = known.map_or_else(|| Spec::builtin(name), |spec| Ok(Arc::clone(spec)));
    Ok((spec.map_err(|error| refused(error.to_string()))?, sniffed.reason(name)))
}

/// The specification with the severities of a file.
fn with_severities(spec: &Spec, path: &Path) -> Result<Arc<Spec>, Stop> {
    let refused = |reasons| {
        Stop::Refused(Refusal {
            what: "The severities cannot be used".into(),
            reasons,
            next: "Write them as `severities: {rule: reject|error|warning|info}`; `fairway spec show` names the rules"
                .into(),
        })
    };
    if !path.exists() {
        return Err(refused(vec![format!("There is no file {}", path.display())]));
    }
    let reasons = |error: SpecError| refused(error.problems.iter().map(ToString::to_string).collect());
    let overrides = Overrides::load(path).map_err(reasons)?;
    fairway_check::with_severities(spec, &overrides).map(Arc::new).map_err(reasons)
}

/// A file or standard input, opened.
struct Source {
    input: Box<dyn Read + Send>,
    size: Option<u64>,
    first: First,
}

/// How the beginning of a source can be looked at a second time.
enum First {
    Opened(PathBuf),
    Kept(Vec<u8>),
}

impl Source {
    fn open(file: &Path) -> Result<Self, Stop> {
        if is_stdin(file) {
            let mut first = Vec::new();
            io::stdin().take(PEEK).read_to_end(&mut first)?;
            let input = Box::new(Cursor::new(first.clone()).chain(io::stdin()));
            return Ok(Self { input, size: None, first: First::Kept(first) });
        }
        let opened = open(file)?;
        let size = opened.metadata().ok().filter(fs::Metadata::is_file).map(|about| about.len());
        Ok(Self { input: Box::new(opened), size, first: First::Opened(file.to_owned()) })
    }

    /// How the specifications fit, the processing centre's own among them.
    fn sniffed(&self, own: &[Arc<Spec>]) -> Result<Sniffed, Stop> {
        let shipped = builtin().iter().rev().filter_map(|name| Spec::builtin(name).ok());
        let all: Vec<Arc<Spec>> = own.iter().cloned().chain(shipped).collect();
        Ok(match &self.first {
            First::Opened(path) => sniff_among(open(path)?, &all)?,
            First::Kept(bytes) => sniff_among(&bytes[..], &all)?,
        })
    }
}

fn open(path: &Path) -> Result<File, Stop> {
    open_named(path).map_err(|reason| {
        let request = format!("{} cannot be checked", path.display());
        Stop::Refused(Refusal::new(request, reason, "Name a file that you can read"))
    })
}
