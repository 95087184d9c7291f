use std::borrow::Cow;
use std::cmp::Reverse;

use fairway_domain::Fault;
use fairway_spec::{Bound, DayForm, Field, Form, Severity};
use rustc_hash::FxHashMap;

use crate::plan::{Builtin, Plan, Words, fill};
use crate::{FieldStatus, Finding, FindingSink, Place, Tally, Validity};

/// What a finding is made of, before its words are put together.
#[derive(Debug, Default)]
pub(crate) struct Note<'n> {
    /// Number of the rule in the plan.
    pub rule: usize,
    /// Number of the column in the specification.
    pub column: Option<usize>,
    /// The column's letter, where it is not that of `column` in this file.
    pub letter: Option<&'n str>,
    pub place: Place,
    pub status: Option<FieldStatus>,
    pub validity: Option<Validity>,
    /// What fills the places of message and hint, besides field and letter.
    pub words: Words<'n>,
    /// The value as sent.
    pub value: Option<&'n str>,
}

impl Note<'_> {
    /// A note about a built-in rule.
    pub fn of(rule: Builtin) -> Self {
        Self { rule: rule.index(), ..Self::default() }
    }
}

/// Where findings go out: counts them, keeps their words, and remembers what they mean for record and file.
#[derive(Debug)]
pub(crate) struct Desk {
    tallies: FxHashMap<(usize, Option<usize>), Tally>,
    /// Letters of the specification's columns in this file.
    pub letters: Vec<String>,
    show_values: bool,
    rejects_file: bool,
    to_confirm: bool,
    rejects_record: bool,
}

impl Desk {
    pub fn new(show_values: bool) -> Self {
        Self {
            tallies: FxHashMap::default(),
            letters: Vec::new(),
            show_values,
            rejects_file: false,
            to_confirm: false,
            rejects_record: false,
        }
    }

    /// Whether the file is refused so far.
    pub fn rejects_file(&self) -> bool {
        self.rejects_file
    }

    /// Whether anything so far wants confirming.
    pub fn to_confirm(&self) -> bool {
        self.to_confirm
    }

    /// What is reported from now on is about another record.
    pub fn begin_record(&mut self) {
        self.rejects_record = false;
    }

    /// Whether the record at hand is left out.
    pub fn rejects_record(&self) -> bool {
        self.rejects_record
    }

    /// Sends one finding out.
    pub fn report(&mut self, plan: &Plan<'_>, note: &Note<'_>, sink: &mut dyn FindingSink) -> Result<(), Fault> {
        let Some(rule) = plan.rules.get(note.rule) else { return Ok(()) };
        self.rejects_file |= rule.rejects_file();
        self.rejects_record |= rule.rejects_record();
        self.to_confirm |= rule.severity >= Severity::Warning;
        let column = note.column.and_then(|column| plan.columns.get(column)).map_or("", |c| c.field.header.as_str());
        let own_letter = note.column.and_then(|column| self.letters.get(column)).map_or("", String::as_str);
        let letter = note.letter.unwrap_or(own_letter);
        let compose = || compose(plan, note, column, letter);
        let tally = self.tallies.entry((note.rule, note.column)).or_insert_with(|| {
            let (column, letter) = (column.to_owned(), letter.to_owned());
            let ((message, hint), first) = (compose(), Vec::new());
            let (severity, stage) = (rule.severity, rule.stage);
            Tally { rule: rule.id.to_owned(), severity, stage, column, letter, message, hint, count: 0, first }
        });
        tally.add(note.place);
        let (message, hint) = if note.words.is_empty() || tally.count == 1 {
            (Cow::Borrowed(tally.message.as_str()), Cow::Borrowed(tally.hint.as_str()))
        } else {
            let (message, hint) = compose();
            (Cow::Owned(message), Cow::Owned(hint))
        };
        sink.take(&Finding {
            place: note.place,
            column,
            letter,
            rule: rule.id,
            severity: rule.severity,
            status: note.status,
            validity: note.validity,
            message,
            hint,
            value: note.value.filter(|_| self.show_values),
        })
    }

    /// The tallies, worst first; within a severity, the most frequent first.
    pub fn into_tallies(self) -> Vec<Tally> {
        let mut tallies: Vec<Tally> = self.tallies.into_values().collect();
        tallies.sort_by(|a, b| {
            let rank = |t: &Tally| (Reverse(t.severity), t.stage, Reverse(t.count));
            rank(a).cmp(&rank(b)).then_with(|| (&a.rule, &a.column).cmp(&(&b.rule, &b.column)))
        });
        tallies
    }
}

fn compose(plan: &Plan<'_>, note: &Note<'_>, column: &str, letter: &str) -> (String, String) {
    let Some(rule) = plan.rules.get(note.rule) else { return Default::default() };
    let field = note.column.and_then(|column| plan.columns.get(column)).map(|column| column.field);
    let max = field.and_then(|field| field.max_length).map_or_else(String::new, |max| max.to_string());
    let of_column = field.map_or_else(Vec::new, limit_words);
    let mut words = vec![("field", column), ("letter", letter)];
    words.extend_from_slice(note.words);
    words.push(("max", &max));
    words.extend(of_column.iter().map(|(name, word)| (*name, word.as_str())));
    let enter = field.map(|field| field.enter.as_str()).filter(|enter| !enter.is_empty());
    let message = match enter {
        Some(enter) if note.rule == Builtin::MandatoryBlank.index() => enter.to_owned(),
        _ => fill(rule.message, &words),
    };
    (message, fill(rule.hint, &words))
}

/// What the specification says of a column's values, for messages about them.
fn limit_words(field: &Field) -> Vec<(&'static str, String)> {
    let british = Form::Date(DayForm::British);
    let form = field.form.as_ref().unwrap_or(&british);
    let ends = |lower: bool| {
        let ends = field.limits.bounds.iter().filter(|bound| bound.is_lower() == lower);
        ends.map(Bound::in_words).collect::<Vec<_>>().join(" and ")
    };
    vec![
        ("form", form.in_words()),
        ("example", form.example()),
        ("pattern", field.limits.pattern.as_ref().map(|pattern| pattern.as_str().to_owned()).unwrap_or_default()),
        ("min", field.limits.min_length.map(|min| min.to_string()).unwrap_or_default()),
        ("least", ends(true)),
        ("most", ends(false)),
    ]
}
