//! What a specification's rules across records ask of each record.

use fairway_spec::{Across as Asked, FieldKind, Role, Spec};

use super::AtEnd;
use crate::Place;
use crate::plan::{ConditionId, Plan};

/// What is gleaned from a record.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    /// Columns of the specification whose values are hashed, each once.
    pub columns: Vec<usize>,
    pub keys: Vec<Keyed>,
    pub references: Vec<Reference>,
    pub days: Vec<SameDay>,
    /// Where events are followed or counted.
    pub events: Option<EventColumns>,
    /// Rules that speak once every record is known, of figures or of an earlier submission.
    pub closing: Vec<Closing>,
    /// How many values must agree, over all keys.
    pub agreeing: usize,
}

/// What brings records together.
#[derive(Debug)]
pub(crate) struct Keyed {
    /// Members of [`Outline::columns`]; none for the record as a whole.
    pub parts: Vec<usize>,
    /// Which records take part.
    pub when: ConditionId,
    pub unique: Vec<Unique>,
    pub agree: Vec<Agree>,
}

/// A rule that no key comes twice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unique {
    pub rule: usize,
    pub column: Option<usize>,
}

/// A rule that records of one key have one value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Agree {
    pub rule: usize,
    pub column: usize,
    /// Member of [`Outline::columns`], where the column is one of text or numbers.
    pub part: Option<usize>,
    /// Which of a record's values it is.
    pub slot: usize,
}

/// A rule that a value is a key of some record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reference {
    pub rule: usize,
    pub column: usize,
    /// Member of [`Outline::columns`].
    pub part: usize,
    pub when: ConditionId,
    /// Member of [`Outline::keys`].
    pub key: usize,
}

/// A rule about how often one day of the year comes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SameDay {
    pub rule: usize,
    pub column: usize,
    pub when: ConditionId,
    pub month: i8,
    pub day: i8,
    pub most_share: f64,
    pub least_records: u64,
}

/// Where a record says which event it is about.
#[derive(Debug, Clone, Default)]
pub(crate) struct EventColumns {
    pub kind: Option<usize>,
    pub start: Option<usize>,
    pub end: Option<usize>,
    /// Columns that name the event beside its start, its kind the last of them. Where the first is blank, the event cannot
    /// be followed.
    pub names: Vec<usize>,
}

/// A rule that speaks at the end.
#[derive(Debug, Clone)]
pub(crate) struct Closing {
    pub rule: usize,
    pub column: Option<usize>,
    pub asked: Asked,
}

impl Closing {
    /// Its finding about the file as a whole.
    pub fn at_end(&self) -> AtEnd {
        AtEnd { rule: self.rule, column: self.column, place: Place::default(), words: Vec::new() }
    }
}

impl Outline {
    /// What the plan's rules across records ask; `None` where it has none.
    pub fn of(plan: &Plan<'_>) -> Option<Self> {
        let mut outline = Self::default();
        for check in &plan.across {
            outline.add(plan.spec, check.rule, plan.rules.get(check.rule)?.column, check.when, check.asked);
        }
        let agree = outline.keys.iter_mut().flat_map(|key| &mut key.agree);
        outline.agreeing = agree.zip(0..).map(|(agree, slot)| agree.slot = slot).count();
        let idle = outline.keys.is_empty() && outline.days.is_empty() && outline.closing.is_empty();
        (!idle).then_some(outline)
    }

    fn add(&mut self, spec: &Spec, rule: usize, placed: Option<usize>, when: ConditionId, asked: &Asked) {
        let index = |header: &String| spec.index_of_header(header);
        match asked {
            Asked::Identical => {
                let key = self.key(&[], when);
                self.keys[key].unique.push(Unique { rule, column: None });
            }
            Asked::Unique(headers) => {
                let columns: Vec<usize> = headers.iter().filter_map(index).collect();
                let key = self.key(&columns, when);
                let column = placed.or(Some(columns).filter(|columns| columns.len() == 1).map(|columns| columns[0]));
                self.keys[key].unique.push(Unique { rule, column });
            }
            Asked::Agree { column, by } => {
                let (Some(column), Some(by)) = (index(column), index(by)) else { return };
                let field = spec.field(column);
                let plain = field.is_none_or(|field| field.codes.is_none() && field.kind != FieldKind::Date);
                let part = plain.then(|| self.part(column));
                let key = self.key(&[by], when);
                self.keys[key].agree.push(Agree { rule, column, part, slot: 0 });
            }
            Asked::Among { columns, of } => {
                let Some(of) = index(of) else { return };
                let key = self.key(&[of], 0);
                for column in columns.iter().filter_map(index) {
                    let part = self.part(column);
                    self.references.push(Reference { rule, column, part, when, key });
                }
            }
            Asked::SameDay { column, month, day, most_share, least_records } => {
                let Some(column) = index(column) else { return };
                let (month, day, most_share, least_records) = (*month, *day, *most_share, *least_records);
                self.days.push(SameDay { rule, column, when, month, day, most_share, least_records });
            }
            asked => {
                let names = asked.event().unwrap_or_default();
                let mut names: Vec<usize> = names.iter().filter_map(index).collect();
                let role = |role| spec.index_of_role(role);
                let events = self.events.get_or_insert_with(|| EventColumns {
                    kind: role(Role::EventType),
                    start: role(Role::EventStart),
                    end: role(Role::EventEnd),
                    names: Vec::new(),
                });
                if !names.is_empty() {
                    names.extend(role(Role::EventType));
                    events.names = names;
                }
                self.closing.push(Closing { rule, column: placed, asked: asked.clone() });
            }
        }
    }

    fn part(&mut self, column: usize) -> usize {
        self.columns.iter().position(|known| *known == column).unwrap_or_else(|| {
            self.columns.push(column);
            self.columns.len() - 1
        })
    }

    fn key(&mut self, columns: &[usize], when: ConditionId) -> usize {
        let parts: Vec<usize> = columns.iter().map(|column| self.part(*column)).collect();
        let known = self.keys.iter().position(|key| key.parts == parts && key.when == when);
        known.unwrap_or_else(|| {
            self.keys.push(Keyed { parts, when, unique: Vec::new(), agree: Vec::new() });
            self.keys.len() - 1
        })
    }
}
