use std::borrow::Cow;
use std::cmp::Reverse;

use fairway_domain::Fault;
use fairway_spec::{Bound, DayForm, Field, Form, Severity};
use rustc_hash::FxHashMap;

use crate::brief::Brief;
use crate::examiner::{FLAWS, rule_of};
use crate::outcome::Kind;
use crate::plan::{self, Builtin, Plan, Words, fill, letter};
use crate::read::LONGEST_RECORD;
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
}

impl Note<'_> {
    /// A note about a built-in rule.
    pub fn of(rule: Builtin) -> Self {
        Self { rule: rule.index(), ..Self::default() }
    }
}

/// Where findings go out: counts them, keeps their words, and remembers what they mean for the file.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    tallies: Vec<Tally>,
    by_rule: FxHashMap<(usize, Option<usize>), usize>,
    worded: Vec<Worded>,
    numbers: FxHashMap<Kind, usize>,
    /// Letters of the specification's columns in this file.
    pub letters: Vec<String>,
    rejects_file: bool,
    to_confirm: bool,
}

/// The words of findings of one kind.
#[derive(Debug)]
struct Worded {
    tally: usize,
    rule: usize,
    severity: Severity,
    letter: String,
    message: String,
    hint: String,
}

impl Desk {
    /// Whether the file is refused so far.
    pub fn rejects_file(&self) -> bool {
        self.rejects_file
    }

    /// Whether anything so far wants confirming.
    pub fn to_confirm(&self) -> bool {
        self.to_confirm
    }

    /// Sends out a finding with words of its own.
    pub fn report(&mut self, plan: &Plan<'_>, note: &Note<'_>, sink: &mut dyn FindingSink) -> Result<(), Fault> {
        let worded = self.word(plan, note);
        self.tallies[worded.tally].add(note.place);
        let kind = Kind { status: note.status, validity: note.validity, ..Kind::of(note.rule, note.column) };
        sink.take(&finding(plan, &worded, kind, note.place))
    }

    /// Sends out a finding about a record, worded as all of its kind.
    #[inline]
    pub fn send(
        &mut self,
        brief: &Brief<'_>,
        kind: Kind,
        (place, value): (Place, Option<&str>),
        sink: &mut dyn FindingSink,
    ) -> Result<(), Fault> {
        let number = match self.numbers.get(&kind) {
            Some(number) => *number,
            None => self.word_kind(brief, kind),
        };
        let worded = &self.worded[number];
        self.tallies[worded.tally].add(place);
        let finding = finding(&brief.plan, worded, kind, place);
        sink.take(&Finding { kind: u32::try_from(number).ok(), value, ..finding })
    }

    /// Finds words for a kind that was not there before.
    #[cold]
    fn word_kind(&mut self, brief: &Brief<'_>, kind: Kind) -> usize {
        let words = words_of(brief, kind);
        let words: Vec<(&'static str, &str)> = words.iter().map(|(name, word)| (*name, word.as_str())).collect();
        let own = kind.column().is_none().then(|| words.iter().find(|(name, _)| *name == "letter")).flatten();
        let note = Note {
            rule: usize::from(kind.rule),
            column: kind.column(),
            letter: own.map(|(_, letter)| *letter),
            words: &words,
            ..Note::default()
        };
        let worded = self.word(&brief.plan, &note);
        self.worded.push(worded);
        self.numbers.insert(kind, self.worded.len() - 1);
        self.worded.len() - 1
    }

    fn word(&mut self, plan: &Plan<'_>, note: &Note<'_>) -> Worded {
        let own_letter = note.column.and_then(|column| self.letters.get(column)).map_or("", String::as_str);
        let letter = note.letter.unwrap_or(own_letter).to_owned();
        let (message, hint) = compose(plan, note, plan.header_of(note.column), &letter);
        let tally = match self.by_rule.get(&(note.rule, note.column)) {
            Some(tally) => *tally,
            None => self.tally(plan, note, (&letter, &message, &hint)),
        };
        Worded { tally, rule: note.rule, severity: self.tallies[tally].severity, letter, message, hint }
    }

    /// Opens a tally, with the words of its first finding.
    fn tally(&mut self, plan: &Plan<'_>, note: &Note<'_>, (letter, message, hint): (&str, &str, &str)) -> usize {
        let rule = &plan.rules[note.rule];
        self.rejects_file |= rule.rejects_file();
        let severity = plan.severity_at(note.rule, note.column);
        self.to_confirm |= severity >= Severity::Warning;
        self.tallies.push(Tally {
            rule: rule.id.to_owned(),
            severity,
            stage: rule.stage,
            column: plan.header_of(note.column).to_owned(),
            letter: letter.to_owned(),
            message: message.to_owned(),
            hint: hint.to_owned(),
            why: rule.why.to_owned(),
            count: 0,
            first: Vec::new(),
        });
        self.by_rule.insert((note.rule, note.column), self.tallies.len() - 1);
        self.tallies.len() - 1
    }

    /// The tallies, worst first; within a severity, the most frequent first.
    pub fn into_tallies(self) -> Vec<Tally> {
        let mut tallies = self.tallies;
        tallies.sort_by(|a, b| {
            let rank = |t: &Tally| (Reverse(t.severity), t.stage, Reverse(t.count));
            rank(a).cmp(&rank(b)).then_with(|| (&a.rule, &a.column).cmp(&(&b.rule, &b.column)))
        });
        tallies
    }
}

fn finding<'f>(plan: &'f Plan<'_>, worded: &'f Worded, kind: Kind, place: Place) -> Finding<'f> {
    let rule = &plan.rules[worded.rule];
    Finding {
        place,
        kind: None,
        column: plan.header_of(kind.column()),
        letter: &worded.letter,
        rule: rule.id,
        severity: worded.severity,
        status: kind.status,
        validity: kind.validity,
        message: Cow::Borrowed(&worded.message),
        hint: Cow::Borrowed(&worded.hint),
        value: None,
    }
}

