//! Sums and averages of a column: what each cell comes to, and how much of it its largest people do.

use fairway_deid::disclosure::{Cell, Contributions};
use fairway_domain::Value;
use fairway_domain::port::QueryAnswer;
use fairway_spec::{FieldKind, Spec};
use fairway_store::Counted;

use super::dimension::Dimension;
use super::question::{looked_up, person, texts};
use super::{Measure, Plan, WHAT, keys};
use crate::{VerbError, VerbResult, plan};

/// What is asked about a column.
pub(super) struct Magnitude<'a> {
    plan: &'a Plan,
    /// Dimensions of the table, in order.
    by: Vec<&'a Dimension>,
    /// Records in the table with row, person and value in hundredths, as SQL.
    records: String,
}

impl<'a> Magnitude<'a> {
    pub(super) fn new(spec: &Spec, plan: &'a Plan, column: &str) -> VerbResult<Self> {
        let by: Vec<&Dimension> = plan.request.by.iter().filter_map(|name| of(plan, name)).collect();
        if plan.dimensions.iter().any(|one| one.lookup.is_some()) {
            let why = "Sums and averages are made by columns of the table, not by what is looked up";
            return Err(VerbError::refused(WHAT, why, "Leave out :region"));
        }
        let kind = spec.fields.iter().filter(|field| plan::is_open(field)).find(|field| field.column == column);
        let kind = kind.map(|field| field.kind);
        let derived = spec.derived.iter().find(|one| one.column == column).map(|one| one.derivation.kind());
        match kind.or(derived) {
            Some(FieldKind::Decimal) => {}
            Some(FieldKind::Integer) if plan.counted == Counted::Events => {}
            Some(FieldKind::Integer) => {
                let why = format!("{column} is not something that adds up over a person's records");
                return Err(VerbError::refused(WHAT, why, "Take it over events: --of events"));
            }
            _ => {
                return Err(VerbError::refused(
                    WHAT,
                    format!("{column} is no number that tables are made of"),
                    "Name a column with numbers",
                ));
            }
        }
        let imports: Vec<String> = plan.imports.iter().map(|one| one.import.to_string()).collect();
        let mut wheres = vec![format!("import_id IN ({})", texts(imports.iter().map(String::as_str)))];
        for (name, values) in &plan.request.filter {
            let sql = of(plan, name).map_or("NULL", |one| one.sql.as_str());
            wheres.push(format!("{sql} IN ({})", texts(values.iter().map(String::as_str))));
        }
        let row: Vec<&str> = by.iter().map(|one| one.sql.as_str()).collect();
        let records = format!(
            "SELECT {row} AS row_key, {person} AS person, cast(\"{column}\" * 100 AS BIGINT) AS v FROM {table} \
             WHERE \"{column}\" IS NOT NULL AND {wheres}",
            row = row.join(" || '\u{1f}' || "),
            person = person(spec).unwrap_or_else(|| "''".into()),
            table = spec.name.table(),
            wheres = wheres.join(" AND "),
        );
        Ok(Self { plan, by, records })
    }

    /// Two questions: what each cell comes to, and what its largest people do.
    pub(super) fn questions(&self) -> [String; 2] {
        let people = format!("SELECT row_key, person, sum(v) AS v FROM ({}) t GROUP BY row_key, person", self.records);
        let units = match self.plan.counted {
            Counted::People => people.clone(),
            Counted::Events => self.records.clone(),
        };
        let ranked = |of: &str, order: &str| {
            format!(
                "SELECT row_key, v, row_number() OVER (PARTITION BY row_key ORDER BY v {order}) AS place, \
                 count(*) OVER (PARTITION BY row_key) AS n FROM ({of}) t"
            )
        };
        let middle = format!(
            "SELECT row_key, count(*) AS n, sum(v) AS total, min(v) AS least, \
             min(CASE WHEN place = (n + 1) / 2 THEN v END) AS low, min(CASE WHEN place = (n + 2) / 2 THEN v END) AS high \
             FROM ({}) t GROUP BY row_key ORDER BY row_key",
            ranked(&units, "ASC")
        );
        let most = self.plan.profile.dominance.n.max(2) + 1;
        let largest = format!(
            "SELECT row_key, v, place FROM ({}) t WHERE place <= {most} ORDER BY row_key, place",
            ranked(&people, "DESC")
        );
        [middle, largest]
    }

    /// What every cell of the table comes to; nothing for cells of which nobody has a value, and for totals.
    pub(super) fn contributions(&self, answers: &[QueryAnswer], cells: &[Cell]) -> Vec<Contributions> {
        let mut all = vec![Contributions::default(); cells.len()];
        let places = keys(cells);
        let place = |row: &fairway_domain::Row| {
            let values = row.get(0).text().unwrap_or_default().split('\u{1f}').zip(&self.by);
            let key: Vec<Option<String>> = values.map(|(value, one)| Some(looked_up(one, value).to_owned())).collect();
            places.get(key.as_slice()).copied()
        };
        let number = |value: Value<'_>| i128::from(value.integer().unwrap_or_default());
        for row in answers.first().map_or(&[][..], |answer| &answer.rows) {
            let Some(at) = place(row) else { continue };
            let n = row.get(1).integer().unwrap_or_default().cast_unsigned();
            let sides = if n % 2 == 0 { n / 2 } else { n.saturating_sub(1) / 2 };
            let middle = (number(row.get(4)) + number(row.get(5))) / 2;
            all[at].n = n;
            all[at].sum = number(row.get(2));
            all[at].negative = number(row.get(3)) < 0;
            all[at].median = Some((middle, sides, sides));
        }
        for row in answers.get(1).map_or(&[][..], |answer| &answer.rows) {
            if let Some(at) = place(row) {
                all[at].largest.push(number(row.get(1)));
            }
        }
        all
    }
}

fn of<'a>(plan: &'a Plan, name: &str) -> Option<&'a Dimension> {
    plan.dimensions.iter().find(|one| one.name == name)
}

/// What the number of a row is called.
pub(super) fn heading(measure: &Measure) -> Option<String> {
    match measure {
        Measure::Count => None,
        Measure::Percent(of) => Some(format!("Percent of {of}")),
        Measure::Mean(column) => Some(format!("Mean of {column}")),
        Measure::Sum(column) => Some(format!("Sum of {column}")),
        Measure::Median(column) => Some(format!("Median of {column}")),
    }
}
