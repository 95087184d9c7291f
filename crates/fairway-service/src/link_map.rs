//! What a linked extract holds: the person's pseudonym in the agreement's domain, how each side knows the person, then the
//! columns of one side and the other.

use std::sync::Arc;

use fairway_domain::port::{LinkSide, RowMap};
use fairway_domain::{Column, ColumnKind, Fault, PrivacyClass, Row, Subject, Value};
use fairway_governance::GrantedExtract;
use fairway_spec::{Derivation, Fact, Spec, Whose};
use fairway_store::CurrentImport;

use crate::opt_out::LeftOut;
use crate::release_map::{Passing, Rekey, passing_of};
use crate::{Progress, plan};

/// The person, the same in every row about them.
const PERSON: &str = "Link_Person";
/// How the dataset knows the person.
const CLASS: &str = "Link_Class";

/// The columns by which a dataset's persons are linked and told how they are known, in its de-identified table.
#[derive(Debug)]
pub(crate) struct LinkColumns {
    /// The pseudonym of the number traced, then of the number given.
    pub keys: Vec<String>,
    pub class: String,
}

impl LinkColumns {
    /// Those of a specification, or why it cannot be linked.
    pub(crate) fn of(spec: &Spec) -> Result<Self, String> {
        let column = |is: &dyn Fn(&Derivation) -> bool| {
            spec.derived.iter().find(|derived| is(&derived.derivation)).map(|derived| derived.column.clone())
        };
        let traced = column(&|derivation| matches!(derivation, Derivation::Pseudonym(Whose::Traced)));
        let given = column(&|derivation| matches!(derivation, Derivation::Pseudonym(Whose::Number)));
        let class = column(&|derivation| matches!(derivation, Derivation::Fact(Fact::LinkClass)));
        let keys: Vec<String> = traced.into_iter().chain(given).collect();
        match class {
            Some(class) if !keys.is_empty() => Ok(Self { keys, class }),
            _ => Err(format!(
                "{} has no pseudonym of the NHS number, or no link class, among its derived columns",
                spec.name
            )),
        }
    }
}

/// One side of a linked extract.
pub(crate) struct Side<'a> {
    pub spec: &'a Spec,
    pub granted: &'a GrantedExtract,
    pub imports: &'a [CurrentImport],
    pub columns: LinkColumns,
}

impl Side<'_> {
    /// What is read of it: the keys, the class, then the columns granted.
    pub(crate) fn order(&self) -> LinkSide {
        let own = self.columns.keys.iter().chain([&self.columns.class]).cloned();
        LinkSide {
            table: plan::deidentified(self.spec).table,
            columns: own.chain(self.granted.columns().iter().map(|column| column.name.clone())).collect(),
            imports: self.imports.iter().map(|import| import.import).collect(),
            keys: self.columns.keys.clone(),
        }
    }
}

/// Columns of a linked extract before those of either dataset: the person, and how each side knows the person.
pub(crate) const OWN_COLUMNS: usize = 3;

/// What the names of the other dataset's columns begin with.
pub(crate) fn prefix(right: &Side<'_>) -> String {
    format!("{}_", right.spec.name.table())
}

/// The columns of a linked extract. Those of the other dataset begin with its name.
pub(crate) fn columns(left: &Side<'_>, right: &Side<'_>) -> Vec<Column> {
    let other = prefix(right);
    let mut columns = vec![
        Column::new(PERSON, ColumnKind::Text, PrivacyClass::Quasi),
        Column::new(CLASS, ColumnKind::Text, PrivacyClass::Sensitive),
        Column::new(format!("{other}{CLASS}"), ColumnKind::Text, PrivacyClass::Sensitive),
    ];
    columns.extend(left.granted.columns().iter().cloned());
    let theirs = right.granted.columns().iter();
    columns.extend(theirs.map(|column| Column { name: format!("{other}{}", column.name), ..column.clone() }));
    columns
}

/// One row of a linked extract from a pair of rows.
pub(crate) struct LinkMap {
    keys: usize,
    left: Vec<Passing>,
    /// Where the other side's class stands; its columns follow behind its keys.
    other_class: usize,
    right: Vec<Passing>,
    rekey: Rekey,
    left_out: LeftOut,
    rows: i64,
    progress: Arc<dyn Progress>,
}

impl LinkMap {
    pub(crate) fn new(
        left: &Side<'_>,
        right: &Side<'_>,
        (rekey, left_out): (Rekey, LeftOut),
        progress: Arc<dyn Progress>,
    ) -> Self {
        let keys = left.columns.keys.len();
        let (ours, theirs) = (passing_of(left.spec, left.granted), passing_of(right.spec, right.granted));
        let other_class = keys + 1 + ours.len() + right.columns.keys.len();
        Self { keys, left: ours, other_class, right: theirs, rekey, left_out, rows: 0, progress }
    }
}

impl LinkMap {
    /// The person's pseudonym in the de-identified zone.
    fn person(row: &Row, keys: usize) -> Result<&str, Fault> {
        let person = (0..keys).find_map(|at| row.get(at).text());
        person.ok_or_else(|| Fault::new("a linked row has no person"))
    }

    /// Where the columns of each side begin, and what becomes of them.
    fn sides(&self) -> [(usize, &[Passing]); 2] {
        [(self.keys + 1, &self.left), (self.other_class + 1, &self.right)]
    }
}

impl RowMap for LinkMap {
    fn look(&mut self, row: &Row) -> Result<(), Fault> {
        let mut wanted = Vec::new();
        for (first, passing) in self.sides() {
            wanted.extend(passing.iter().enumerate().map(|(at, passing)| (*passing, first + at)));
        }
        self.rekey.want(Subject::Person, Self::person(row, self.keys)?);
        wanted.into_iter().for_each(|(passing, at)| self.rekey.look(passing, row.get(at)));
        Ok(())
    }

    fn map(&mut self, row: &Row, out: &mut Row) -> Result<bool, Fault> {
        let ours = 0..self.keys;
        let theirs = self.keys + 1 + self.left.len()..self.other_class;
        if self.left_out.has(ours.chain(theirs).filter_map(|at| row.get(at).text())) {
            return Ok(false);
        }
        self.rows += 1;
        if self.rows % 10_000 == 0 {
            self.progress.at("Linking", self.rows.cast_unsigned(), None);
        }
        let person = Self::person(row, self.keys)?;
        out.push(Value::Text(self.rekey.pseudonym(Subject::Person, person)?));
        out.push(row.get(self.keys));
        out.push(row.get(self.other_class));
        for (first, passing) in [(self.keys + 1, &self.left), (self.other_class + 1, &self.right)] {
            for (at, passing) in passing.iter().enumerate() {
                self.rekey.pass(*passing, row.get(first + at), self.rows, out)?;
            }
        }
        Ok(true)
    }
}
