//! The same check on this machine, to compare with: `check_native SPEC YEAR-MONTH-DAY OUT FILE…` writes
//! `OUT/N.findings.csv` and `OUT/N.summary.json` for the N-th file, counted from 0, and prints each verdict.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [spec, day, out, files @ ..] = arguments.as_slice() else { return Err("SPEC DAY OUT FILE…".into()) };
    let spec = fairway_spec::resolve(spec)?;
    let mut said = std::io::stdout().lock();
    for (at, file) in files.iter().enumerate() {
        let create = |name: &str| File::create(Path::new(out).join(format!("{at}.{name}"))).map(BufWriter::new);
        let input = File::open(file)?;
        let verdict =
            fairway_check_wasm::run(input, &spec, day.parse()?, create("findings.csv")?, create("summary.json")?)?;
        writeln!(said, "{}", verdict.exit_code())?;
    }
    Ok(())
}
