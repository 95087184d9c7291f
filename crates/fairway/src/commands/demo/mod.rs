//! `fairway demo`: three councils, from landing to release, told as it happens. Only the people are made up.

mod agreements;
mod proof;
mod truth;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use fairway_domain::{FaultExt, OrganisationCode, Route, SpecName, SubmissionId};
use fairway_service::{
    DataDir, LandRequest, Receipt, ReleaseReport, Service, SystemClock, VerbError, Worker, verify_audit,
};
use fairway_synth::{Spoiler, SynthOptions, SynthReport, spoil};
use jiff::civil::Date;
use jiff::{ToSpan, Zoned};

use super::centre::{DATASET, say_job};
use super::keyholder::Companion;
use super::{serve, synth};
use crate::cli;
use crate::exit::{CommandResult, Exit, Stop};
use crate::output::{self, Bars, grouped};
use crate::wiring;

/// The three councils: code, and how their people are made up. Real councils; made-up people.
const CLEAN: &str = "313";
const SPOILED: &str = "210";
const BROKEN: &str = "415";

/// One council of the demo.
struct Council {
    code: OrganisationCode,
    folder: PathBuf,
    made: SynthReport,
}

impl Council {
    fn file(&self) -> PathBuf {
        self.folder.join("submission.csv")
    }
}

struct Demo {
    service: Service,
    actor: String,
    quiet: bool,
}

/// Plays the demo; serves the status page afterwards unless asked not to.
pub async fn demo(args: cli::Demo, quiet: bool) -> CommandResult {
    let begun = Instant::now();
    let reference = wiring::reference(args.reference.clone())?;
    let bars: Arc<Bars> = Arc::new(Bars::new(quiet));
    heading("A processing centre is set up")?;
    let dir = DataDir::new(&args.data.dir);
    let phrases = args.data.dir.with_added_extension("passphrases");
    let _keyholder = Companion::start(&args.data.dir, &phrases)?;
    output::line(format!(
        "A keyholder runs as a process of its own. For the demo its custodians were made up and have unlocked it; their\n\
         passphrases lie in {}, where real ones never would.",
        phrases.display()
    ))?;
    let landing_key = super::centre::landing_key(&args.data.dir, None)?;
    let report = fairway_service::init(&dir, &landing_key, &reference, None, &SystemClock).await?;
    output::line(format!(
        "{}: {} councils may send, {} postcodes can be turned into areas.",
        args.data.dir.display(),
        report.councils,
        grouped(report.postcodes)
    ))?;
    let service = wiring::service_with(&args.data.dir, bars.clone(), wiring::MEMORY_MIB).await?;
    let councils = people(&args, &reference, &bars, &service.names().await?)?;
    let demo = Demo { service, actor: "demo".into(), quiet };
    demo.register(&args.data.dir, &councils).await?;
    let submissions = demo.landing(&councils).await?;
    let worker = demo.service.clone().worker().await?;
    demo.journey(&worker, &councils, &submissions).await?;
    drop(worker);
    truth::tell(demo.service.dir(), &councils)?;
    let releases = demo.releases(&args.data.dir).await?;
    demo.proofs(&councils, &releases).await?;
    demo.closing(&args.data.dir, &releases, begun).await?;
    if args.once {
        return Ok(Exit::Clean);
    }
    demo.service.close().await;
    serve::serve(&args.data.dir, args.listen, serve::LARGEST_FILE_MIB).await
}

/// The last day of the last quarter that is over.
fn quarter_end() -> Date {
    let today = Zoned::now().date();
    let month = (today.month() - 1) / 3 * 3 + 1;
    let first = Date::new(today.year(), month, 1).unwrap_or(today);
    first.yesterday().unwrap_or(first)
}

fn heading(text: &str) -> Result<(), Stop> {
    output::line(format!("\n{text}\n{}", "─".repeat(text.chars().count())))?;
    Ok(())
}

fn made_up(folder: &Path, share: u64, args: &cli::Demo, code: &str) -> Result<SynthOptions, Stop> {
    let code: OrganisationCode = code.parse().fault("council's code of the demo cannot be read")?;
    let release: SpecName = "asc-cld/r2".parse().fault("specification of the demo cannot be read")?;
    let mut options = SynthOptions::new(share.max(20), code.clone(), release, quarter_end());
    options.seed = args.seed;
    options.out = folder.join(code.as_str());
    Ok(options)
}

