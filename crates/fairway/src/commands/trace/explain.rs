//! `fairway trace explain`: the candidates of one request side by side.

use std::fmt::Write as _;
use std::io::BufReader;

use fairway_domain::{NhsNumber, Refusal};
use fairway_trace::format::RequestReader;
use fairway_trace::{Answer, Decision, Mode, PartialDate, Person, Query, Reason, Requests, Tracer};

use super::{batch_stop, layout, open, parameters, read_stop, register, sentence};
use crate::cli;
use crate::exit::{CommandResult, Exit, Stop};
use crate::output::{self, grouped};

const UNEXPLAINED: &str = "The answer cannot be explained";

pub fn explain(asked: &cli::Requests, id: &str, show_values: bool) -> CommandResult {
    let layout = layout(asked)?;
    let register = register(&asked.register)?;
    let parameters = parameters(asked.parameters.as_deref())?;
    let accept = parameters.accept;
    let tracer = Tracer::new(&register, Mode::Fairway, parameters);
    let file = open(&asked.from, UNEXPLAINED)?;
    let tell = |query: &Query<'_>| {
        let decision = tracer.decide(query);
        let answer = tracer.judge(query, &decision);
        told(&Told { query, decision: &decision, answer: &answer, accept, show_values })
    };
    let text = match &layout {
        None => {
            let requests = Requests::new(file).map_err(|error| batch_stop(UNEXPLAINED, error))?;
            requests.find(id, tell).map_err(|error| batch_stop(UNEXPLAINED, error))?
        }
        Some(layout) => {
            let mut requests = RequestReader::open(BufReader::new(file), layout, None).map_err(read_stop)?;
            let found = requests.find(|request| request.as_ref().map_or(true, |request| request.id == id));
            found.transpose().map_err(read_stop)?.map(|request| match &request.defect {
                Some(defect) => format!("Not traced. {defect}"),
                None => tell(&request.query()),
            })
        }
    };
    let text = text.ok_or_else(|| {
        Stop::Refused(Refusal::new(
            UNEXPLAINED,
            "The file has no request of that reference",
            "Look at the file's references",
        ))
    })?;
    output::line(text.trim_end())?;
    Ok(Exit::Clean)
}

/// What there is to tell about one request.
struct Told<'a> {
    query: &'a Query<'a>,
    decision: &'a Decision<'a>,
    answer: &'a Answer<'a>,
    accept: f64,
    show_values: bool,
}

fn told(all: &Told<'_>) -> String {
    let (decision, answer) = (all.decision, all.answer);
    let mut text = format!(
        "{}: {} (code {}). {} candidates were compared.\n",
        sentence(&answer.outcome.as_str().replace('_', " ")),
        because(all),
        answer.dbs_code,
        grouped(decision.candidates as u64)
    );
    if all.show_values {
        text.push_str(&values("asked", &of_query(all.query)));
    }
    let candidates = [
        ("The likeliest person", decision.best(), decision.reasons()),
        ("The next likely", decision.second(), decision.second_reasons()),
    ];
    for (title, person, _) in candidates.iter().filter(|_| all.show_values) {
        text.push_str(&person.map(|person| values(title, &of_person(person))).unwrap_or_default());
    }
    let [(_, Some(_), best), (_, second, others)] = &candidates else { return text };
    text.push_str(&chart(best, second.is_some().then_some(others)));
    text.push_str(
        "\n  Numbers are bits: one to the right doubles the odds that it is the person, one to the left halves them.\n",
    );
    text
}

/// Why the answer is what it is, in a few words.
fn because(all: &Told<'_>) -> String {
    use fairway_domain::TraceOutcome as O;
    // Cut, not rounded: a probability below one never reads as one.
    let cut = |probability: f64| (probability * 1e6).floor() / 1e6;
    let (likely, accept) = (cut(all.decision.probability), all.accept);
    let ahead = match all.decision.second() {
        Some(_) => format!("{:.1} bits ahead of the next", all.decision.margin),
        None => "with nobody else to be taken for".into(),
    };
    match all.answer.outcome {
        O::CrossChecked | O::Superseded | O::Matched => {
            format!("it is this person with a probability of {likely:.6}, {ahead}")
        }
        O::Multiple => format!(
            "somebody fits with a probability of {:.6}, but no one person reaches {accept}: the likeliest has {likely:.6}",
            cut(all.decision.present)
        ),
        O::NotFound => format!("the likeliest person has a probability of {likely:.6}, and {accept} is asked for"),
        O::NotTraced => "the number, or two of given name, family name and birth date must be there".into(),
    }
}

