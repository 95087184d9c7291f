use std::collections::BTreeMap;
use std::sync::Arc;

use fairway_domain::{PrivacyClass, SpecName};

use crate::dialect::{Customs, Dialect};
use crate::{Across, Condition, DerivedColumn, Form, Limits};

/// A dataset in one of its releases: what a file holds, what must be true of it, and what is derived from it.
#[derive(Debug, Clone)]
pub struct Spec {
    /// Dataset and release.
    pub name: SpecName,
    /// The dataset's title, as people say it.
    pub title: String,
    /// The columns of a file, in the order a file has them.
    pub fields: Vec<Field>,
    /// Rules beyond what the fields themselves say.
    pub rules: Vec<Rule>,
    /// Columns made by the processing centre.
    pub derived: Vec<DerivedColumn>,
    /// A processing centre's severities for rules that the specification has no row for: those that every check knows.
    pub severities: BTreeMap<String, Severity>,
    /// Code lists by name.
    pub code_lists: BTreeMap<String, Arc<CodeList>>,
    /// The release before, whose values `CodeList::earlier` explains (`r1`), if there is one.
    pub follows: Option<String>,
    /// Its place among the releases of its dataset, oldest first; 0 where nothing is said. Names do not tell: v5 came
    /// before r1.
    pub order: u32,
    /// Texts that stand for nothing: the empty one, `NULL`.
    pub missing_values: Vec<String>,
    /// By whose customs cells are read.
    pub customs: Customs,
    /// How a file is written as text.
    pub dialect: Dialect,
    /// What the description asks for and the check does not look at, in words; empty but for a Table Schema of others.
    pub unchecked: Vec<String>,
    /// Headers of fields whose privacy class nobody has said; they count as direct. Empty but for a Table Schema of others.
    pub unclassed: Vec<String>,
    /// What the tags in every `source` stand for: `S4` is a publication.
    pub sources: BTreeMap<String, String>,
}

/// One column of a file.
#[derive(Debug, Clone)]
pub struct Field {
    /// The header, character for character.
    pub header: String,
    /// The column's name in tables: `Reporting_Period_Start_Date`.
    pub column: String,
    /// What it holds, in a few words.
    pub title: String,
    /// The kind of value.
    pub kind: FieldKind,
    /// How values are written; where nothing is said, as [`FieldKind`] says.
    pub form: Option<Form>,
    /// Longest text, in characters.
    pub max_length: Option<usize>,
    /// What values keep to beyond their kind and form.
    pub limits: Limits,
    /// A shape that every value has, as a regular expression of the Table Schema; for readers of that where `format`
    /// is what the check goes by.
    pub pattern: Option<String>,
    /// A shape that every value has, known to the check by name.
    pub format: Option<Format>,
    /// The values allowed, for coded fields.
    pub codes: Option<Arc<CodeList>>,
    /// What the value says about a person.
    pub class: PrivacyClass,
    /// What the field is to Fairway, whatever the dataset calls it.
    pub role: Option<Role>,
    /// A day later than today is wrong.
    pub not_in_future: bool,
    /// For the council's analyst where the field must be filled and is blank: `Enter the date the event started`.
    pub enter: String,
    /// Where the field means something; `Condition::Always` for every record.
    pub applicable: Condition,
    /// Where it must be filled.
    pub mandatory: Condition,
    /// The module of the Department's data-quality report.
    pub module: String,
    /// Where header, type and list come from.
    pub source: String,
    /// How sure that is.
    pub confidence: Confidence,
    /// What is assumed or inferred, in words.
    pub confidence_note: String,
    /// Guidance for the person who fills it.
    pub notes: String,
}

/// The kind of a value in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// Free or structured text.
    Text,
    /// One of a code list.
    Code,
    /// A day, `dd/mm/yyyy` unless a form says otherwise.
    Date,
    /// A whole number.
    Integer,
    /// A number with at most two decimals.
    Decimal,
    /// A number with any decimals, as its form says.
    Number,
    /// Yes or no, as its form says.
    Boolean,
}

