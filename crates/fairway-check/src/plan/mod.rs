//! A specification made ready for judging records: columns with their checks, rules with their conditions, all by number.

mod builtin;
mod code_table;
mod condition;
mod glance;
mod term;
mod word_table;
mod words;

use fairway_domain::Fault;
use fairway_spec::{
    Across, Condition, Customs, Field, FieldKind, Form, Format, Limits, Overrides, Role, Severity, Spec, SpecError,
    Stage,
};

pub(crate) use builtin::Builtin;
pub(crate) use code_table::{CodeId, CodeTable, Lookup};
pub(crate) use condition::{Node, Truth};
pub(crate) use glance::{Blanks, Glance};
pub(crate) use words::{Words, fill, letter};

use crate::quality::Grid;

/// Number of a condition in a plan.
pub(crate) type ConditionId = usize;

/// A specification made ready.
#[derive(Debug)]
pub(crate) struct Plan<'s> {
    pub spec: &'s Spec,
    pub columns: Vec<Column<'s>>,
    /// First the built-in rules in the order of [`Builtin::ALL`], then those with conditions.
    pub rules: Vec<RuleWords<'s>>,
    /// Rules with conditions.
    pub checks: Vec<RuleCheck>,
    /// Rules about several records.
    pub across: Vec<AcrossCheck<'s>>,
    /// Every different condition, once. The first is `Always`.
    pub conditions: Vec<Node>,
    /// Every different pair of conditions that make a field mandatory and applicable, once.
    pub requirements: Vec<(ConditionId, ConditionId)>,
    pub roles: Roles,
    pub blanks: Blanks<'s>,
    /// Where a record's fields are counted.
    pub grid: Grid,
}

/// One column's checks.
#[derive(Debug)]
pub(crate) struct Column<'s> {
    pub field: &'s Field,
    pub kind: Kind<'s>,
    pub glance: Glance,
    pub max_length: usize,
    /// What a value keeps to beyond its kind, where there is anything.
    pub limits: Option<&'s Limits>,
    pub not_in_future: bool,
    /// What stands in the cell is the value, blanks and all.
    pub exact: bool,
    /// Number of what makes it mandatory and applicable, in [`Plan::requirements`].
    pub requirement: usize,
}

/// How a cell is read.
#[derive(Debug)]
pub(crate) enum Kind<'s> {
    Text(Option<Format>),
    Code(CodeTable<'s>),
    Date,
    Integer,
    Decimal,
    /// As a form of the Table Schema says.
    Formed(&'s Form),
}

/// What a rule is called, what it does and what it says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RuleWords<'s> {
    pub id: &'s str,
    pub stage: Stage,
    pub severity: Severity,
    pub message: &'s str,
    pub hint: &'s str,
    /// Why it matters; empty where the specification does not say.
    pub why: &'s str,
    /// The column that the specification places it at.
    pub column: Option<usize>,
}

impl RuleWords<'_> {
    /// Whether breaking it refuses the file.
    pub fn rejects_file(&self) -> bool {
        self.severity == Severity::Reject && self.stage == Stage::File
    }
}

/// When and whether a rule with conditions holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RuleCheck {
    pub rule: usize,
    pub column: Option<usize>,
    pub when: ConditionId,
    pub holds: ConditionId,
}

/// What a rule about several records asks, and of which.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AcrossCheck<'s> {
    pub rule: usize,
    pub when: ConditionId,
    pub asked: &'s Across,
}

/// The columns that the check knows by role.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Roles {
    pub organisation: Option<usize>,
    pub period_start: Option<usize>,
    pub period_end: Option<usize>,
    pub nhs_number: Option<usize>,
    pub local_person: Option<usize>,
}

impl<'s> Plan<'s> {
    /// Makes a specification ready.
    ///
    /// # Errors
    /// When a condition or a rule names a field that is not there, or a rule has neither a condition nor an id known here.
    pub fn new(spec: &'s Spec) -> Result<Self, Fault> {
        if let Some(rule) = spec.rules.iter().find(|rule| rule.is_built_in() && !Builtin::knows(&rule.id)) {
            return Err(Fault::new(format!(
                "rule has no condition and is none that the check knows by id: {}",
                rule.id
            )));
        }
        let mut columns: Vec<Column<'s>> = spec.fields.iter().map(Column::new).collect();
        let blanks = Blanks::of(spec);
        let mut sources = vec![&Condition::Always];
        let mut requirements = Vec::new();
        for (column, field) in columns.iter_mut().zip(&spec.fields) {
            let pair = (number(&mut sources, &field.mandatory), number(&mut sources, &field.applicable));
            column.requirement = requirements.iter().position(|known| *known == pair).unwrap_or(requirements.len());
            if column.requirement == requirements.len() {
                requirements.push(pair);
            }
            column.exact = spec.customs == Customs::Table;
            column.glance = Glance::of(column, &blanks);
        }
        let mut rules = builtin_rules(spec);
        let (mut checks, mut across) = (Vec::new(), Vec::new());
        for rule in spec.rules.iter().filter(|rule| !rule.is_built_in()) {
            let column = match rule.field.as_str() {
                "" => None,
                header => Some(position(spec, header)?),
            };
            let (when, holds) = (number(&mut sources, &rule.when), number(&mut sources, &rule.holds));
            match &rule.across {
                Some(asked) => across.push(AcrossCheck { rule: rules.len(), when, asked }),
                None => checks.push(RuleCheck { rule: rules.len(), column, when, holds }),
            }
            rules.push(RuleWords {
                id: &rule.id,
                stage: rule.stage,
                severity: rule.severity,
                message: &rule.message,
                hint: &rule.hint,
                why: &rule.why,
                column,
            });
        }
        let conditions = sources.iter().map(|source| Node::compile(source, &columns)).collect::<Result<_, _>>()?;
        let roles = Roles::of(spec);
        let grid = Grid::new(&columns, roles.organisation);
        Ok(Self { roles, blanks, spec, columns, rules, checks, across, conditions, requirements, grid })
    }
}