/// What fills the places of a kind's message and hint.
fn words_of(brief: &Brief<'_>, kind: Kind) -> Vec<(&'static str, String)> {
    let is = |rule: Builtin| usize::from(kind.rule) == rule.index();
    if is(Builtin::RecordRagged) || is(Builtin::RecordBlank) {
        return vec![("count", kind.detail.to_string()), ("expected", brief.layout.width.to_string())];
    }
    if is(Builtin::LineTooLong) {
        return vec![("max", format!("{} MB", LONGEST_RECORD >> 20))];
    }
    if is(Builtin::FileTooLarge) {
        return vec![("max", format!("{} GB", brief.most_text / 1_000_000_000))];
    }
    if is(Builtin::OrganisationOther) {
        return vec![("expected", brief.sender.as_ref().map_or_else(String::new, ToString::to_string))];
    }
    let Some(column) = kind.column().and_then(|column| brief.plan.columns.get(column)) else {
        return beyond(kind);
    };
    match &column.kind {
        plan::Kind::Code(table) if is(Builtin::EarlierRelease) || is(Builtin::Capitals) => {
            let now = u16::try_from(kind.detail).ok().and_then(|code| table.today(code));
            vec![("now", now.map_or("no value of this release", |code| table.text(code)).to_owned())]
        }
        _ => Vec::new(),
    }
}

/// A cell in a column that the specification has not is named by its letter.
fn beyond(kind: Kind) -> Vec<(&'static str, String)> {
    if !FLAWS.iter().any(|flaw| rule_of(*flaw).index() == usize::from(kind.rule)) {
        return Vec::new();
    }
    let own = letter(kind.detail as usize);
    vec![("field", format!("Column {own}")), ("letter", own)]
}

fn compose(plan: &Plan<'_>, note: &Note<'_>, column: &str, letter: &str) -> (String, String) {
    let Some(rule) = plan.rules.get(note.rule) else { return Default::default() };
    let field = note.column.and_then(|column| plan.columns.get(column)).map(|column| column.field);
    let max = field.and_then(|field| field.max_length).map_or_else(String::new, |max| max.to_string());
    let of_column = field.map_or_else(Vec::new, limit_words);
    let mut words = note.words.to_vec();
    words.extend([("field", column), ("letter", letter), ("max", &max)]);
    words.extend(of_column.iter().map(|(name, word)| (*name, word.as_str())));
    let enter = field.map(|field| field.enter.as_str()).filter(|enter| !enter.is_empty());
    let message = match enter {
        Some(enter) if note.rule == Builtin::MandatoryBlank.index() => enter.to_owned(),
        _ => fill(rule.message, &words),
    };
    let message = match plan.doubt_at(note.rule, note.column) {
        Some(doubt) => format!("{message} ({doubt})"),
        None => message,
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