/// A shape known by name, with its own check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Ten digits, Modulus 11.
    NhsNumber,
    /// A United Kingdom postcode.
    Postcode,
    /// A general practice's code: a letter and five digits.
    GpPractice,
    /// A location's number at the Care Quality Commission: `1-` and digits.
    CqcLocation,
    /// A council's code: three digits, or five letters and digits.
    Council,
}

/// What a field is to Fairway. Code speaks of roles, never of a dataset's field names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// The sender's own code.
    Organisation,
    /// First day of the reporting period.
    PeriodStart,
    /// Last day of the reporting period.
    PeriodEnd,
    /// NHS number.
    NhsNumber,
    /// The sender's identifier of the person.
    LocalPerson,
    /// Given name.
    Forename,
    /// Family name.
    Surname,
    /// Sex or gender.
    Sex,
    /// Date of birth.
    BirthDate,
    /// Date of death.
    DeathDate,
    /// Postcode of the address.
    Postcode,
    /// General practice code.
    GpPractice,
    /// The sender's identifier of another person (may occur more than once, in order).
    LinkedPerson,
    /// What kind of event a record is about.
    EventType,
    /// The sender's identifier of the event.
    EventReference,
    /// First day of the event.
    EventStart,
    /// Last day of the event.
    EventEnd,
    /// Free text about the event.
    EventDescription,
    /// Service user or carer.
    ClientType,
    /// Identifier of the provider.
    Provider,
}

/// How well a fact is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Seen in a published source.
    Verified,
    /// Follows from published sources, but is not stated there.
    Inferred,
    /// Our own choice where no source was found.
    Assumed,
}

/// The values allowed in a field.
#[derive(Debug, Clone)]
pub struct CodeList {
    /// The list's name, such as `service_type`.
    pub name: String,
    /// Values in the published order.
    pub codes: Vec<Code>,
    /// Values of the release before, and what each is called now (`None` where nothing takes its place).
    pub earlier: BTreeMap<String, Option<String>>,
}

/// One value of a code list.
#[derive(Debug, Clone)]
pub struct Code {
    /// The value, character for character.
    pub value: String,
    /// The group it belongs to in published figures, if any.
    pub group: Option<String>,
    /// Where it comes from.
    pub source: String,
    /// How sure that is.
    pub confidence: Confidence,
    /// What else is known of it, by name: `hierarchy`, `units_per_week`, `note`.
    pub attributes: BTreeMap<String, String>,
}

/// What a check does about a broken rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Said, nothing more.
    Info,
    /// Accepted; the sender confirms.
    Warning,
    /// Accepted as it is and reported; the sender confirms.
    Error,
    /// At stage `file`, refuses the file; at stage `record`, leaves the record out of the load.
    Reject,
}

/// When a rule is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The file as a whole.
    File,
    /// One value.
    Field,
    /// Values of one record together.
    Record,
    /// All records of one person.
    Person,
    /// All records.
    Dataset,
}

/// One rule, as data.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Short and lasting, such as `event-end-before-start`.
    pub id: String,
    /// When it is looked at.
    pub stage: Stage,
    /// What a broken rule does.
    pub severity: Severity,
    /// The header of the field a finding is placed at; empty for the whole record.
    pub field: String,
    /// Where the rule applies.
    pub when: Condition,
    /// What must hold there. For rules built into the check (structure, lists, formats), `Condition::Always`.
    pub holds: Condition,
    /// What must hold between records; then `holds` is `Condition::Always`, and `when` says which records take part.
    pub across: Option<Across>,
    /// For the council's analyst: what is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// Why it matters to those who use the data; empty where nobody has said.
    pub why: String,
    /// Whether no processing centre may make it milder.
    pub fixed: bool,
    /// Where the rule comes from.
    pub source: String,
    /// How sure that is.
    pub confidence: Confidence,
    /// Cells of one record that break the rule, by header; empty for rules about a whole file.
    pub example: BTreeMap<String, String>,
    /// Cells of several records that break a rule `across` records together, in the order of a file.
    pub example_records: Vec<BTreeMap<String, String>>,
}
