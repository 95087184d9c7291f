//! `fairway trace explain`: everybody whom one request was compared with, and why the answer is what it is.

mod page;
mod text;
mod values;

use std::io::{BufReader, Write};
use std::path::PathBuf;

use fairway_domain::{Refusal, TraceOutcome};
use fairway_trace::format::RequestReader;
use fairway_trace::{Answer, Candidate, Decision, IndexError, Mode, Query, Requests, Tracer};

use super::{REBUILD, batch_stop, index_stop, layout, open, parameters, read_stop, register, sentence};
use crate::cli;
use crate::exit::{CommandResult, Exit, Stop};
use crate::output;
use crate::whole_file::WholeFile;

const UNEXPLAINED: &str = "The answer cannot be explained";

/// How it is told.
pub struct Shown {
    /// How many people are shown field by field.
    pub most: usize,
    /// Where the page goes, if one is wanted.
    pub html: Option<PathBuf>,
    /// Whether what identifies people is shown.
    pub values: bool,
}

pub fn explain(asked: &cli::Requests, id: &str, shown: &Shown) -> CommandResult {
    let layout = layout(asked)?;
    let register = register(&asked.register)?;
    let parameters = parameters(asked.parameters.as_deref())?;
    let accept = parameters.accept;
    let tracer = Tracer::new(&register, Mode::Fairway, parameters);
    let file = open(&asked.from, UNEXPLAINED)?;
    let tell = |query: &Query<'_>| {
        let decision = tracer.decide(query)?;
        let answer = tracer.judge(query, &decision);
        let candidates = tracer.candidates(query)?;
        let told = Told { id, query, decision: &decision, answer: &answer, candidates: &candidates, accept, shown };
        Ok::<_, IndexError>((text::text(&told), shown.html.is_some().then(|| page::page(&told))))
    };
    let found = match &layout {
        None => {
            let requests = Requests::new(file).map_err(|error| batch_stop(UNEXPLAINED, error))?;
            requests.find(id, tell).map_err(|error| batch_stop(UNEXPLAINED, error))?
        }
        Some(layout) => {
            let mut requests = RequestReader::open(BufReader::new(file), layout, None).map_err(read_stop)?;
            let found = requests.find(|request| request.as_ref().map_or(true, |request| request.id == id));
            found.transpose().map_err(read_stop)?.map(|request| match &request.defect {
                Some(defect) => Ok((format!("Not traced. {defect}"), None)),
                None => tell(&request.query()),
            })
        }
    };
    let found = found.ok_or_else(|| {
        let reason = "The file has no request of that reference";
        Stop::Refused(Refusal::new(UNEXPLAINED, reason, "Look at the file's references"))
    })?;
    let (text, page) = found.map_err(|error| index_stop(UNEXPLAINED, REBUILD, error))?;
    if let (Some(page), Some(path)) = (page, &shown.html) {
        let mut file = WholeFile::begin(path)?;
        file.write_all(page.as_bytes())?;
        file.finish()?;
    }
    output::line(text.trim_end())?;
    Ok(Exit::Clean)
}

/// What there is to tell about one request.
struct Told<'a> {
    id: &'a str,
    query: &'a Query<'a>,
    decision: &'a Decision<'a>,
    answer: &'a Answer<'a>,
    /// Everybody, the likeliest first.
    candidates: &'a [Candidate<'a>],
    accept: f64,
    shown: &'a Shown,
}

impl Told<'_> {
    /// The answer in a sentence with its full stop.
    fn answer(&self) -> String {
        let word = sentence(&self.answer.outcome.as_str().replace('_', " "));
        format!("{word}: {} (code {}).", self.because(), self.answer.dbs_code)
    }

    /// Why the answer is what it is, in a few words.
    fn because(&self) -> String {
        use TraceOutcome as O;
        let (likely, accept) = (cut(self.decision.probability), self.accept);
        let ahead = match self.decision.second() {
            Some(_) => format!("{:.1} bits ahead of the next", self.decision.margin),
            None => "with nobody else to be taken for".into(),
        };
        match self.answer.outcome {
            O::CrossChecked | O::Superseded | O::Matched => {
                format!("it is this person with a probability of {likely:.6}, {ahead}")
            }
            O::Multiple => format!(
                "somebody fits with a probability of {:.6}, but no one person reaches {accept}: the likeliest has {likely:.6}",
                cut(self.decision.present)
            ),
            O::NotFound => format!("the likeliest person has a probability of {likely:.6}, and {accept} is asked for"),
            O::NotTraced => "the number, or two of given name, family name and birth date must be there".into(),
        }
    }

    /// Those who are shown field by field.
    fn first(&self) -> &[Candidate<'_>] {
        self.candidates.get(..self.shown.most).unwrap_or(self.candidates)
    }

    /// Every field that says something about one of these, in the order of the record.
    fn fields(candidates: &[Candidate<'_>]) -> Vec<&'static str> {
        const ORDER: [&str; 8] = [
            "nhs_number",
            "given_name",
            "other_given_names",
            "family_name",
            "date_of_birth",
            "gender",
            "postcode",
            "address",
        ];
        let said = |field: &&str| candidates.iter().any(|one| one.reasons.iter().any(|reason| reason.field == *field));
        ORDER.into_iter().filter(said).collect()
    }
}

/// Cut, not rounded: a probability below one never reads as one.
fn cut(probability: f64) -> f64 {
    (probability * 1e6).floor() / 1e6
}

/// A field as a person calls it.
fn label(field: &str) -> String {
    match field {
        "nhs_number" => "NHS number".into(),
        other => sentence(&other.replace('_', " ")),
    }
}
