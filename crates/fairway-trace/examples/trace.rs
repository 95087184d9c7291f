//! The engine from the command line, for development: `register build|update|train|verify`, `trace`, `explain`, `evaluate`,
//! `open` and `latency`.

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use fairway_trace::format::{Format, Layout, RequestReader};
use fairway_trace::{Counts, Mode, Parameters, Register, Requests, Tracer, evaluate, trace_file, train_file};

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let verb: Vec<&str> = words.iter().map(String::as_str).take_while(|word| !word.starts_with("--")).collect();
    let options: HashMap<&str, &str> = words[verb.len()..]
        .chunks(2)
        .filter_map(|pair| Some((pair.first()?.as_str(), pair.get(1)?.as_str())))
        .collect();
    let start = Instant::now();
    match &verb[..] {
        ["register", "build"] => Register::build(path(&options, "--in")?, path(&options, "--out")?)?,
        ["register", "update"] => Register::update(path(&options, "--register")?, path(&options, "--in")?)?,
        ["register", "train"] => train(&options)?,
        ["trace"] => trace(&options)?,
        ["register", "verify"] => Register::open(path(&options, "--register")?)?.verify()?,
        ["open"] => open(&options)?,
        ["latency"] => latency(&options)?,
        ["explain"] => explain(&options)?,
        ["evaluate"] => score(&options)?,
        _ => {
            return Err(
                "register build --in DIR --out DIR | register update --register DIR --in DIR | trace --register \
                         DIR --in FILE --out FILE [--mode fairway|mps] [--threads N] [--parameters FILE] | evaluate \
                         --responses FILE --truth FILE"
                    .into(),
            );
        }
    }
    writeln!(std::io::stderr(), "{:.2} s", start.elapsed().as_secs_f64())?;
    Ok(())
}

fn path<'a>(options: &HashMap<&'a str, &'a str>, name: &str) -> Result<&'a Path, String> {
    options.get(name).copied().map(Path::new).ok_or_else(|| format!("{name} is missing"))
}

fn parameters(options: &HashMap<&str, &str>) -> Result<Parameters, Box<dyn Error>> {
    let mut parameters = match options.get("--parameters") {
        Some(file) => Parameters::read(Path::new(file))?,
        None => Parameters::default(),
    };
    if let Some(accept) = options.get("--accept") {
        parameters.accept = accept.parse()?;
    }
    Ok(parameters)
}

fn trace(options: &HashMap<&str, &str>) -> Outcome {
    let start = Instant::now();
    let register = Register::open(path(options, "--register")?)?;
    let opened = start.elapsed().as_secs_f64();
    let mode = if options.get("--mode") == Some(&"mps") { Mode::Mps } else { Mode::Fairway };
    let tracer = Tracer::new(&register, mode, parameters(options)?);
    let requests = Requests::new(BufReader::new(File::open(path(options, "--in")?)?))?;
    let mut to = BufWriter::new(File::create(path(options, "--out")?)?);
    let threads = options.get("--threads").map_or(Ok(2), |count| count.parse())?;
    let start = Instant::now();
    let tally = trace_file(&tracer, requests, &mut to, threads)?;
    to.flush()?;
    let took = start.elapsed().as_secs_f64();
    let rate = tally.requests as f64 / took;
    writeln!(
        std::io::stderr(),
        "opened in {opened:.3} s; {} of {} found in {took:.2} s, {rate:.0} a second",
        tally.found,
        tally.requests
    )?;
    Ok(())
}

/// How long it takes until a register can be asked.
fn open(options: &HashMap<&str, &str>) -> Outcome {
    let start = Instant::now();
    let register = Register::open(path(options, "--register")?)?;
    let took = start.elapsed().as_secs_f64();
    writeln!(std::io::stdout(), "{took:.3} s for {} people", register.len())?;
    Ok(())
}

