//! One walk along the log: each entry held against its leaf, each leaf against the tree.

use std::collections::BTreeMap;

use fairway_domain::Digest;
use fairway_log::{Frontier, Hash, Phase, commitment};
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::audit::OpenIntent;
use crate::head::Head;
use crate::leaf::{self, Leaf};
use crate::text;
use crate::verify::{AuditProblem, AuditReport, damaged};

/// The walk along the log, by which its tree grows again.
pub(crate) struct Walk {
    entries: u64,
    erased: u64,
    pub(crate) last: u64,
    /// `None` from where it no longer holds.
    tree: Option<Frontier>,
    /// Heads that others have of this log, with the log's own of then once the walk has come by.
    heads: Vec<(Head, Option<Head>)>,
    /// Intents that nothing has closed so far.
    intents: BTreeMap<u64, OpenIntent>,
    problems: Vec<AuditProblem>,
}

impl Walk {
    pub(crate) fn start() -> Self {
        Self {
            entries: 0,
            erased: 0,
            last: 0,
            tree: Some(Frontier::default()),
            heads: Vec::new(),
            intents: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    /// Notes an intent, or the one that this entry closes.
    fn note(&mut self, leaf: &Leaf) {
        leaf.prev_intent.map(|intent| self.intents.remove(&intent));
        if leaf.phase == Phase::Intent.as_str()
            && let Ok(at) = text::read_instant(&leaf.at)
        {
            let intent = OpenIntent { seq: leaf.seq, at, verb: leaf.verb.clone(), object: leaf.object.clone() };
            self.intents.insert(leaf.seq, intent);
        }
    }

    pub(crate) fn problem(&mut self, seq: Option<u64>, what: impl Into<String>) {
        self.problems.push(AuditProblem { seq, what: what.into() });
    }

    /// Will hold the log against a head that somebody else has of it.
    pub(crate) fn look_for(&mut self, head: Head) {
        self.heads.push((head, (head.seq == 0).then_some(Head::GENESIS)));
    }

    /// Whether the log is the one of a head; `None` where the walk could not tell.
    pub(crate) fn held_against(&self, head: Head) -> Option<bool> {
        self.heads.iter().find(|(sought, _)| *sought == head)?.1.map(|ours| ours == head)
    }

    pub(crate) fn step(&mut self, seq: i64, row: &AnyRow) {
        let Ok(seq) = u64::try_from(seq) else {
            return self.problem(None, format!("An entry bears the number {seq}"));
        };
        self.entries += 1;
        if seq != self.last + 1 {
            self.problem(Some(self.last + 1), missing(self.last + 1, seq - 1));
            self.tree = None;
        }
        self.last = seq;
        match Stored::read(seq, row) {
            Ok(stored) => self.compare(stored),
            Err(error) => {
                self.problem(Some(seq), damaged("This entry cannot be read", &error));
                self.tree = None;
            }
        }
    }

    fn compare(&mut self, stored: Stored) {
        let seq = self.last;
        stored.leaf.iter().for_each(|leaf| self.note(leaf));
        let kept = leaf::node(&stored.nodes, 0);
        if kept.is_none() || stored.leaf.as_ref().and_then(|leaf| leaf.hash().ok()) != kept {
            self.problem(Some(seq), "This entry has been changed");
        }
        match stored.payload_holds() {
            Some(true) => {}
            None => self.erased += 1,
            Some(false) => self.problem(Some(seq), "Figures and reasons of this entry have been changed or taken away"),
        }
        let Some(tree) = &mut self.tree else { return };
        let due: Vec<u8> = tree.push(kept.unwrap_or(Hash([0; 32]))).iter().flat_map(|hash| hash.0).collect();
        let ours = Head::of(tree);
        self.heads.iter_mut().filter(|(head, _)| head.seq == seq).for_each(|(_, at)| *at = Some(ours));
        if due != stored.nodes {
            self.problem(Some(seq), "From this entry on the tree does not hold");
            self.tree = None;
        }
    }

    pub(crate) fn report(self) -> AuditReport {
        let hash = self.tree.as_ref().map_or(Digest([0; 32]), |tree| Head::of(tree).hash);
        let head = Head { seq: self.last, hash };
        AuditReport {
            entries: self.entries,
            erased: self.erased,
            open_intents: self.intents.into_values().collect(),
            head,
            problems: self.problems,
        }
    }
}

/// An entry as stored. Read as bytes first: an edited entry need not be UTF-8.
struct Stored {
    leaf: Option<Leaf>,
    nodes: Vec<u8>,
    salt: Option<Vec<u8>>,
    payload: Option<Vec<u8>>,
    erased: bool,
}

impl Stored {
    fn read(seq: u64, row: &AnyRow) -> Result<Self, sqlx::Error> {
        let optional = |name: &str| row.try_get::<Option<Vec<u8>>, _>(name);
        Ok(Self {
            leaf: read_leaf(seq, row)?,
            nodes: row.try_get("nodes")?,
            salt: optional("salt")?,
            payload: optional("payload")?,
            erased: optional("erased_at")?.is_some(),
        })
    }

    /// Whether the payload is the one committed to; `None` where it was forgotten.
    fn payload_holds(&self) -> Option<bool> {
        if self.erased && self.payload.is_none() {
            return None;
        }
        let salt = self.salt.as_deref().and_then(|salt| <[u8; 32]>::try_from(salt).ok());
        let (Some(salt), Some(payload), Some(leaf)) = (salt, &self.payload, &self.leaf) else { return Some(false) };
        Some(commitment(&salt, payload)[..] == leaf.commitment)
    }
}

/// `None` where a text is not UTF-8, which no entry is.
fn read_leaf(seq: u64, row: &AnyRow) -> Result<Option<Leaf>, sqlx::Error> {
    let mut texts = Vec::new();
    for name in ["at", "actor", "role", "org", "verb", "object", "agreement", "decision", "phase"] {
        texts.push(String::from_utf8(row.try_get(name)?).ok());
    }
    let texts: Option<Vec<String>> = texts.into_iter().collect();
    let prev_intent = row.try_get::<Option<i64>, _>("prev_intent")?;
    let (commitment, chained) = (row.try_get("commitment")?, row.try_get("chained")?);
    let Some(Ok([at, actor, role, org, verb, object, agreement, decision, phase])) = texts.map(<[String; 9]>::try_from)
    else {
        return Ok(None);
    };
    let prev_intent = prev_intent.map(u64::try_from).transpose().unwrap_or(Some(0));
    Ok(Some(Leaf {
        seq,
        at,
        actor,
        role,
        org,
        verb,
        object,
        agreement,
        decision,
        phase,
        prev_intent,
        commitment,
        chained,
    }))
}

fn missing(first: u64, last: u64) -> String {
    if first == last { format!("Entry {first} is missing") } else { format!("Entries {first} to {last} are missing") }
}
