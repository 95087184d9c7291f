//! Where the cells that derivations need stand in a row of the safe haven.

use std::collections::HashMap;

use fairway_domain::port::{Join, ScanOrder};
use fairway_domain::{ImportId, PrivacyClass};
use fairway_spec::{Derivation, Input, Spec};

use crate::plan;

/// First cells of an event: record, person, NHS number; linked persons follow.
pub(crate) const RECORD: usize = 0;
pub(crate) const PERSON: usize = 1;
pub(crate) const NUMBER: usize = 2;
pub(crate) const FIRST_LINKED: usize = 3;

/// Where things stand in a row: the cells of an event, those of the vault that derivations need, and the trace's answer.
pub(crate) struct Cells {
    /// Cell of each open field, by its place in the specification.
    pub open: HashMap<usize, usize>,
    /// Sealed fields: place in the specification, cell, and the column it was sealed as.
    pub sealed: Vec<(usize, usize, String)>,
    pub linked: usize,
    pub traced_uid: usize,
    pub trace_code: usize,
    pub link_class: usize,
}

impl Cells {
    pub(crate) fn of(spec: &Spec) -> Self {
        let linked = plan::linked_fields(spec).count();
        let open = plan::open_fields(spec).enumerate();
        let open = open.map(|(at, (place, _))| (place, plan::first_open_cell(spec) + at)).collect();
        let events = plan::events(spec).columns.len();
        let needed = sealed_fields(spec);
        let sealed = needed
            .iter()
            .enumerate()
            .filter_map(|(at, place)| spec.field(*place).map(|field| (*place, events + at, field.column.clone())));
        let answer = events + needed.len();
        Self {
            open,
            sealed: sealed.collect(),
            linked,
            traced_uid: answer,
            trace_code: answer + 1,
            link_class: answer + 2,
        }
    }
}

/// The direct identifiers that derivations of this specification open, in the order of the file.
fn sealed_fields(spec: &Spec) -> Vec<usize> {
    let inputs = spec.derived.iter().flat_map(|column| Derivation::inputs(&column.derivation));
    let mut places: Vec<usize> = inputs
        .filter_map(|input| match input {
            Input::Field(at) => Some(at),
            Input::Derived(_) => None,
        })
        .filter(|at| spec.field(*at).is_some_and(|field| field.class == PrivacyClass::Direct))
        .collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// The events of an import with what the vault and the trace know beside them, laid out as
/// [`Cells`] says.
pub(crate) fn everything(spec: &Spec, import: ImportId) -> ScanOrder {
    let events = plan::events(spec);
    let sealed = sealed_fields(spec).into_iter().filter_map(|at| spec.field(at));
    let columns = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let vault = plan::vault(spec).map(|vault| Join {
        table: vault.table,
        on: columns(&[plan::RECORD]),
        columns: sealed.map(|field| field.column.clone()).collect(),
        in_step: true,
    });
    // Without persons there is no trace: its cells are past the row's end, where nothing is.
    let traces = plan::has_persons(spec).then(|| Join {
        table: plan::traces(spec).table,
        on: columns(&[plan::PERSON_UID]),
        columns: columns(&[plan::TRACED_UID, plan::TRACE_CODE, plan::LINK_CLASS]),
        in_step: false,
    });
    ScanOrder {
        table: events.table,
        columns: events.columns.into_iter().map(|column| column.name).collect(),
        imports: vec![import],
        joins: vault.into_iter().chain(traces).collect(),
        // Each row is made by itself: sorting millions of wide rows would be for nothing.
        order_by: Vec::new(),
        shuffle: false,
    }
}
