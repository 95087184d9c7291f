//! From what `derived.yaml` says to columns that can be made.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fairway_domain::{PrivacyClass, Subject};

use super::bands::BandsFile;
use super::file::{CaseFile, DerivedColumnFile, DerivedFile, PartFile, Several};
use super::{Ages, Bands, Case, DatePart, Derivation, DerivedColumn, Fact, Input, KeyOf, KeyPart, Whose};
use crate::condition::Named;
use crate::error::{SpecError, SpecProblem};
use crate::folder::Folder;
use crate::load::{MOST_RELEASES, extended};
use crate::model::{Field, FieldKind, Role};
use crate::{Condition, Spec, Term};

const FILE: &str = "derived.yaml";
/// The word for the person of a combined identifier, as a part of a key.
const PERSON: &str = "combined_person";

/// The derived columns of a specification whose fields are there already.
pub(crate) fn derived(
    folder: &Folder,
    spec: &Spec,
    named: &Named,
    problems: &mut Vec<SpecProblem>,
) -> Result<Vec<DerivedColumn>, SpecError> {
    let written = written(folder, 0, problems)?;
    let mut bands = BTreeMap::new();
    for (name, file) in &written.bands {
        match Bands::build(name, file) {
            Ok(built) => drop(bands.insert(name.as_str(), Arc::new(built))),
            Err(text) => problems.push(SpecProblem::new(folder.label(FILE), format!("bands {name}"), text)),
        }
    }
    let mut columns = Vec::new();
    for (label, file) in &written.columns {
        let place = || format!("column {}", file.column);
        let mut problem = |place: String, text: String| problems.push(SpecProblem::new(label, place, text));
        let Some(class) = file.class else {
            problem(place(), "the column has no privacy class".into());
            continue;
        };
        let builder = Builder { spec, before: &columns, named, bands: &bands, file };
        match builder.derivation().and_then(|derivation| builder.guarded(derivation, class)) {
            Ok(derivation) => columns.push(DerivedColumn {
                column: file.column.clone(),
                derivation,
                class,
                source: file.source.clone(),
                confidence: file.confidence,
                notes: file.notes.clone(),
            }),
            Err(text) => problem(place(), text),
        }
    }
    Ok(columns)
}

#[derive(Default)]
struct Written {
    bands: BTreeMap<String, BandsFile>,
    /// Each with the file it stands in.
    columns: Vec<(String, DerivedColumnFile)>,
}

/// What the files say, those of the releases extended first.
fn written(folder: &Folder, depth: usize, problems: &mut Vec<SpecProblem>) -> Result<Written, SpecError> {
    let file: DerivedFile = folder.read_yaml(FILE)?.unwrap_or_default();
    let mut all = match &file.extends {
        Some(_) if depth >= MOST_RELEASES => return Err(circle(folder).into()),
        Some(release) => written(&extended(folder, release, FILE, depth)?, depth + 1, problems)?,
        None => Written::default(),
    };
    let mut problem = |place: String, text: String| problems.push(SpecProblem::new(folder.label(FILE), place, text));
    for name in &file.without {
        let before = all.columns.len();
        all.columns.retain(|(_, column)| column.column != *name);
        if all.columns.len() == before {
            problem("without".into(), format!("there is no column `{name}` to leave out"));
        }
    }
    all.bands.extend(file.bands);
    let mut own = BTreeSet::new();
    for column in file.columns {
        if !own.insert(column.column.clone()) {
            problem(format!("column {}", column.column), "the column is there twice".into());
        }
        let written = (folder.label(FILE), column);
        match all.columns.iter_mut().find(|(_, known)| known.column == written.1.column) {
            Some(known) => *known = written,
            None => all.columns.push(written),
        }
    }
    Ok(all)
}

fn circle(folder: &Folder) -> SpecProblem {
    SpecProblem::new(folder.label(FILE), "extends", "the releases extend one another in a circle")
}

type Built<T> = Result<T, String>;

/// Builds one column.
struct Builder<'a> {
    spec: &'a Spec,
    before: &'a [DerivedColumn],
    named: &'a Named,
    bands: &'a BTreeMap<&'a str, Arc<Bands>>,
    file: &'a DerivedColumnFile,
}

