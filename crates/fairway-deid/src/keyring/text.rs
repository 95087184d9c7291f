//! A keyring as it is written down: JSON, every secret wrapped.

use std::collections::BTreeMap;

use fairway_domain::{Digest, Fault, FaultExt, KeyDomain, KeyRecord, Pseudonym};
use serde::{Deserialize, Serialize};

use super::held::HeldKey;
use super::root::RootKey;

const VERSION: u32 = 1;
const ALGORITHM: &str = "AES-256-SIV";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RingText {
    version: u32,
    keys: Vec<KeyRow>,
    secrets: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyRow {
    key_id: String,
    domain: String,
    epoch: u32,
    algorithm: String,
    state: String,
    commitment: String,
    canaries: Vec<String>,
    wrapped: Option<String>,
}

pub(super) fn read(root: &RootKey, text: &str) -> Result<(Vec<HeldKey>, BTreeMap<String, String>), Fault> {
    let ring: RingText = serde_json::from_str(text).map_err(|_| Fault::new("keyring cannot be read"))?;
    if ring.version != VERSION {
        return Err(Fault::new("keyring has an unknown version"));
    }
    let keys = ring.keys.into_iter().map(|row| {
        let wrapped = row.wrapped.clone();
        HeldKey::open(root, record(row)?, wrapped.as_deref())
    });
    Ok((keys.collect::<Result<_, _>>()?, ring.secrets))
}

pub(super) fn write<'a>(
    root: &RootKey,
    keys: impl Iterator<Item = &'a HeldKey>,
    secrets: &BTreeMap<String, String>,
) -> Result<String, Fault> {
    let keys = keys.map(|key| {
        let record = &key.record;
        Ok(KeyRow {
            key_id: record.key_id.clone(),
            domain: record.domain.name.clone(),
            epoch: record.domain.epoch,
            algorithm: ALGORITHM.into(),
            state: record.state.as_str().into(),
            commitment: record.commitment.to_string(),
            canaries: record.canaries.iter().map(|canary| canary.0.clone()).collect(),
            wrapped: key.wrapped(root)?,
        })
    });
    let ring = RingText { version: VERSION, keys: keys.collect::<Result<_, Fault>>()?, secrets: secrets.clone() };
    serde_json::to_string_pretty(&ring).fault("keyring cannot be written")
}

fn record(row: KeyRow) -> Result<KeyRecord, Fault> {
    let key_id = row.key_id;
    if row.algorithm != ALGORITHM {
        return Err(Fault::new(format!("key {key_id} is for another algorithm")));
    }
    let damaged = |_| Fault::new(format!("key {key_id} is damaged"));
    let (state, commitment) = (row.state.parse().map_err(damaged)?, row.commitment.parse::<Digest>().map_err(damaged)?);
    let domain = KeyDomain { name: row.domain, epoch: row.epoch };
    let canaries = row.canaries.into_iter().map(Pseudonym).collect();
    Ok(KeyRecord { key_id, domain, state, commitment, canaries })
}