impl Plan<'_> {
    /// A column's header as the specification spells it; empty for none.
    pub fn header_of(&self, column: Option<usize>) -> &str {
        column.and_then(|column| self.columns.get(column)).map_or("", |column| column.field.header.as_str())
    }

    /// What a rule does at a column: one that goes by a list which was not seen warns at most.
    pub fn severity_at(&self, rule: usize, column: Option<usize>) -> Severity {
        let severity = self.rules[rule].severity;
        if self.doubt_at(rule, column).is_some() { severity.min(Severity::Warning) } else { severity }
    }

    /// Whether breaking a rule at a column leaves the record out.
    pub fn rejects_record(&self, rule: usize, column: Option<usize>) -> bool {
        let RuleWords { stage, severity, .. } = self.rules[rule];
        severity == Severity::Reject && stage != Stage::File && self.doubt_at(rule, column).is_none()
    }

    /// What a rule's message adds at a column whose list was not seen.
    pub fn doubt_at(&self, rule: usize, column: Option<usize>) -> Option<&'static str> {
        let by_list = [Builtin::NotInList, Builtin::Capitals, Builtin::EarlierRelease];
        let column = column.filter(|_| by_list.iter().any(|known| known.index() == rule))?;
        self.columns.get(column)?.field.codes.as_ref()?.confidence().doubt()
    }
}

/// The condition's number, given anew if none like it has one.
fn number<'s>(sources: &mut Vec<&'s Condition>, condition: &'s Condition) -> ConditionId {
    sources.iter().position(|known| *known == condition).unwrap_or_else(|| {
        sources.push(condition);
        sources.len() - 1
    })
}

fn position(spec: &Spec, header: &str) -> Result<usize, Fault> {
    spec.fields
        .iter()
        .position(|field| field.header == header)
        .ok_or_else(|| Fault::new(format!("rule is placed at a field that the specification has not: {header}")))
}

fn builtin_rules(spec: &Spec) -> Vec<RuleWords<'_>> {
    let own = |id: &str| spec.rules.iter().find(|rule| rule.id == id);
    Builtin::ALL
        .iter()
        .enumerate()
        .map(|(index, fallback)| match own(fallback.id) {
            Some(rule) => RuleWords {
                id: fallback.id,
                stage: rule.stage,
                severity: rule.severity,
                message: &rule.message,
                hint: &rule.hint,
                why: &rule.why,
                column: spec.fields.iter().position(|field| field.header == rule.field),
            },
            None => RuleWords {
                id: fallback.id,
                stage: fallback.stage,
                severity: unlisted_severity(spec, index),
                message: fallback.message,
                hint: fallback.hint,
                why: "",
                column: None,
            },
        })
        .collect()
}

/// A specification with a processing centre's severities, which may be set for the check's own rules as well.
///
/// # Errors
/// Those of [`Spec::with_severities`].
pub fn with_severities(spec: &Spec, overrides: &Overrides) -> Result<Spec, SpecError> {
    let built_in: Vec<&str> = Builtin::ALL.iter().map(|rule| rule.id).collect();
    spec.with_severities(overrides, &built_in)
}

/// The severity of a built-in rule without a row in the specification: the processing centre's, if it set one. What refuses
/// a file does so always, for the check cannot go on.
fn unlisted_severity(spec: &Spec, index: usize) -> Severity {
    let known = &Builtin::ALL[index];
    let usual = Builtin::severity(index, spec.customs).unwrap_or(known.severity);
    let refuses = known.stage == Stage::File && usual == Severity::Reject;
    spec.severities.get(known.id).copied().filter(|_| !refuses).unwrap_or(usual)
}

impl<'s> Column<'s> {
    fn new(field: &'s Field) -> Self {
        let kind = match (field.kind, &field.codes, &field.form) {
            (_, Some(list), _) => Kind::Code(CodeTable::new(list)),
            (_, _, Some(form)) => Kind::Formed(form),
            (FieldKind::Date, ..) => Kind::Date,
            (FieldKind::Integer, ..) => Kind::Integer,
            (FieldKind::Decimal, ..) => Kind::Decimal,
            (FieldKind::Text | FieldKind::Code | FieldKind::Number | FieldKind::Boolean, ..) => {
                Kind::Text(field.format)
            }
        };
        Self {
            field,
            kind,
            glance: Glance::None,
            max_length: field.max_length.unwrap_or(usize::MAX),
            limits: Some(&field.limits).filter(|limits| !limits.is_free()),
            not_in_future: field.not_in_future,
            exact: false,
            requirement: 0,
        }
    }
}

impl Roles {
    fn of(spec: &Spec) -> Self {
        let column = |role| spec.fields.iter().position(|field| field.role == Some(role));
        Self {
            organisation: column(Role::Organisation),
            period_start: column(Role::PeriodStart),
            period_end: column(Role::PeriodEnd),
            nhs_number: column(Role::NhsNumber),
            local_person: column(Role::LocalPerson),
        }
    }
}
