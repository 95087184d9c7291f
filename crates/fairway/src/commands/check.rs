//! `fairway check`: what is wrong with a file, without sending it.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use fairway_check::report::{self, CsvFindings};
use fairway_check::{CheckOptions, CheckSummary, FindingSink, NoFindings, Verdict, sniff};
use fairway_domain::{Fault, FaultExt, Refusal};
use fairway_service::{FINDINGS, IN_WORDS, Progress, SUMMARY};
use fairway_spec::Spec;
use jiff::Zoned;

use crate::cli::{Check, CheckFormat};
use crate::exit::{CommandResult, Exit, Stop};
use crate::output::{self, Bars};

/// Checks one file; prints the result in the form asked for and writes the report's files with `--out`.
pub fn check(args: Check, quiet: bool) -> CommandResult {
    let spec = specification(&args)?;
    let mut options = CheckOptions::new(Zoned::now().date());
    options.sender = args.org.clone();
    options.show_values = args.show_values;
    let bars = Bars::new(quiet);
    let run = |sink: &mut dyn FindingSink| -> Result<CheckSummary, Stop> {
        let file = open(&args.file)?;
        let total = file.metadata().map(|about| about.len()).ok();
        let summary =
            fairway_check::check(file, &spec, &options, sink, &mut |bytes| bars.at("Checking", bytes, total))?;
        bars.finished("Checking");
        Ok(summary)
    };
    let summary = match (&args.out, args.format) {
        (Some(folder), _) => {
            fs::create_dir_all(folder).fault(format!("folder {} cannot be made", folder.display()))?;
            let findings = BufWriter::new(create(&folder.join(FINDINGS))?);
            let mut sink = CsvFindings::new(findings, args.show_values)?;
            let summary = run(&mut sink)?;
            finish(sink.finish()?)?;
            write_files(folder, &summary)?;
            summary
        }
        (None, CheckFormat::Csv) => {
            let mut sink = CsvFindings::new(BufWriter::new(io::stdout()), args.show_values)?;
            let summary = run(&mut sink)?;
            sink.finish()?.flush()?;
            return Ok(exit_of(summary.verdict));
        }
        (None, CheckFormat::Text | CheckFormat::Json) => run(&mut NoFindings)?,
    };
    print(&args, &summary)?;
    Ok(exit_of(summary.verdict))
}

fn print(args: &Check, summary: &CheckSummary) -> Result<(), Stop> {
    match (args.format, &args.out) {
        (CheckFormat::Json, _) => {
            let mut text = Vec::new();
            report::write_summary(&mut text, summary)?;
            io::stdout().lock().write_all(&text)?;
        }
        (CheckFormat::Text, None) => output::line(report::text(summary).trim_end())?,
        (CheckFormat::Text, Some(folder)) => {
            output::line(report::text(summary).trim_end())?;
            output::line(format!("\nEvery finding: {}", folder.join(FINDINGS).display()))?;
        }
        (CheckFormat::Csv, Some(folder)) => {
            io::copy(&mut open(&folder.join(FINDINGS))?, &mut io::stdout().lock())?;
        }
        (CheckFormat::Csv, None) => {}
    }
    Ok(())
}

fn exit_of(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Clean => Exit::Clean,
        Verdict::Confirm => Exit::Confirm,
        Verdict::Rejected | Verdict::StoppedEarly => Exit::Rejected,
    }
}

/// The specification that was named, or the one the file was most likely made for.
fn specification(args: &Check) -> Result<Arc<Spec>, Stop> {
    let refused = |reason: String| {
        Stop::Refused(Refusal::new(
            "The file cannot be checked",
            reason,
            "Name a specification with --spec: asc-cld/r1, asc-cld/r2 or a folder (fairway spec list)",
        ))
    };
    if let Some(named) = &args.spec {
        return fairway_spec::resolve(named).map_err(|error| refused(error.to_string()));
    }
    let sniffed = sniff(open(&args.file)?)?;
    let newest = fairway_spec::builtin().last();
    let name = sniffed.likely().or(newest).ok_or_else(|| refused("This program holds no specification".into()))?;
    Spec::builtin(name).map_err(|error| refused(error.to_string()))
}

fn open(path: &Path) -> Result<File, Stop> {
    let refused = |reason: &str| {
        Stop::Refused(Refusal::new("The file cannot be checked", reason, "Name a file that you can read"))
    };
    match fs::metadata(path) {
        Ok(about) if about.is_dir() => Err(refused("It is a folder, not a file")),
        Ok(_) => File::open(path).map_err(|_| refused("You may not read it")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(refused("There is no file of that name")),
        Err(_) => Err(refused("It cannot be read")),
    }
}

fn create(path: &Path) -> Result<File, Fault> {
    File::create(path).fault(format!("{} cannot be written", path.display()))
}

fn write_files(folder: &Path, summary: &CheckSummary) -> Result<(), Fault> {
    let mut figures = BufWriter::new(create(&folder.join(SUMMARY))?);
    report::write_summary(&mut figures, summary)?;
    finish(figures)?;
    fs::write(folder.join(IN_WORDS), report::text(summary)).fault("report cannot be written")
}

fn finish(mut file: BufWriter<File>) -> Result<(), Fault> {
    file.flush().fault("report cannot be written")
}
