//! `fairway synth`: made-up people with known truth.

use std::time::Instant;

use fairway_domain::Refusal;
use fairway_service::Progress as _;
use fairway_synth::{SynthError, SynthOptions, SynthReport, generate};

use super::centre::fault;
use crate::cli::Synth;
use crate::exit::{CommandResult, Exit, Stop};
use crate::output::{self, Bars, grouped};
use crate::wiring;

pub fn synth(args: Synth, quiet: bool) -> CommandResult {
    let begun = Instant::now();
    let options = SynthOptions {
        seed: args.seed,
        defects: args.defects,
        unknown_nhs_numbers: args.unknown_nhs_numbers,
        register_noise: args.register_noise,
        first_person: args.first_person,
        reference: wiring::reference(args.reference)?,
        out: args.out,
        ..SynthOptions::new(args.people, args.la, args.release, args.period_end)
    };
    let report = make(&options, &Bars::new(quiet))?;
    output::line(format!(
        "{} people, {} records, {} in the register, {} spoiled, in {:.1} s: {}",
        grouped(report.people),
        grouped(report.records),
        grouped(report.register),
        grouped(report.defects),
        begun.elapsed().as_secs_f64(),
        options.out.display()
    ))?;
    if !quiet {
        for note in &report.notes {
            output::line(format!("  {note}"))?;
        }
    }
    Ok(Exit::Clean)
}

/// Makes up people, with progress.
pub fn make(options: &SynthOptions, bars: &Bars) -> Result<SynthReport, Stop> {
    let made = generate(options, &mut |progress| bars.at("Making people up", progress.people, Some(progress.of)));
    bars.finished("Making people up");
    made.map_err(|error| match error {
        SynthError::Io { .. } => fault("made-up people cannot be written", error),
        refused => Stop::Refused(Refusal::new(
            "Nobody can be made up like that",
            refused.to_string(),
            "See the options with: fairway synth --help",
        )),
    })
}
