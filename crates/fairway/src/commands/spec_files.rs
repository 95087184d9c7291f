//! `fairway spec new` and `fairway spec import`: specifications out of other people's files.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use fairway_check::{Sampled, infer};
use fairway_domain::{Fault, Refusal, SpecName};
use fairway_spec::{Sheet, Spec, SpecFiles, read_published, read_workbook};
use sha2::{Digest, Sha256};

use crate::exit::Stop;
use crate::output;

/// Infers a first specification from a sample.
pub fn new(sample: &Path, name: Option<&SpecName>, out: Option<PathBuf>) -> Result<(), Stop> {
    let name = name.cloned().map_or_else(|| named_after(sample), Ok)?;
    let out = out.unwrap_or_else(|| PathBuf::from(name.dataset()));
    let source = source(sample)?;
    let files = match infer(open(sample)?, name, source)? {
        Sampled::Spec(files) => files,
        Sampled::Refused(why) => {
            return Err(refused("No specification can be inferred", why, "Send a CSV file with a header"));
        }
    };
    write(&files, &out)?;
    files.notes.iter().try_for_each(output::line)?;
    let folder = out.display();
    output::line(format!(
        "\nWritten to {folder}. Look at each class first: which columns are about persons is guessed."
    ))?;
    output::line(format!("Then: fairway check {} --spec {folder}", sample.display()))?;
    Ok(())
}

/// Holds a published specification against one of ours; with `out`, writes the folder that takes its lists over.
pub fn import(file: &Path, against: &Spec, out: Option<&Path>) -> Result<(), Stop> {
    let published = read_published(&sheets(file)?);
    published.explained.iter().try_for_each(output::line)?;
    if published.fields.is_empty() && published.lists.is_empty() {
        return Err(refused(
            "Nothing was found to import",
            format!("{} has no sheet of fields or lists", file.display()),
            "See what headings are known in docs/guide/local-flow.md",
        ));
    }
    let news = published.against(against);
    output::line(format!("\nAgainst {}:\n{}", against.name, news.to_string().trim_end()))?;
    let Some(out) = out else { return Ok(()) };
    let files = news.overlay(against, &source(file)?);
    write(&files, out)?;
    files.notes.iter().try_for_each(output::line)?;
    let loaded =
        Spec::load(out).map_err(|error| refused("The folder does not load", error.to_string(), "Correct it there"))?;
    loaded.unchecked.iter().try_for_each(output::line)?;
    output::line(format!("\nWritten to {0}. Then: fairway check FILE --spec {0}", out.display()))?;
    Ok(())
}

fn sheets(file: &Path) -> Result<Vec<Sheet>, Stop> {
    let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let cannot = |why: String| refused("The file cannot be read", why, "Save it as XLSX or CSV");
    if ending.as_deref() == Some("csv") {
        let name = file.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let bytes = fs::read(file).map_err(|error| cannot(error.to_string()))?;
        return Ok(vec![Sheet::from_csv(&name, &bytes).map_err(cannot)?]);
    }
    read_workbook(file).map_err(|_| cannot(format!("{} is no workbook, or it is damaged", file.display())))
}

fn refused(what: &'static str, why: String, who: &'static str) -> Stop {
    Stop::Refused(Refusal::new(what, why, who))
}

fn open(path: &Path) -> Result<File, Stop> {
    let cannot =
        |error: io::Error| refused("The file cannot be read", format!("{}: {error}", path.display()), "Check its name");
    File::open(path).map_err(cannot)
}

/// The file's name and SHA-256, in words.
fn source(path: &Path) -> Result<String, Stop> {
    let mut file = open(path)?;
    let (mut hash, mut block) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut block).map_err(|error| Fault::from_source("file cannot be read", error))? {
            0 => break,
            read => hash.update(&block[..read]),
        }
    }
    let digits: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    Ok(format!("{name}, SHA-256 {digits}"))
}

/// A name for the specification out of the file's own.
fn named_after(sample: &Path) -> Result<SpecName, Stop> {
    let stem = sample.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().to_lowercase());
    let word: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let word = word.trim_matches('-');
    format!("{word}/v1").parse().map_err(|_| {
        refused("The specification has no name", "The file's name gives none".into(), "Give one: --name day-centre/v1")
    })
}

/// Writes the files into a folder that is new or empty.
fn write(files: &SpecFiles, out: &Path) -> Result<(), Stop> {
    let fault = |error: io::Error| Fault::from_source("specification cannot be written", error);
    fs::create_dir_all(out).map_err(fault)?;
    if fs::read_dir(out).map_err(fault)?.next().is_some() {
        let why = format!("{} is not empty", out.display());
        return Err(refused("The specification cannot be written", why, "Name another folder with --out"));
    }
    for (path, text) in &files.files {
        let path = out.join(path);
        path.parent().map_or(Ok(()), fs::create_dir_all).map_err(fault)?;
        fs::write(path, text).map_err(fault)?;
    }
    Ok(())
}