fn people(
    args: &cli::Demo,
    reference: &Path,
    bars: &Bars,
    names: &HashMap<String, String>,
) -> Result<Vec<Council>, Stop> {
    heading("Three councils make their files")?;
    let folder = args.data.dir.join("made-up");
    let share = args.people / 3;
    let mut councils = Vec::new();
    let mut first_person = 0;
    for (code, spoiled) in [(CLEAN, false), (SPOILED, true), (BROKEN, false)] {
        let mut options = made_up(&folder, share, args, code)?;
        options.reference = reference.to_owned();
        options.first_person = Some(first_person);
        // What a council has down otherwise than the register shows in its file as well, as warnings.
        options.register_noise = if code == CLEAN { 0.0 } else { 0.15 };
        if spoiled {
            options.defects = 0.02;
            options.unknown_nhs_numbers = 0.10;
        }
        let made = synth::make(&options, bars)?;
        first_person = made.next_person;
        output::line(format!(
            "{:<20} {} people, {} records to {}, {} of them spoiled",
            format!("{} ({code})", names.get(code).map_or("council", String::as_str)),
            grouped(made.people),
            grouped(made.records),
            made.period_end,
            grouped(made.defects)
        ))?;
        councils.push(Council { code: options.organisation, folder: options.out, made });
    }
    Ok(councils)
}

impl Demo {
    /// The three registers as one, taken over by the processing centre.
    async fn register(&self, dir: &Path, councils: &[Council]) -> Result<(), Stop> {
        let together = dir.join("made-up").join("register");
        fs::create_dir_all(&together).fault("folder of the register cannot be made")?;
        for file in ["register.csv", "history.csv", "superseded.csv"] {
            let mut all = String::new();
            for council in councils {
                let text = fs::read_to_string(council.folder.join(file)).fault("made-up register cannot be read")?;
                let rows =
                    if all.is_empty() { text.as_str() } else { text.split_once('\n').map_or("", |(_, rows)| rows) };
                all.push_str(rows);
            }
            fs::write(together.join(file), all).fault("made-up register cannot be written")?;
        }
        let report = self.service.build_register(&self.actor, Arc::new(fairway_trace::CsvFolder(together))).await?;
        output::line(format!("A demographics register of {} people stands by.", grouped(report.people)))?;
        Ok(())
    }

    async fn land(&self, code: &OrganisationCode, file: PathBuf) -> Result<Receipt, Stop> {
        let request = LandRequest::new(file, code.clone(), DATASET, Route::Cli);
        Ok(self.service.land(&self.actor, request).await?)
    }

    async fn landing(&self, councils: &[Council]) -> Result<Vec<SubmissionId>, Stop> {
        let [clean, spoiled, broken] = councils else { return Ok(Vec::new()) };
        heading("The files land: sealed to the processing centre, a receipt for each")?;
        let mut ids = Vec::new();
        for council in [clean, spoiled] {
            let receipt = self.land(&council.code, council.file()).await?;
            output::line(format!(
                "{}  receipt {}  {} bytes",
                council.code,
                receipt.submission.id,
                grouped(receipt.submission.bytes)
            ))?;
            ids.push(receipt.submission.id);
        }
        let again = self.land(&spoiled.code, spoiled.file()).await?;
        let same = if again.again { "the first receipt again" } else { "a second receipt" };
        output::line(format!("{}  sends the same bytes once more: {same}", spoiled.code))?;
        let damaged = broken.folder.join("misnamed.csv");
        spoil(&broken.file(), Spoiler::MisnamedColumn, &damaged).fault("a broken file cannot be made")?;
        let receipt = self.land(&broken.code, damaged).await?;
        output::line(format!(
            "{}  receipt {}  (a header has an underscore for a space)",
            broken.code, receipt.submission.id
        ))?;
        ids.push(receipt.submission.id);
        Ok(ids)
    }

    async fn do_all(&self, worker: &Worker) -> Result<(), Stop> {
        while let Some(report) = worker.next().await? {
            let submission = self.service.submission_status(report.submission).await?;
            output::line(format!("{} {}", submission.organisation, submission.organisation_name))?;
            say_job(&report, false)?;
            if let Some(fault) = report.fault {
                return Err(Stop::Fault(fairway_domain::Fault::new(fault)));
            }
        }
        Ok(())
    }

    async fn journey(&self, worker: &Worker, councils: &[Council], ids: &[SubmissionId]) -> Result<(), Stop> {
        let ([_, _, broken], [_, spoiled, refused]) = (councils, ids) else { return Ok(()) };
        heading("Each is checked, loaded, traced, de-identified")?;
        self.do_all(worker).await?;
        self.why_refused(*refused).await?;
        heading("One council confirms its warnings, the other mends its file")?;
        let status = self.service.submission_status(*spoiled).await?;
        for finding in status.findings.iter().take(4) {
            output::line(format!("  {:<8} {:>5} × {}", finding.severity, grouped(finding.count), finding.rule))?;
        }
        if status.findings.len() > 4 {
            output::line(format!("  … and {} more rules, all in its report", status.findings.len() - 4))?;
        }
        let accepted = self.service.accept(&self.actor, *spoiled).await?;
        output::line(format!(
            "{} has seen its report and sends what it has: {}",
            accepted.organisation, accepted.state
        ))?;
        let mended = self.land(&broken.code, broken.file()).await?;
        output::line(format!("{} sends the corrected file: receipt {}", broken.code, mended.submission.id))?;
        self.do_all(worker).await?;
        if self.service.submission_status(mended.submission.id).await?.state == "needs_confirmation" {
            let accepted = self.service.accept(&self.actor, mended.submission.id).await?;
            output::line(format!("{} confirms what is left to confirm: {}", accepted.organisation, accepted.state))?;
            self.do_all(worker).await?;
        }
        self.account(councils).await
    }

