//! How long a run takes and how much memory it needs: `million [PEOPLE] [RELEASE]`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use fairway_synth::{SynthOptions, generate};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let people = arguments.next().map_or(Ok(300_000), |text| text.parse())?;
    let release = arguments.next().unwrap_or_else(|| "asc-cld/r2".to_owned());
    let out = std::env::temp_dir().join("fairway-synth-million");
    let mut options = SynthOptions::new(people, "313".parse()?, release.parse()?, jiff::civil::date(2026, 9, 30));
    options.reference = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../reference");
    options.register_noise = 0.15;
    options.unknown_nhs_numbers = 0.08;
    options.defects = 0.01;
    options.out.clone_from(&out);
    let begun = Instant::now();
    let report = generate(&options, &mut |_| {})?;
    let seconds = begun.elapsed().as_secs_f64();
    let mut shown = std::io::stdout().lock();
    writeln!(shown, "{report:#?}")?;
    writeln!(shown, "{:.2} events a person", report.records as f64 / report.people as f64)?;
    writeln!(shown, "{seconds:.2} s, {:.0} records/s", report.records as f64 / seconds)?;
    if let Ok(status) = std::fs::read_to_string(Path::new("/proc/self/status")) {
        let peak = status.lines().filter(|line| line.starts_with("VmHWM"));
        peak.for_each(|line| _ = writeln!(shown, "{line}"));
    }
    writeln!(shown, "{} bytes in submission.csv", std::fs::metadata(out.join("submission.csv"))?.len())?;
    Ok(())
}