impl Builder<'_> {
    fn derivation(&self) -> Built<Derivation> {
        let word = self.file.derivation.as_str();
        self.only(arguments(word)?)?;
        if let Ok(fact) = word.parse::<Fact>() {
            return Ok(Derivation::Fact(fact));
        }
        if let Ok(part) = word.parse::<DatePart>() {
            return Ok(Derivation::DatePart(part, self.day(&self.one()?)?));
        }
        Ok(match word {
            "undefined" => Derivation::Undefined,
            "combined_person_id" => Derivation::CombinedPersonId,
            "pseudonym" => Derivation::Pseudonym(self.whose(&self.one()?)?),
            "key" => Derivation::Key(self.subject()?, self.parts()?),
            "full_years" => Derivation::FullYears(self.ages()?),
            "department_years" => Derivation::DepartmentYears(self.ages()?),
            "band" => Derivation::Band(self.number(&self.one()?)?, self.named_bands()?),
            "postcode_sector" => Derivation::PostcodeSector(self.text()?),
            "postcode_status" => Derivation::PostcodeStatus(self.text()?),
            "area" => Derivation::Area(self.text()?, self.area()?.to_ascii_lowercase()),
            "practice" => Derivation::Practice(self.text()?, self.area()?.parse().map_err(|error| format!("{error}"))?),
            "mentions" => Derivation::Mentions(self.text()?, self.words()?),
            _ => Derivation::Calculated(self.kind()?, self.cases()?),
        })
    }

    /// What no column may do whatever it is made of.
    fn guarded(&self, derivation: Derivation, class: PrivacyClass) -> Built<Derivation> {
        let direct = derivation.inputs().into_iter().filter_map(|input| self.field(input)).any(is_direct);
        let is_key = matches!(derivation, Derivation::Key(..));
        if direct && is_key {
            return Err("a key is made of no direct identifier but `combined_person`".into());
        }
        if direct && class == PrivacyClass::Plain {
            return Err("a column made of a direct identifier is never plain".into());
        }
        for condition in derivation.conditions() {
            self.open(condition.headers())?;
            self.without_today_or_search(condition)?;
        }
        if let Derivation::Calculated(_, cases) = &derivation {
            for term in cases.iter().flat_map(Case::terms) {
                let mut headers = BTreeSet::new();
                term.collect(&mut headers);
                self.open(headers)?;
                if term.asks_today() {
                    return Err(NO_TODAY.into());
                }
            }
        }
        Ok(derivation)
    }

    /// Conditions and calculations see open fields alone.
    fn open(&self, headers: BTreeSet<&str>) -> Built<()> {
        for header in headers {
            let field = self.spec.fields.iter().find(|field| field.header == header);
            let field = field.ok_or_else(|| format!("there is no field `{header}`"))?;
            if is_direct(field) {
                return Err(format!("`{header}` is a direct identifier and cannot be asked for or reckoned with"));
            }
        }
        Ok(())
    }

    fn without_today_or_search(&self, condition: &Condition) -> Built<()> {
        let mut wrong = None;
        condition.each(&mut |part| match part {
            Condition::Holds(..) | Condition::HoldsValueOf(..) => {
                wrong = Some("holds_… is for rules: a derived column does not search texts");
            }
            Condition::Compare(one, _, other) if one.asks_today() || other.asks_today() => wrong = Some(NO_TODAY),
            Condition::Between(one, low, high) if [one, low, high].into_iter().any(Term::asks_today) => {
                wrong = Some(NO_TODAY);
            }
            _ => {}
        });
        wrong.map_or(Ok(()), |text| Err(text.into()))
    }

    /// Nothing is given that the derivation does not take.
    fn only(&self, takes: &[&str]) -> Built<()> {
        let file = self.file;
        let given = [
            ("of", !file.of.as_slice().is_empty()),
            ("at", !file.at.as_slice().is_empty()),
            ("area", file.area.is_some()),
            ("bands", file.bands.is_some()),
            ("words", !file.words.is_empty()),
            ("subject", file.subject.is_some()),
            ("kind", file.kind.is_some()),
            ("cases", !file.cases.is_empty()),
        ];
        match given.iter().find(|(name, is_there)| *is_there && !takes.contains(name)) {
            Some((name, _)) => Err(format!("`{}` does not take `{name}`", file.derivation)),
            None => Ok(()),
        }
    }

    fn needs(&self, what: &str) -> String {
        format!("`{}` needs `{what}`", self.file.derivation)
    }

    fn one(&self) -> Built<String> {
        match self.file.of.as_slice() {
            [PartFile::Plain(name)] => Ok(name.clone()),
            [] => Err(self.needs("of")),
            _ => Err(format!("`{}` is made `of` one column", self.file.derivation)),
        }
    }

    /// A column or role by its name: a field, else a column derived before, else a role.
    fn input(&self, name: &str) -> Built<Input> {
        let fields = &self.spec.fields;
        let field = || fields.iter().position(|field| field.column == name).map(Input::Field);
        let derived = || self.before.iter().position(|column| column.column == name).map(Input::Derived);
        let role = || name.parse::<Role>().ok().and_then(|role| self.spec.index_of_role(role)).map(Input::Field);
        field().or_else(derived).or_else(role).ok_or_else(|| {
            format!("there is no field's column `{name}`, no column derived before it, and no field of such a role")
        })
    }

    fn field(&self, input: Input) -> Option<&Field> {
        match input {
            Input::Field(at) => self.spec.field(at),
            Input::Derived(_) => None,
        }
    }

    fn kind_of(&self, input: Input) -> Option<FieldKind> {
        match input {
            Input::Field(at) => self.spec.field(at).map(|field| field.kind),
            Input::Derived(at) => self.before.get(at).map(|column| column.derivation.kind()),
        }
    }

    fn of_kind(&self, name: &str, kinds: &[FieldKind], what: &str) -> Built<Input> {
        let input = self.input(name)?;
        match self.kind_of(input) {
            Some(kind) if kinds.contains(&kind) => Ok(input),
            _ => Err(format!("`{name}` is not {what}")),
        }
    }

    fn day(&self, name: &str) -> Built<Input> {
        self.of_kind(name, &[FieldKind::Date], "a date")
    }

    fn number(&self, name: &str) -> Built<Input> {
        self.of_kind(name, &[FieldKind::Integer], "a whole number")
    }

    fn text(&self) -> Built<Input> {
        self.of_kind(&self.one()?, &[FieldKind::Text, FieldKind::Code], "a text")
    }

    fn ages(&self) -> Built<Ages> {
        let at: Vec<Input> = self.file.at.as_slice().iter().map(|name| self.day(name)).collect::<Built<_>>()?;
        if at.is_empty() {
            return Err(self.needs("at"));
        }
        Ok(Ages { from: self.day(&self.one()?)?, at })
    }

    fn whose(&self, name: &str) -> Built<Whose> {
        match name {
            "record" => return Ok(Whose::Record),
            "traced_nhs_number" => return Ok(Whose::Traced),
            _ => {}
        }
        let Input::Field(at) = self.input(name)? else {
            return Err("a pseudonym is made of a field".into());
        };
        match self.spec.field(at).and_then(|field| field.role) {
            Some(Role::NhsNumber) => Ok(Whose::Number),
            Some(Role::LocalPerson) => Ok(Whose::Local),
            Some(Role::LinkedPerson) => {
                let place = self.spec.indices_of_role(Role::LinkedPerson).position(|index| index == at);
                Ok(Whose::Linked(place.unwrap_or_default()))
            }
            _ => Err(format!("`{name}` is no person: use `key` for a column that is no identifier of one")),
        }
    }

    fn subject(&self) -> Built<Subject> {
        match self.file.subject.as_deref() {
            Some("provider") => Ok(Subject::Provider),
            Some("record") => Ok(Subject::Record),
            Some(word) => Err(format!("`{word}` is not a subject; known are provider, record")),
            None => Err(self.needs("subject")),
        }
    }

    fn parts(&self) -> Built<Vec<KeyPart>> {
        let part = |(name, when): (&str, Condition)| {
            let of = if name == PERSON { KeyOf::Person } else { KeyOf::Input(self.input(name)?) };
            Ok(KeyPart { of, when })
        };
        let parts: Vec<KeyPart> = self
            .file
            .of
            .as_slice()
            .iter()
            .map(|written| match written {
                PartFile::Plain(name) => part((name, Condition::Always)),
                PartFile::Where { column, when } => part((column, self.condition(when)?)),
            })
            .collect::<Built<_>>()?;
        if parts.is_empty() { Err(self.needs("of")) } else { Ok(parts) }
    }

    fn named_bands(&self) -> Built<Arc<Bands>> {
        let name = self.file.bands.as_deref().ok_or_else(|| self.needs("bands"))?;
        self.bands.get(name).cloned().ok_or_else(|| format!("`bands` has no `{name}`"))
    }

    fn area(&self) -> Built<&str> {
        self.file.area.as_deref().ok_or_else(|| self.needs("area"))
    }

    fn words(&self) -> Built<Vec<String>> {
        match self.file.words.as_slice() {
            [] => Err(self.needs("words")),
            words => Ok(words.iter().map(|word| word.to_ascii_lowercase()).collect()),
        }
    }

    fn kind(&self) -> Built<FieldKind> {
        let kind = self.file.kind.as_deref().unwrap_or("decimal").parse().map_err(|error| format!("{error}"))?;
        match kind {
            FieldKind::Decimal | FieldKind::Integer | FieldKind::Date => Ok(kind),
            _ => Err("what is calculated is `decimal`, `integer` or `date`".into()),
        }
    }

    fn condition(&self, written: &str) -> Built<Condition> {
        Condition::parse_with(written, self.named).map_err(|error| format!("`when`, {error}"))
    }

    fn cases(&self) -> Built<Vec<Case>> {
        let cases: Vec<Case> = self.file.cases.iter().map(|case| self.case(case)).collect::<Built<_>>()?;
        if cases.is_empty() { Err(self.needs("cases")) } else { Ok(cases) }
    }

    fn case(&self, case: &CaseFile) -> Built<Case> {
        let rate = match &case.rate {
            Some(rate) => Some((self.rated(&rate.of, &rate.attribute)?, rate.attribute.clone())),
            None => None,
        };
        Ok(Case {
            when: case.when.as_deref().map_or(Ok(Condition::Always), |when| self.condition(when))?,
            value: case.value.as_deref().map(|value| term("value", value)).transpose()?,
            plus: terms("plus", &case.plus)?,
            times: terms("times", &case.times)?,
            rate,
            over: terms("over", &case.over)?,
        })
    }

    /// A coded field some of whose codes have the attribute, a number or a fraction wherever it is there.
    fn rated(&self, name: &str, attribute: &str) -> Built<usize> {
        let Input::Field(at) = self.input(name)? else {
            return Err(format!("`{name}` has no code list"));
        };
        let list = self.spec.field(at).and_then(|field| field.codes.as_ref());
        let list = list.ok_or_else(|| format!("`{name}` has no code list"))?;
        let rates: Vec<&str> =
            list.codes.iter().filter_map(|code| code.attributes.get(attribute)).map(String::as_str).collect();
        if rates.is_empty() {
            return Err(format!("no code of `{}` has the attribute `{attribute}`", list.name));
        }
        match rates.iter().find(|rate| fraction(rate).is_none()) {
            Some(rate) => Err(format!("`{rate}` in the code list `{}` is neither a number nor a fraction", list.name)),
            None => Ok(at),
        }
    }
}

