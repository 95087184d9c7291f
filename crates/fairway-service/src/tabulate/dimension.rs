//! What a table can be made by: columns with a closed list of values, areas, bands, parts of days. Never an identifier, a
//! pseudonym, a free text or a day.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use fairway_deid::disclosure::Published;
use fairway_domain::{Fault, FaultExt};
use fairway_spec::{Derivation, Fact, Field, FieldKind, Input, Role, Spec};

use super::{TableRequest, WHAT};
use crate::reference::COUNCILS;
use crate::{VerbError, VerbResult, plan};

/// The submission a record came in, by which tables of different submissions are told apart. Nobody can ask for it.
pub(super) const IMPORT: &str = "import_id";

/// Regions of councils, by their code.
pub(super) type Regions = Arc<HashMap<String, String>>;

/// A dimension over the de-identified table.
#[derive(Debug, Clone)]
pub(super) struct Dimension {
    /// As it was asked for: `Gender`, `Event_Start_Date:quarter`.
    pub name: String,
    /// What gives its value, as SQL.
    pub sql: String,
    /// Dimensions of the same root are related: everybody knows which of their values go together.
    pub root: String,
    /// What values stand for, where they are looked up.
    pub lookup: Option<Regions>,
}

const AREAS: &str = "areas";

impl Dimension {
    pub(super) fn is_area(&self) -> bool {
        self.root == AREAS && self.name != IMPORT
    }

    fn import() -> Self {
        Self { name: IMPORT.into(), sql: IMPORT.into(), root: AREAS.into(), lookup: None }
    }
}

/// The dimensions of a table and of its filter, and the submission; or every reason why one is none.
pub(super) fn wanted(spec: &Spec, request: &TableRequest, regions: &Regions) -> VerbResult<Vec<Dimension>> {
    let mut dimensions = vec![Dimension::import()];
    let mut reasons = Vec::new();
    if request.by.is_empty() {
        reasons.push("A table is made by one dimension at least".to_owned());
    }
    for (at, name) in request.by.iter().enumerate() {
        if request.by[..at].contains(name) {
            reasons.push(format!("{name} is named twice"));
        }
    }
    for name in request.by.iter().chain(request.filter.keys()) {
        match dimension(spec, name, regions) {
            Ok(one) if dimensions.iter().all(|known| known.name != one.name) => dimensions.push(one),
            Ok(_) => {}
            Err(reason) => reasons.push(reason),
        }
    }
    if reasons.is_empty() {
        return Ok(dimensions);
    }
    let known: Vec<String> = all(spec).collect();
    let next = format!("Dimensions of {} are {}", spec.name.dataset(), known.join(", "));
    Err(VerbError::Refused(fairway_domain::Refusal { what: WHAT.into(), reasons, next }))
}

/// Adds the dimensions of tables that were published before.
pub(super) fn add_earlier(
    spec: &Spec,
    regions: &Regions,
    earlier: &[Published],
    dimensions: &mut Vec<Dimension>,
) -> VerbResult<()> {
    let names = earlier.iter().flat_map(|table| table.definition.by.iter().chain(table.definition.filter.keys()));
    for name in names {
        if dimensions.iter().any(|known| known.name == *name) {
            continue;
        }
        let one = dimension(spec, name, regions).map_err(|reason| {
            let why = format!("A table published before cannot be held against this one: {reason}");
            VerbError::refused(WHAT, why, "Add the specification that had the column again")
        })?;
        dimensions.push(one);
    }
    Ok(())
}

/// Names of all dimensions of a specification.
fn all(spec: &Spec) -> impl Iterator<Item = String> + '_ {
    let fields = spec.fields.iter().filter(|field| plan::is_open(field)).filter_map(|field| match field.kind {
        _ if is_sender(field) => Some(format!("{0}, {0}:region", field.column)),
        FieldKind::Code | FieldKind::Boolean => Some(field.column.clone()),
        FieldKind::Date => Some(format!("{}:quarter", field.column)),
        _ => None,
    });
    fields.chain(spec.derived.iter().filter(|one| is_closed(&one.derivation)).map(|one| one.column.clone()))
}

fn is_sender(field: &Field) -> bool {
    field.role == Some(Role::Organisation)
}

