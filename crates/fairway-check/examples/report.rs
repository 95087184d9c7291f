//! Writes every report of a check: `cargo run -p fairway-check --example report -- FILE DIR [SPEC]`.

use std::fs::File;
use std::path::Path;

use fairway_check::report::{About, FolderOptions, ReportFolder};
use fairway_check::{CheckOptions, check};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, folder, rest @ ..] = arguments.as_slice() else { return Err("name a file and a folder".into()) };
    let spec = fairway_spec::resolve(rest.first().map_or("asc-cld/r2", String::as_str))?;
    let options = CheckOptions::new(jiff::civil::date(2026, 5, 1));
    let about = About {
        file: Path::new(file).file_name().map(|name| name.to_string_lossy().into_owned()),
        checked_on: Some(options.today),
        size: Some(std::fs::metadata(file)?.len()),
        ..About::default()
    };
    let mut sink = ReportFolder::begin(Path::new(folder), FolderOptions { checked: true, ..FolderOptions::default() })?;
    let summary = check(File::open(file)?, &spec, &options, &mut sink, &mut |_| {})?;
    sink.finish(&summary, &about)?;
    Ok(())
}