    async fn why_refused(&self, id: SubmissionId) -> Result<(), Stop> {
        let status = self.service.submission_status(id).await?;
        if status.state == "rejected" {
            output::line(format!(
                "The file of {} was refused; its report is kept, its payload destroyed:",
                status.organisation_name
            ))?;
            for finding in self.service.findings(id).await?.iter().filter(|finding| finding.severity == "reject") {
                output::line(format!("  {}", finding.message))?;
            }
        }
        Ok(())
    }

    /// Every row accounted for.
    async fn account(&self, councils: &[Council]) -> Result<(), Stop> {
        heading("Every row accounted for")?;
        let overview = self.service.overview().await?;
        let sum = |number: fn(&fairway_service::SubmissionStatus) -> Option<u64>| -> u64 {
            overview.submissions.iter().filter_map(number).sum()
        };
        let (rows, loaded, left) = (sum(|s| s.rows_in), sum(|s| s.rows_loaded), sum(|s| s.rows_rejected));
        let written: u64 = councils.iter().map(|council| council.made.records).sum();
        output::line(format!(
            "{} records written by the councils = {} read = {} loaded + {} left out (nobody could be told from them)",
            grouped(written),
            grouped(rows),
            grouped(loaded),
            grouped(left)
        ))?;
        if written != rows || rows != loaded + left {
            return Err(Stop::Fault(fairway_domain::Fault::new("rows do not add up")));
        }
        Ok(())
    }

    async fn releases(&self, dir: &Path) -> Result<Vec<ReleaseReport>, Stop> {
        heading("Two agreements release, a third is refused")?;
        let folder = dir.join("agreements");
        fs::create_dir_all(&folder).fault("folder of the agreements cannot be made")?;
        let today = Zoned::now().date();
        let period_end = quarter_end();
        let period_start = period_end.checked_sub(2.years()).unwrap_or(period_end);
        let mut released = Vec::new();
        for (file, text) in agreements::all(today, period_start, period_end) {
            let path = folder.join(file);
            fs::write(&path, &text).fault("agreement cannot be written")?;
            match self.service.release(&self.actor, &text).await {
                Ok(report) => {
                    output::line(format!(
                        "{} to {}: {} rows, {} columns; {} cells read for identifiers, none found",
                        report.manifest.agreement,
                        report.manifest.recipient,
                        grouped(report.manifest.rows),
                        report.manifest.columns.len(),
                        grouped(report.manifest.cells_scanned)
                    ))?;
                    released.push(report);
                }
                Err(VerbError::Refused(refusal)) => output::line(refusal)?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(released)
    }

    async fn proofs(&self, councils: &[Council], releases: &[ReleaseReport]) -> Result<(), Stop> {
        heading("What was promised, looked for in the bytes")?;
        proof::identifiers(councils, releases)?;
        proof::pseudonyms(releases)?;
        Ok(())
    }

    async fn closing(&self, dir: &Path, releases: &[ReleaseReport], begun: Instant) -> Result<(), Stop> {
        let report = verify_audit(self.service.dir()).await?;
        if !report.problems.is_empty() {
            return Err(Stop::Fault(fairway_domain::Fault::new("log has been changed")));
        }
        output::line(format!("The log: {} entries, as they were written.", report.entries))?;
        proof::tampering(dir).await?;
        heading("Where to look")?;
        for release in releases {
            output::line(format!("  extract   {}", release.folder.display()))?;
        }
        output::line(format!("  reports   {}", dir.join("reports").display()))?;
        output::line(format!("  outbox    {}", dir.join("outbox").display()))?;
        output::line(format!("  tables    {}", dir.join("warehouse").display()))?;
        output::line("Next, for example:")?;
        output::line(format!("  fairway status --data {}", dir.display()))?;
        output::line(format!(
            "  fairway query \"SELECT LA_Name, Event_Type, count(*) FROM asc_cld GROUP BY 1, 2 ORDER BY 1, 2\" --data {}",
            dir.display()
        ))?;
        output::line(format!("  fairway audit list --data {}", dir.display()))?;
        if !self.quiet {
            output::line(format!("\nDone in {:.1} s.", begun.elapsed().as_secs_f64()))?;
        }
        Ok(())
    }
}