/// Whether a derived column groups people or events, rather than names one.
fn is_closed(derivation: &Derivation) -> bool {
    match derivation {
        Derivation::Fact(fact) => matches!(fact, Fact::TraceCode | Fact::LinkClass | Fact::OrganisationName),
        Derivation::DatePart(..)
        | Derivation::FullYears(_)
        | Derivation::DepartmentYears(_)
        | Derivation::Band(..)
        | Derivation::PostcodeSector(_)
        | Derivation::PostcodeStatus(_)
        | Derivation::Area(..)
        | Derivation::Practice(..)
        | Derivation::Mentions(..) => true,
        Derivation::Calculated(kind, _) => matches!(kind, FieldKind::Code | FieldKind::Boolean | FieldKind::Integer),
        Derivation::Undefined | Derivation::Pseudonym(_) | Derivation::CombinedPersonId | Derivation::Key(..) => false,
    }
}

fn dimension(spec: &Spec, name: &str, regions: &Regions) -> Result<Dimension, String> {
    if name == IMPORT {
        return Ok(Dimension::import());
    }
    let (column, grain) = name.split_once(':').map_or((name, None), |(column, grain)| (column, Some(grain)));
    let quoted = format!("\"{column}\"");
    let text = format!("coalesce(cast({quoted} AS VARCHAR), '')");
    let plain = |root: String| Dimension { name: name.into(), sql: text.clone(), root, lookup: None };
    if let Some(derived) = spec.derived.iter().find(|one| one.column == column) {
        return match grain {
            None if is_closed(&derived.derivation) => Ok(plain(root(spec, &derived.derivation, column))),
            None => Err(format!("{column} tells people or records apart and is no dimension")),
            Some(_) => Err(format!("{column} has no parts such as {name}")),
        };
    }
    let field = spec.fields.iter().find(|field| field.column == column && plan::is_open(field));
    let field = field.ok_or_else(|| format!("There is no column {column} that a table can be made by"))?;
    match (field.kind, grain) {
        (_, None) if is_sender(field) => Ok(plain(AREAS.into())),
        (_, Some("region")) if is_sender(field) => {
            Ok(Dimension { lookup: Some(regions.clone()), ..plain(AREAS.into()) })
        }
        (FieldKind::Code | FieldKind::Boolean, None) => Ok(plain(column.into())),
        (FieldKind::Date, Some(grain)) => {
            let sql =
                part_of_day(&quoted, grain).ok_or_else(|| format!("{name} is none of month, quarter and year"))?;
            Ok(Dimension { sql, ..plain(column.into()) })
        }
        (FieldKind::Date, None) => Err(format!("{column} is a day: write {column}:month, :quarter or :year")),
        _ => Err(format!("{column} has no closed list of values and is no dimension")),
    }
}

fn part_of_day(quoted: &str, grain: &str) -> Option<String> {
    let part = |part: &str| format!("cast(cast(date_part('{part}', {quoted}) AS BIGINT) AS VARCHAR)");
    let year = part("year");
    let text = match grain {
        "year" => year,
        "quarter" => format!("{year} || ' Q' || {}", part("quarter")),
        "month" => format!("{year} || '-' || lpad({}, 2, '0')", part("month")),
        _ => return None,
    };
    Some(format!("coalesce({text}, '')"))
}

/// What a derived column goes back to: areas, or the first field it is made of.
fn root(spec: &Spec, derivation: &Derivation, column: &str) -> String {
    match derivation {
        Derivation::Area(..) | Derivation::Practice(..) | Derivation::PostcodeSector(_) => AREAS.into(),
        Derivation::Fact(Fact::OrganisationName) => AREAS.into(),
        _ => match derivation.inputs().first() {
            Some(Input::Field(at)) => spec.field(*at).map_or_else(|| column.into(), |field| field.column.clone()),
            Some(Input::Derived(at)) => {
                spec.derived.get(*at).map_or_else(|| column.into(), |one| root(spec, &one.derivation, &one.column))
            }
            None => column.into(),
        },
    }
}

/// Regions of councils out of the reference data.
pub(super) fn regions(reference: &Path) -> Result<Regions, Fault> {
    const UNREADABLE: &str = "list of councils cannot be read";
    let mut rows = csv::Reader::from_path(reference.join(COUNCILS)).fault(UNREADABLE)?;
    let mut regions = HashMap::new();
    for row in rows.deserialize() {
        let row: BTreeMap<String, String> = row.fault(UNREADABLE)?;
        if let (Some(code), Some(region)) = (row.get("la_code_ods"), row.get("region")) {
            regions.insert(code.clone(), region.clone());
        }
    }
    Ok(Arc::new(regions))
}