/// How long single traces take, one after the other.
fn latency(options: &HashMap<&str, &str>) -> Outcome {
    let register = Register::open(path(options, "--register")?)?;
    let layout = Arc::new(Layout::of(Format::Csv)?);
    let requests = RequestReader::open(BufReader::new(File::open(path(options, "--in")?)?), &layout, None)?;
    let tracer = Tracer::new(&register, Mode::Fairway, parameters(options)?);
    let mut took = Vec::new();
    for request in requests {
        let request = request?;
        let start = Instant::now();
        std::hint::black_box(tracer.trace(&request.query())?);
        took.push(start.elapsed().as_nanos() as f64 / 1e3);
    }
    took.sort_by(f64::total_cmp);
    let at = |share: f64| took.get((took.len() as f64 * share) as usize).copied().unwrap_or_default();
    writeln!(
        std::io::stdout(),
        "p50 {:.0} µs, p90 {:.0} µs, p99 {:.0} µs, p99.9 {:.0} µs, of {}",
        at(0.5),
        at(0.9),
        at(0.99),
        at(0.999),
        took.len()
    )?;
    Ok(())
}

/// Shows of one request what each field says about the best and the second candidate.
fn explain(options: &HashMap<&str, &str>) -> Outcome {
    let register = Register::open(path(options, "--register")?)?;
    let requests = Requests::new(BufReader::new(File::open(path(options, "--in")?)?))?;
    let tracer = Tracer::new(&register, Mode::Fairway, parameters(options)?);
    let mut out = std::io::stdout().lock();
    let id = options.get("--query").copied().unwrap_or_default();
    let written = requests.find(id, |query| {
        let decision = tracer.decide(query)?;
        writeln!(out, "probability {:.6}, candidates {}", decision.probability, decision.candidates)?;
        for candidate in tracer.candidates(query)?.into_iter().take(2) {
            writeln!(out, "{} {}", candidate.person.given_name(), candidate.person.family_name())?;
            for reason in candidate.reasons {
                writeln!(out, "  {:18} {:32} {:6.1}", reason.field, reason.how, reason.bits)?;
            }
        }
        Ok::<_, Box<dyn Error>>(())
    })?;
    written.ok_or("there is no such request")??;
    Ok(())
}

fn train(options: &HashMap<&str, &str>) -> Outcome {
    let register = Register::open(path(options, "--register")?)?;
    let requests = Requests::new(BufReader::new(File::open(path(options, "--in")?)?))?;
    let threads = options.get("--threads").map_or(Ok(2), |count| count.parse())?;
    let learnt = train_file(&register, requests, "learnt by `register train`", threads)?;
    std::fs::write(path(options, "--out")?, learnt.to_text())?;
    Ok(())
}

fn score(options: &HashMap<&str, &str>) -> Outcome {
    let open = |name| Ok::<_, Box<dyn Error>>(BufReader::new(File::open(path(options, name)?)?));
    let found = evaluate(open("--responses")?, open("--truth")?)?;
    let mut out = std::io::stdout().lock();
    line(&mut out, "all", found.all)?;
    for ((column, value), counts) in &found.groups {
        line(&mut out, &format!("{column}={value}"), *counts)?;
    }
    for band in &found.bands {
        let (low, high) = band.observed.interval();
        let rate = band.observed;
        writeln!(
            out,
            "{:.5}..{:.5} stated {:.6} observed {:.6} ({low:.6} to {high:.6}), {} of {}",
            band.from,
            band.to,
            band.stated,
            rate.share(),
            rate.count,
            rate.of
        )?;
    }
    Ok(())
}

fn line(out: &mut impl Write, name: &str, counts: Counts) -> Outcome {
    let (precision, recall) = (counts.precision(), counts.recall());
    writeln!(
        out,
        "{name:24} queries {} accepted {} wrong {} precision {:.6} ({:.6} to {:.6}) recall {:.6} F1 {:.6}",
        counts.queries,
        counts.accepted,
        counts.accepted - counts.right,
        precision.share(),
        precision.interval().0,
        precision.interval().1,
        recall.share(),
        counts.f1()
    )?;
    Ok(())
}
