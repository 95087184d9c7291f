//! What is asked of the tables to know who is to be counted: who differs from whom, and how many are alike.

use std::collections::{BTreeMap, BTreeSet};

use fairway_deid::disclosure::{Population, Published};
use fairway_domain::port::QueryAnswer;
use fairway_spec::{Derivation, Spec};
use fairway_store::Counted;

use super::Plan;
use super::dimension::{Dimension, IMPORT};
use crate::link_map::LinkColumns;

/// Between two values of a tuple, and between two tuples; in no value that a table is made by.
const VALUES: char = '\u{1f}';
const TUPLES: char = '\u{1e}';

/// Who a record is about, as SQL: the number that was traced or given, else the sender's own identifier. `None` where records
/// do not say.
pub(super) fn person(spec: &Spec) -> Option<String> {
    let quoted = |name: &String| format!("\"{name}\"");
    let mut keys: Vec<String> =
        LinkColumns::of(spec).map(|columns| columns.keys.iter().map(quoted).collect()).unwrap_or_default();
    let own = spec.derived.iter().find(|derived| matches!(derived.derivation, Derivation::CombinedPersonId));
    keys.extend(own.map(|own| quoted(&own.column)));
    (!keys.is_empty()).then(|| format!("coalesce({})", keys.join(", ")))
}

/// A list of texts for SQL.
pub(super) fn texts<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = values.into_iter().map(|value| format!("'{}'", value.replace('\'', "''"))).collect();
    quoted.join(", ")
}

/// Submissions of this table and of the earlier ones.
pub(super) fn imports(plan: &Plan, earlier: &[Published]) -> BTreeSet<String> {
    let before = earlier.iter().filter_map(|table| table.definition.filter.get(IMPORT)).flatten().cloned();
    plan.imports.iter().map(|one| one.import.to_string()).chain(before).collect()
}

/// Asks for groups of people or events that are alike, and reads the answer.
pub(super) struct Question {
    pub sql: String,
}

impl Question {
    pub(super) fn new(spec: &Spec, counted: Counted, dimensions: &[Dimension], imports: &BTreeSet<String>) -> Self {
        let values: Vec<&str> = dimensions.iter().map(|one| one.sql.as_str()).collect();
        let tuple = values.join(&format!(" || '{VALUES}' || "));
        let from =
            format!("FROM {} WHERE import_id IN ({})", spec.name.table(), texts(imports.iter().map(String::as_str)));
        let sql = match person(spec).filter(|_| counted == Counted::People) {
            None => format!(
                "SELECT tuple, count(*) AS n FROM (SELECT {tuple} AS tuple {from}) t GROUP BY tuple ORDER BY tuple"
            ),
            Some(person) => format!(
                "SELECT tuples, count(*) AS n FROM (SELECT string_agg(tuple, '{TUPLES}' ORDER BY tuple) AS tuples FROM \
                 (SELECT DISTINCT {person} AS person, {tuple} AS tuple {from}) t WHERE person IS NOT NULL \
                 GROUP BY person) p GROUP BY tuples ORDER BY tuples"
            ),
        };
        Self { sql }
    }

    #[expect(clippy::unused_self, reason = "the answer is to this question and none else")]
    pub(super) fn population(&self, dimensions: &[Dimension], answer: &QueryAnswer) -> Population {
        let mut population = Population::new(dimensions.iter().map(|one| one.name.clone()).collect());
        for (at, one) in dimensions.iter().enumerate() {
            for other in dimensions[at + 1..].iter().filter(|other| other.root == one.root) {
                population.relate(&one.name, &other.name);
            }
        }
        // Values that are looked up can make tuples alike.
        let mut units: BTreeMap<BTreeSet<Vec<&str>>, u64> = BTreeMap::new();
        for row in &answer.rows {
            let text = row.get(0).text().unwrap_or_default();
            let tuples = text
                .split(TUPLES)
                .map(|tuple| tuple.split(VALUES).zip(dimensions).map(|(value, one)| looked_up(one, value)).collect());
            *units.entry(tuples.collect()).or_default() += row.get(1).integer().unwrap_or_default().cast_unsigned();
        }
        for (tuples, count) in units {
            population.add(&tuples.into_iter().collect::<Vec<_>>(), count);
        }
        population
    }
}

/// What a value stands for.
pub(super) fn looked_up<'a>(dimension: &'a Dimension, value: &'a str) -> &'a str {
    match &dimension.lookup {
        Some(regions) => regions.get(value).map_or("", String::as_str),
        None => value,
    }
}
