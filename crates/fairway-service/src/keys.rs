//! What the verbs ask of the keyholder: secrets for as long as a job takes, and keys whose commitment is in the log.

use fairway_deid::cipher::VaultKey;
use fairway_domain::port::{CentreSecret, KeyholderStatus};
use fairway_domain::{Fault, KeyDomain, KeyRecord, KeyState, Refusal};
use fairway_store::keys::ProcessingCentreKey;
use fairway_store::{AuditEvent, Tx};
use serde_json::json;

use crate::{Service, VerbResult};

impl Service {
    /// The key that wraps the keys of loads.
    pub(crate) fn vault_key(&self) -> Result<VaultKey, Fault> {
        VaultKey::read(&self.keyholder.secret(CentreSecret::VaultKey)?)
    }

    /// The key that opens sealed files.
    pub(crate) fn centre_key(&self) -> Result<ProcessingCentreKey, Fault> {
        ProcessingCentreKey::parse(&self.keyholder.secret(CentreSecret::ProcessingCentreKey)?)
    }

    /// Why nothing can be done with keys just now, if so.
    pub(crate) fn keys_away(&self) -> Option<Refusal> {
        let what = "Nothing can be done with keys now";
        match self.keyholder.status() {
            KeyholderStatus::Ready => None,
            KeyholderStatus::Sealed { needed, given, custodians } => Some(Refusal::new(
                what,
                format!("The keyholder is sealed: {given} of the {needed} custodians it takes have unlocked it"),
                format!(
                    "It is unlocked by {needed} of these: {}, with: fairway keyholder unlock",
                    custodians.join(", ")
                ),
            )),
            KeyholderStatus::Away { why } => Some(Refusal::new(
                what,
                format!("The keyholder does not answer: {why}"),
                "The operator of the processing centre starts it, and its custodians unlock it",
            )),
        }
    }

    /// The active key of a domain. One that is new is made, recorded with its commitment and canaries, and only then
    /// made active; one that was recorded must still be the same.
    ///
    /// # Errors
    /// Refused while the keyholder is sealed or away, and when the domain's key makes no pseudonyms any more.
    pub(crate) async fn active_key(&self, actor: &str, domain: &KeyDomain) -> VerbResult<KeyRecord> {
        if let Some(refusal) = self.keys_away() {
            return Err(refusal.into());
        }
        let key = self.keyholder.prepare(domain)?;
        match self.store.pseudonym_key(&key.key_id).await? {
            Some(recorded) => same_key(&recorded, &key)?,
            None => {
                let mut tx = self.store.tx("key.prepare", self.clock.now()).await?;
                tx.insert_pseudonym_key(&key).await?;
                record(
                    &mut tx,
                    actor,
                    "PseudonymKeyMade",
                    &key,
                    json!({
                        "commitment": key.commitment.to_string(),
                        "canaries": key.canaries.iter().map(|canary| canary.0.as_str()).collect::<Vec<_>>(),
                    }),
                )
                .await?;
                tx.commit().await?;
            }
        }
        match key.state {
            KeyState::PreActive => self.move_key(actor, &key, KeyState::Active, json!({})).await,
            KeyState::Active => Ok(key),
            KeyState::VerifyOnly | KeyState::Destroyed => Err(Refusal::new(
                "No pseudonyms can be made",
                format!("The key of {domain} is {}", key.state),
                "Name the next key_epoch in the agreement's document, and have it signed again",
            )
            .into()),
        }
    }

    /// Moves a key to another state, in the log first where bytes are lost, else in the keyholder first: cut off in
    /// between, the move is simply asked for again.
    pub(crate) async fn move_key(
        &self,
        actor: &str,
        key: &KeyRecord,
        state: KeyState,
        detail: serde_json::Value,
    ) -> VerbResult<KeyRecord> {
        let verb = match state {
            KeyState::PreActive | KeyState::Active => "PseudonymKeyActivated",
            KeyState::VerifyOnly => "PseudonymKeyRetired",
            KeyState::Destroyed => "PseudonymKeyDestroyed",
        };
        let destroying = state == KeyState::Destroyed;
        if !destroying {
            self.keyholder.set_state(&key.key_id, state)?;
        }
        let mut tx = self.store.tx("key.move", self.clock.now()).await?;
        tx.set_key_state(&key.key_id, state).await?;
        record(&mut tx, actor, verb, key, detail).await?;
        tx.commit().await?;
        if destroying {
            self.keyholder.set_state(&key.key_id, state)?;
        }
        Ok(KeyRecord { state, ..key.clone() })
    }
}

async fn record(
    tx: &mut Tx,
    actor: &str,
    verb: &'static str,
    key: &KeyRecord,
    mut detail: serde_json::Value,
) -> Result<(), Fault> {
    detail["domain"] = key.domain.name.as_str().into();
    detail["epoch"] = key.domain.epoch.into();
    tx.audit(AuditEvent { actor: actor.into(), verb, object: format!("key:{}", key.key_id), detail }).await
}

/// The key that the keyholder holds must be the one that was recorded: its commitment and its canaries are made anew
/// each time the keyholder opens it.
fn same_key(recorded: &KeyRecord, held: &KeyRecord) -> Result<(), Fault> {
    let same =
        recorded.domain == held.domain && recorded.commitment == held.commitment && recorded.canaries == held.canaries;
    if same {
        return Ok(());
    }
    Err(Fault::new(format!("key {} is another than the one recorded in the log", held.key_id)))
}
