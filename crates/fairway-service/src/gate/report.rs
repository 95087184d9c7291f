//! The gate report: what every rule said of an extract, with the figures it went by, signed by the processing centre.

use std::fs;
use std::path::Path;

use fairway_domain::{ExtractFacts, Fault, FaultExt, FigureFacts, GroupFacts};
use fairway_governance::gate::Outcome;
use fairway_log::{PrivateKey, PublicKey, Signs};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::manifest::Manifest;
use crate::{Service, VerbError, VerbResult};

/// What every rule said.
pub const GATE_REPORT: &str = "gate-report.json";
/// The key that signed it, a blank, and the signature.
pub const GATE_SIGNATURE: &str = "gate-report.sig";
/// What is signed begins with this line.
const PURPOSE: &str = "fairway gate report v1";
/// What the signing key is made of, beside the processing centre's own.
const KEY: &[u8] = b"fairway gate report signing key v1";

/// The report as it is written.
#[derive(Debug, Serialize)]
struct GateReport<'a> {
    release: &'a str,
    agreement: &'a str,
    recipient: &'a str,
    dataset: &'a str,
    judged_at: &'a str,
    passed: bool,
    rules: Vec<Value>,
    figures: Value,
}

/// A report whose signature holds.
#[derive(Debug, Clone)]
pub struct VerifiedReport {
    /// The key that signed it.
    pub key: String,
    /// The report.
    pub report: Value,
}

/// Writes report and signature into a folder.
pub(super) fn write(
    service: &Service,
    folder: &Path,
    manifest: &Manifest,
    (outcomes, facts): (&[Outcome], &ExtractFacts),
) -> Result<(), Fault> {
    const WHAT: &str = "gate report cannot be written";
    let report = GateReport {
        release: &manifest.release,
        agreement: &manifest.agreement,
        recipient: &manifest.recipient,
        dataset: &manifest.dataset,
        judged_at: &manifest.created_at,
        passed: outcomes.iter().all(|outcome| outcome.reasons.is_empty()),
        rules: outcomes.iter().map(rule).collect(),
        figures: figures(facts),
    };
    let mut bytes = serde_json::to_vec_pretty(&report).fault(WHAT)?;
    bytes.push(b'\n');
    let key = service.gate_key()?;
    fs::write(folder.join(GATE_REPORT), &bytes).fault(WHAT)?;
    fs::write(folder.join(GATE_SIGNATURE), format!("{} {}\n", key.public().to_text(), key.sign(PURPOSE, &bytes)))
        .fault(WHAT)
}

fn rule(outcome: &Outcome) -> Value {
    let reasons: Vec<Value> = outcome
        .reasons
        .iter()
        .map(|reason| json!({ "reason": reason.rule, "why": reason.why, "next": reason.what_to_do }))
        .collect();
    json!({
        "rule": outcome.rule, "title": outcome.title, "passed": reasons.is_empty(), "reasons": reasons,
        "remarks": outcome.remarks,
    })
}

fn figures(facts: &ExtractFacts) -> Value {
    let files = facts.files.iter().map(|file| {
        json!({ "name": file.name, "rows": file.rows, "columns": file.columns.len(), "bytes": file.bytes, "cells_sha256": file.content.to_string() })
    });
    json!({
        "files": files.collect::<Vec<_>>(),
        "pseudonyms": facts.pseudonyms,
        "births": {
            "people_with_ages": facts.births.people, "narrowest_days": facts.births.narrowest,
            "people_below_limit": facts.births.below,
        },
        "groups": groups(&facts.groups),
        "own_people": facts.own.as_ref().map(groups),
        "table": facts.figures.as_ref().map(table),
    })
}

fn table(table: &FigureFacts) -> Value {
    json!({
        "profile": table.profile, "numbers": table.numbers, "small": table.small, "withheld": table.withheld,
        "held_against_tables": table.held_against, "narrowed": table.narrowed, "untrue": table.untrue,
    })
}

fn groups(groups: &GroupFacts) -> Value {
    json!({
        "columns": groups.columns, "people": groups.people, "smallest": groups.smallest, "below_limit": groups.below,
        "alone": groups.alone,
    })
}

impl Service {
    /// The key that signs gate reports, made of the processing centre's own.
    fn gate_key(&self) -> Result<PrivateKey, Fault> {
        let secret = self.keyholder.secret(fairway_domain::port::CentreSecret::ProcessingCentreKey)?;
        let mut hasher = Sha256::new();
        hasher.update(KEY);
        hasher.update(secret.as_slice());
        PrivateKey::new("fairway-gate", Signs::Notes, hasher.finalize().into()).fault("gate report cannot be signed")
    }
}

pub(super) fn verify(service: &Service, folder: &Path, key: Option<&str>) -> VerbResult<VerifiedReport> {
    const WHAT: &str = "The gate report cannot be verified";
    let missing =
        |_| VerbError::refused(WHAT, "The folder has no gate report with its signature", "Name a release's folder");
    let bytes = fs::read(folder.join(GATE_REPORT)).map_err(missing)?;
    let signature = fs::read_to_string(folder.join(GATE_SIGNATURE)).map_err(missing)?;
    let key = match key {
        None => service.gate_key()?.public().clone(),
        Some(text) => PublicKey::parse(text)
            .map_err(|_| VerbError::refused(WHAT, "The key named is none", "Ask the processing centre for its key"))?,
    };
    let signed =
        signature.trim().split_once(' ').is_some_and(|(_, signature)| key.has_signed(PURPOSE, &bytes, signature));
    if !signed {
        return Err(VerbError::refused(
            WHAT,
            "It was changed, or signed by somebody else",
            "Ask the processing centre to send the release again",
        ));
    }
    let report = serde_json::from_slice(&bytes).fault("gate report cannot be read")?;
    Ok(VerifiedReport { key: key.to_text(), report })
}