const NO_TODAY: &str = "a derived column does not change with the day: `today()` is for rules";

fn is_direct(field: &Field) -> bool {
    field.class == PrivacyClass::Direct
}

fn terms(key: &str, written: &Several<String>) -> Built<Vec<Term>> {
    written.as_slice().iter().map(|one| term(key, one)).collect()
}

fn term(key: &str, written: &str) -> Built<Term> {
    Term::parse(written).map_err(|error| format!("`{key}`, {error}"))
}

/// `12/52` as 12 and 52, `2` as 2 and 1.
pub fn fraction(text: &str) -> Option<(i64, i64)> {
    let (above, below) = text.split_once('/').unwrap_or((text, "1"));
    let parts = (above.trim().parse().ok()?, below.trim().parse().ok()?);
    (parts.1 > 0).then_some(parts)
}

/// What each derivation takes.
fn arguments(word: &str) -> Built<&'static [&'static str]> {
    Ok(match word {
        "undefined" | "combined_person_id" | "record_number" | "submission_id" | "import_date"
        | "organisation_name" | "trace_code" | "link_class" | "postcode_directory" => &[],
        "pseudonym" | "year" | "month" | "year_month" | "postcode_sector" | "postcode_status" => &["of"],
        "full_years" | "department_years" => &["of", "at"],
        "key" => &["of", "subject"],
        "band" => &["of", "bands"],
        "area" | "practice" => &["of", "area"],
        "mentions" => &["of", "words"],
        "calculated" => &["kind", "cases"],
        _ => return Err(format!("`{word}` is not a derivation; known are {}", super::describe::WORDS.join(", "))),
    })
}
