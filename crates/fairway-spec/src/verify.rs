//! What must hold between the parts of a specification before anything uses it.

use std::collections::BTreeSet;

use fairway_domain::PrivacyClass;

use crate::derived::{Case, Derivation};
use crate::error::SpecProblem;
use crate::folder::Folder;
use crate::load::Maps;
use crate::model::{Field, FieldKind, Role, Rule, Severity, Stage};
use crate::{Comparison, Condition, Spec, Term};

/// What is said of a value that a condition names and its field's list has not.
pub(crate) const NOT_IN_LIST: &str = "does not occur in the code list";

/// Adds every problem found.
pub(crate) fn verify(spec: &Spec, maps: &Maps, folder: &Folder, problems: &mut Vec<SpecProblem>) {
    let mut verifier = Verifier { spec, folder, problems };
    verifier.fields();
    verifier.lists(maps);
    verifier.rules();
    verifier.derived();
}

struct Verifier<'a> {
    spec: &'a Spec,
    folder: &'a Folder,
    problems: &'a mut Vec<SpecProblem>,
}

impl Verifier<'_> {
    fn problem(&mut self, file: &str, place: String, text: impl Into<String>) {
        self.problems.push(SpecProblem::new(self.folder.label(file), place, text));
    }

    fn fields(&mut self) {
        const FILE: &str = "spec.yaml";
        let spec = self.spec;
        if spec.fields.is_empty() {
            self.problem(FILE, "fields".into(), "there are no fields");
        }
        let (mut headers, mut columns, mut roles) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for field in &spec.fields {
            let place = || format!("field {}", field.header);
            if field.header.trim() != field.header || field.header.is_empty() {
                self.problem(FILE, place(), "a header is not blank and has no spaces around it");
            }
            if !headers.insert(&field.header) {
                self.problem(FILE, place(), "the header is there twice");
            }
            if !columns.insert(&field.column) {
                self.problem(FILE, place(), format!("the column `{}` is there twice", field.column));
            }
            if field.role.is_some_and(|role| role != Role::LinkedPerson && !roles.insert(role)) {
                self.problem(FILE, place(), "another field has the same role");
            }
            if field.mandatory != Condition::Never && field.enter.is_empty() {
                self.problem(FILE, place(), "`enter` is missing: what the field asks for where it is blank");
            }
            self.sources(FILE, &place(), &field.source);
            self.condition(FILE, &place(), &field.applicable);
            self.condition(FILE, &place(), &field.mandatory);
        }
    }

    fn lists(&mut self, maps: &Maps) {
        let spec = self.spec;
        for list in spec.code_lists.values() {
            let file = format!("codelists/{}.csv", list.name);
            if list.codes.is_empty() {
                self.problem(&file, String::new(), "the list has no values");
            }
            for code in &list.codes {
                self.sources(&file, &format!("value {}", code.value), &code.source);
            }
        }
        for (name, map) in maps {
            let file = format!("maps/{name}.csv");
            let Some(list) = spec.code_lists.get(name) else {
                self.problem(&file, String::new(), "there is no code list of this name");
                continue;
            };
            for row in map {
                let place = format!("value {}", row.earlier);
                self.sources(&file, &place, &row.source);
                if let Some(now) = row.now.as_ref().filter(|now| !list.contains(now)) {
                    self.problem(&file, place, format!("`{now}` is not in the list"));
                }
            }
        }
    }

    fn rules(&mut self) {
        const FILE: &str = "rules.yaml";
        let spec = self.spec;
        let mut ids = BTreeSet::new();
        for rule in &spec.rules {
            if !ids.insert(&rule.id) {
                self.problem(FILE, format!("rule {}", rule.id), "the id is there twice");
            }
            let place = format!("rule {}", rule.id);
            let is_word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            if rule.id.is_empty() || !rule.id.bytes().all(is_word) {
                self.problem(FILE, place.clone(), "an id has lower-case letters, digits and hyphens");
            }
            if !rule.field.is_empty() {
                self.header(FILE, &place, &rule.field);
            }
            if rule.message.is_empty() || rule.hint.is_empty() {
                self.problem(FILE, place.clone(), "a rule has a message and a hint");
            }
            if rule.holds != Condition::Always && rule.example.is_empty() {
                self.problem(FILE, place.clone(), "a condition has an example that breaks it");
            }
            self.across(rule, &place);
            for header in rule.example.keys().chain(rule.example_records.iter().flat_map(|record| record.keys())) {
                self.header(FILE, &place, header);
            }
            self.sources(FILE, &place, &rule.source);
            self.condition(FILE, &place, &rule.when);
            self.condition(FILE, &place, &rule.holds);
        }
    }

    /// A rule about several records: its fields exist, an example breaks it, and it does not leave single records out, which
    /// would make what is loaded depend on their order.
    fn across(&mut self, rule: &Rule, place: &str) {
        const FILE: &str = "rules-across.yaml";
        let Some(across) = &rule.across else {
            if !rule.example_records.is_empty() {
                self.problem(FILE, place.into(), "an example of several records belongs to a rule with `across`");
            }
            return;
        };
        for header in across.headers() {
            self.header(FILE, place, header);
        }
        for role in across.roles().iter().filter(|role| self.spec.index_of_role(**role).is_none()) {
            self.problem(FILE, place.into(), format!("no field has the role `{role}`, which the rule asks about"));
        }
        let followed = self.spec.rules.iter().filter_map(|rule| rule.across.as_ref()?.event()).next();
        if across.event().is_some() && across.event() != followed {
            self.problem(FILE, place.into(), "rules that follow events name them by the same columns");
        }
        if let Some(text) = across.problem() {
            self.problem(FILE, place.into(), text);
        }
        if rule.holds != Condition::Always {
            self.problem(FILE, place.into(), "a rule has `holds` or `across`, not both");
        }
        if rule.severity == Severity::Reject && rule.stage != Stage::File {
            self.problem(FILE, place.into(), "a rule across records refuses the file (stage file) or no record");
        }
        if rule.example_records.is_empty() {
            self.problem(FILE, place.into(), "a rule across records has an example: a list of records that break it");
        }
    }

    fn derived(&mut self) {
        const FILE: &str = "derived.yaml";
        let spec = self.spec;
        let mut columns: BTreeSet<&str> = spec.fields.iter().map(|field| field.column.as_str()).collect();
        for column in &spec.derived {
            let place = format!("column {}", column.column);
            if column.class == PrivacyClass::Direct {
                self.problem(FILE, place.clone(), "a derived column is never direct");
            }
            if !columns.insert(&column.column) {
                self.problem(FILE, place.clone(), "the column is there twice");
            }
            for condition in column.derivation.conditions() {
                self.condition(FILE, &place, condition);
            }
            if let Derivation::Calculated(kind, cases) = &column.derivation {
                cases.iter().for_each(|case| self.case(&place, *kind, case));
            }
            if let Derivation::Band(_, bands) = &column.derivation {
                self.sources(FILE, &format!("bands {}", bands.name), &bands.source);
            }
            self.sources(FILE, &place, &column.source);
        }
    }

    /// A calculated day is a day alone; all else reckons with numbers.
    fn case(&mut self, place: &str, kind: FieldKind, case: &Case) {
        const FILE: &str = "derived.yaml";
        let day = kind == FieldKind::Date;
        let wanted = if day { Sort::Day } else { Sort::Number };
        if day && (case.terms().count() > 1 || case.rate.is_some()) {
            self.problem(FILE, place.into(), "a day cannot be reckoned with: give `value` alone");
        }
        for term in case.terms() {
            match self.sort(term) {
                Some(Ok(sort)) if sort == wanted => {}
                Some(Ok(_)) => self.problem(FILE, place.into(), format!("`{term}` is not {wanted}")),
                Some(Err(text)) => self.problem(FILE, place.into(), text),
                None => {}
            }
        }
    }

    /// Every tag of a source is explained, where the specification explains its sources.
    fn sources(&mut self, file: &str, place: &str, source: &str) {
        if self.spec.sources.is_empty() {
            return;
        }
        let unknown: Vec<&str> = source_tags(source).filter(|tag| !self.spec.sources.contains_key(*tag)).collect();
        for tag in unknown {
            self.problem(file, place.into(), format!("`sources` of spec.yaml does not explain the source `{tag}`"));
        }
    }

    fn header(&mut self, file: &str, place: &str, header: &str) -> Option<usize> {
        let index = self.spec.index_of_header(header);
        if index.is_none() {
            self.problem(file, place.into(), format!("there is no field `{header}`"));
        }
        index
    }

    fn condition(&mut self, file: &str, place: &str, condition: &Condition) {
        for header in condition.headers() {
            self.header(file, place, header);
        }
        condition.each(&mut |part| {
            if let Some(text) = self.comparison(part) {
                self.problem(file, place.into(), text);
            }
        });
    }

    /// What is wrong with a single comparison.
    fn comparison(&self, part: &Condition) -> Option<String> {
        let field = |header: &str| self.spec.index_of_header(header).and_then(|at| self.spec.field(at));
        let not_in_list = |header: &str, text: &str, fits: &dyn Fn(&str) -> bool| {
            let field = field(header)?;
            if let Some(sort) = Sort::of(field) {
                return Some(format!("`{header}` is {sort}: compare it with {}, not with a text", sort.example()));
            }
            let codes = field.codes.as_ref()?;
            let known = codes.codes.iter().any(|code| fits(&code.value));
            (!known).then(|| format!("`{text}` {NOT_IN_LIST} `{}`", codes.name))
        };
        match part {
            Condition::In(header, values) => values.iter().find_map(|v| not_in_list(header, v, &|code| code == v)),
            Condition::Starts(header, text) => not_in_list(header, text, &|code| code.starts_with(text.as_str())),
            Condition::Ends(header, text) => not_in_list(header, text, &|code| code.ends_with(text.as_str())),
            Condition::Contains(header, text) => not_in_list(header, text, &|code| code.contains(text.as_str())),
            Condition::Compare(one, comparison, other) => {
                let texts = |term: &Term| matches!(term, Term::Field(h) if field(h).is_some_and(is_text));
                if *comparison == Comparison::Equal && texts(one) && texts(other) {
                    return None;
                }
                self.sorts(&[one, other])
            }
            Condition::Between(one, low, high) => self.sorts(&[one, low, high]),
            _ => None,
        }
    }

    /// What is wrong with terms that are compared: all are days, or all numbers.
    fn sorts(&self, terms: &[&Term]) -> Option<String> {
        let mut first: Option<(&Term, Sort)> = None;
        for term in terms {
            let sort = match self.sort(term)? {
                Ok(sort) => sort,
                Err(text) => return Some(text),
            };
            match first {
                None => first = Some((term, sort)),
                Some((_, known)) if known == sort => {}
                Some((one, known)) => {
                    return Some(format!("`{one}` is {known} and `{term}` is {sort}: they cannot be compared"));
                }
            }
        }
        None
    }

    /// Whether a term is a day or a number; nothing where it names an unknown field, which is said elsewhere.
    fn sort(&self, term: &Term) -> Option<Result<Sort, String>> {
        Some(match term {
            Term::Field(header) => {
                let field = self.spec.index_of_header(header).and_then(|at| self.spec.field(at))?;
                Sort::of(field).ok_or_else(|| format!("`{header}` is neither a date nor a number"))
            }
            Term::Day(_) | Term::Today => Ok(Sort::Day),
            Term::Number(_) | Term::Length(_) | Term::Filled(_) => Ok(Sort::Number),
            Term::FirstOfMonth(day) => self.day(day)?.map(|()| Sort::Day),
            Term::Years(from, to) | Term::Days(from, to) => {
                self.day(from)?.and_then(|()| self.day(to).unwrap_or(Ok(()))).map(|()| Sort::Number)
            }
        })
    }

    fn day(&self, term: &Term) -> Option<Result<(), String>> {
        Some(match self.sort(term)? {
            Ok(Sort::Day) => Ok(()),
            Ok(Sort::Number) | Err(_) => Err(format!("`{term}` is not a date")),
        })
    }
}

/// What two sides of a comparison have to have in common.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Day,
    Number,
}

impl Sort {
    fn of(field: &Field) -> Option<Self> {
        match field.kind {
            _ if field.codes.is_some() => None,
            FieldKind::Date => Some(Self::Day),
            _ => field.is_number().then_some(Self::Number),
        }
    }

    fn example(self) -> &'static str {
        match self {
            Self::Day => "DATE '2020-01-31'",
            Self::Number => "a number",
        }
    }
}

impl std::fmt::Display for Sort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Day => "a date",
            Self::Number => "a number",
        })
    }
}

fn is_text(field: &Field) -> bool {
    Sort::of(field).is_none()
}

/// The tags of a source such as `S4 (LTS001a, LTS001b), S5`: S4 and S5.
pub(crate) fn source_tags(source: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    let parts = source.split(move |c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    });
    parts.filter_map(|part| part.split_whitespace().next())
}
