//! One row of the de-identified zone from one record of the safe haven.

use std::sync::Arc;

use fairway_domain::port::RowMap;
use fairway_domain::{Fault, Row, Value};
use fairway_spec::{CodeList, FieldKind, Spec};

use crate::Progress;
use crate::derive::Deriver;
use crate::plan;

/// What a coded value reads that is in no list.
pub(crate) const NOT_MAPPED: &str = "Invalid and not mapped";

/// What becomes of a field's cell.
enum Passing {
    /// It goes through.
    AsIs,
    /// It goes through where it is in the list, or in the one of the release before.
    Listed(Arc<CodeList>),
    /// Free text: it stays behind.
    Nothing,
}

pub(crate) struct DeidMap {
    /// Field cells of the events, with what becomes of them.
    fields: Vec<(usize, Passing)>,
    deriver: Deriver,
    progress: Arc<dyn Progress>,
    rows: u64,
}

impl DeidMap {
    pub(crate) fn new(spec: &Spec, deriver: Deriver, progress: Arc<dyn Progress>) -> Self {
        let first = plan::first_open_cell(spec);
        let fields = plan::open_fields(spec).enumerate().map(|(at, (_, field))| {
            let passing = match (field.kind, &field.codes, field.format) {
                (FieldKind::Code, Some(list), _) => Passing::Listed(list.clone()),
                (FieldKind::Code, None, _) | (FieldKind::Text, _, None) => Passing::Nothing,
                _ => Passing::AsIs,
            };
            (first + at, passing)
        });
        Self { fields: fields.collect(), deriver, progress, rows: 0 }
    }
}

impl RowMap for DeidMap {
    fn look(&mut self, row: &Row) -> Result<(), Fault> {
        self.deriver.look(row)
    }

    fn map(&mut self, row: &Row, out: &mut Row) -> Result<bool, Fault> {
        self.rows += 1;
        if self.rows.is_multiple_of(10_000) {
            self.progress.at("De-identifying", self.rows, None);
        }
        for (cell, passing) in &self.fields {
            out.push(pass(row.get(*cell), passing));
        }
        self.deriver.derive(row, out)?;
        Ok(true)
    }
}

fn pass<'a>(value: Value<'a>, passing: &Passing) -> Value<'a> {
    match (passing, value) {
        (Passing::AsIs, value) => value,
        (Passing::Nothing, _) => Value::Null,
        (Passing::Listed(list), Value::Text(text)) if !list.contains(text) && !list.earlier.contains_key(text) => {
            Value::Text(NOT_MAPPED)
        }
        (Passing::Listed(_), value) => value,
    }
}
