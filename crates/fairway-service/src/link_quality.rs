//! How well two datasets link: people found on the other side and not, by area, sex, age band and link class. Counts are
//! shown as disclosure control lets them.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::path::Path;

use fairway_deid::disclosure::Profile;
use fairway_domain::port::QueryError;
use fairway_domain::{Fault, FaultExt, Zone};
use fairway_spec::{Derivation, Role, Spec};
use fairway_store::CurrentImport;
use serde::Serialize;

use crate::link_map::{LinkColumns, Side};
use crate::{Service, VerbError, VerbResult, plan};

/// The profile of disclosure control that counts are shown by.
const PROFILE: &str = "asc_default";
/// More values than any of these columns has.
const MOST_VALUES: usize = 10_000;

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QualityLine {
    /// The dataset whose people are counted.
    pub dataset: String,
    /// By what: `all`, `area`, `sex`, `age_band`, `link_class`.
    pub by: &'static str,
    /// Which: a sender's code, a code of the list; blank where nothing was said.
    pub value: String,
    /// People who are in the other dataset as well.
    pub people_linked: String,
    /// People who are not.
    pub people_not_linked: String,
}

impl Service {
    /// The report over both sides.
    pub(crate) async fn link_quality(&self, left: &Side<'_>, right: &Side<'_>) -> VerbResult<Vec<QualityLine>> {
        let control = Profile::named(PROFILE)?.ok_or_else(|| Fault::new("profile of a link's quality is missing"))?;
        let mut lines = Vec::new();
        for (side, other) in [(left, right), (right, left)] {
            for (by, column) in dimensions(side.spec, &side.columns) {
                lines.extend(self.counted(side, other, (by, column.as_deref()), &control).await?);
            }
        }
        Ok(lines)
    }

    async fn counted(
        &self,
        side: &Side<'_>,
        other: &Side<'_>,
        (by, column): (&'static str, Option<&str>),
        control: &Profile,
    ) -> VerbResult<Vec<QualityLine>> {
        let sql = question(side, other, column);
        let answer =
            self.warehouse.query(Zone::Deidentified, &sql, MOST_VALUES).await.map_err(|error| match error {
                QueryError::Refused(why) => {
                    VerbError::Fault(Fault::new(format!("quality of a link cannot be asked: {why}")))
                }
                QueryError::Fault(fault) => fault.into(),
            })?;
        let senders: HashMap<String, &CurrentImport> =
            side.imports.iter().map(|import| (import.import.to_string(), import)).collect();
        let mut counts: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for row in &answer.rows {
            let value = row.get(0).text().unwrap_or_default();
            let value = match senders.get(value) {
                Some(import) if by == AREA => import.organisation.as_str(),
                _ => value,
            };
            let count = |at| row.get(at).integer().unwrap_or_default().cast_unsigned();
            let sum = counts.entry(value.to_owned()).or_default();
            *sum = (sum.0 + count(1), sum.1 + count(2));
        }
        let line = |(value, (linked, not)): (String, (u64, u64))| QualityLine {
            dataset: side.spec.name.dataset().to_owned(),
            by,
            value,
            people_linked: control.count_alone(linked),
            people_not_linked: control.count_alone(not),
        };
        Ok(counts.into_iter().map(line).collect())
    }
}

const AREA: &str = "area";

/// By what people are counted, and the column of the de-identified table that says it.
fn dimensions(spec: &Spec, columns: &LinkColumns) -> Vec<(&'static str, Option<String>)> {
    let open = |role| spec.field_of_role(role).filter(|field| plan::is_open(field)).map(|field| field.column.clone());
    let band = spec.derived.iter().find(|derived| matches!(derived.derivation, Derivation::Band(..)));
    let mut all = vec![("all", None), (AREA, Some("import_id".to_owned()))];
    all.extend(open(Role::Sex).map(|column| ("sex", Some(column))));
    all.extend(band.map(|derived| ("age_band", Some(derived.column.clone()))));
    all.push(("link_class", Some(columns.class.clone())));
    all
}

/// Counts people of one side, by whether the other side has them. Somebody without a number is known by the sender's own
/// identifier, and never linked.
fn question(side: &Side<'_>, other: &Side<'_>, column: Option<&str>) -> String {
    let quoted = |name: &String| format!("\"{name}\"");
    let keys = |side: &Side<'_>| side.columns.keys.iter().map(quoted).collect::<Vec<_>>().join(", ");
    let imports = |side: &Side<'_>| {
        let ids: Vec<String> = side.imports.iter().map(|import| format!("'{}'", import.import)).collect();
        ids.join(", ")
    };
    let own = side.spec.derived.iter().find(|derived| matches!(derived.derivation, Derivation::CombinedPersonId));
    let person = own.map_or_else(|| keys(side), |own| format!("{}, \"{}\"", keys(side), own.column));
    let value = column.map_or_else(|| "''".to_owned(), |column| format!("\"{column}\""));
    format!(
        "SELECT ours.value, count(DISTINCT CASE WHEN theirs.person IS NOT NULL THEN ours.person END) AS linked, \
         count(DISTINCT CASE WHEN theirs.person IS NULL THEN ours.person END) AS not_linked \
         FROM (SELECT {value} AS value, coalesce({keys}) AS number, coalesce({person}) AS person FROM {table} \
         WHERE import_id IN ({imports})) ours \
         LEFT JOIN (SELECT DISTINCT coalesce({their_keys}) AS person FROM {their_table} \
         WHERE import_id IN ({their_imports})) theirs ON ours.number = theirs.person GROUP BY ours.value",
        keys = keys(side),
        table = side.spec.name.table(),
        imports = imports(side),
        their_keys = keys(other),
        their_table = other.spec.name.table(),
        their_imports = imports(other),
    )
}

/// Writes the report as CSV.
pub(crate) fn write(path: &Path, lines: &[QualityLine]) -> Result<(), Fault> {
    const WHAT: &str = "quality of a link cannot be written";
    let mut file = csv::Writer::from_writer(File::create_new(path).fault(WHAT)?);
    lines.iter().try_for_each(|line| file.serialize(line)).fault(WHAT)?;
    file.flush().fault(WHAT)?;
    file.get_ref().sync_all().fault(WHAT)
}