/// Both candidates, a line for each field that says something.
fn chart(best: &[Reason], second: Option<&Vec<Reason>>) -> String {
    let mut text = format!("\n  {:<20} {}", "", cell("The likeliest person"));
    text.push_str(if second.is_some() { " The next likely\n" } else { "\n" });
    let fields = best.iter().chain(second.into_iter().flatten()).map(|reason| reason.field);
    let mut said: Vec<&str> = Vec::new();
    for field in fields {
        if said.contains(&field) {
            continue;
        }
        said.push(field);
        let column =
            |reasons: &[Reason]| reasons.iter().find(|reason| reason.field == field).map_or(String::new(), one);
        let _ = write!(text, "  {:<20} {}", label(field), cell(&column(best)));
        let _ = writeln!(text, " {}", second.map(|reasons| column(reasons)).unwrap_or_default());
    }
    let sum = |reasons: &[Reason]| format!("{:<26}{:>+6.1}", "together", reasons.iter().map(|r| r.bits).sum::<f64>());
    let _ = write!(text, "  {:<20} {}", "", cell(&sum(best)));
    let _ = writeln!(text, " {}", second.map(|reasons| sum(reasons)).unwrap_or_default());
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// Padded to the width of a column, counted in letters.
fn cell(text: &str) -> String {
    format!("{text:<46}")
}

/// How a field agrees, its bits, and a bar of them: to the right for the person, to the left against.
fn one(reason: &Reason) -> String {
    const BITS_PER_BLOCK: f64 = 3.0;
    let blocks = |most: usize| ((reason.bits.abs() / BITS_PER_BLOCK).round() as usize).min(most);
    let (against, for_it) = if reason.bits < 0.0 { (blocks(4), 0) } else { (0, blocks(8)) };
    format!("{:<26}{:>+6.1} {:>4}|{}", reason.how, reason.bits, "░".repeat(against), "█".repeat(for_it))
}

fn label(field: &str) -> String {
    match field {
        "nhs_number" => "NHS number".into(),
        "address_line1" => "Address".into(),
        other => sentence(&other.replace('_', " ")),
    }
}

type Values = [(&'static str, String); 8];

fn values(title: &str, values: &Values) -> String {
    let given: Vec<String> =
        values.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name} {value}")).collect();
    format!("  {title}: {}\n", given.join(", "))
}

fn of_query(query: &Query<'_>) -> Values {
    [
        ("NHS number", query.nhs_number.as_ref().map_or_else(String::new, |number| number.as_str().into())),
        ("given name", query.given_name.into()),
        ("other given names", query.other_given_names.into()),
        ("family name", query.family_name.into()),
        ("date of birth", query.date_of_birth.map_or_else(|| query.born_as_written.into(), digits)),
        ("gender", query.gender.code().into()),
        ("postcode", query.postcode.into()),
        ("address", query.address_line1.into()),
    ]
}

/// Of a sensitive person the register says nothing about where they are.
fn of_person(person: Person<'_>) -> Values {
    let number: NhsNumber = person.nhs_number();
    [
        ("NHS number", number.as_str().into()),
        ("given name", person.given_name().into()),
        ("other given names", person.other_given_names().into()),
        ("family name", person.family_name().into()),
        ("date of birth", person.date_of_birth().map(digits).unwrap_or_default()),
        ("gender", person.gender().code().into()),
        ("postcode", person.postcode()),
        ("address", person.address()[0].into()),
    ]
}

fn digits(date: PartialDate) -> String {
    let part = |part: Option<u8>| part.map(|part| format!("-{part:02}")).unwrap_or_default();
    format!("{:04}{}{}", date.year(), part(date.month()), part(date.day()))
}
