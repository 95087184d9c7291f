//! The verbs of a pseudonym key's life: listed, rotated, retired, destroyed. Making one is part of its first use.

use fairway_domain::{KeyDomain, KeyRecord, KeyState, Refusal};
use fairway_governance::{Object, Verb};
use serde_json::json;

use crate::{Service, VerbError, VerbResult};

/// A key as the log has it, held against the keyholder's.
#[derive(Debug, Clone)]
pub struct KeyStanding {
    /// What was recorded.
    pub recorded: KeyRecord,
    /// Its state in the keyholder; nothing where the keyholder was not asked or does not have it.
    pub held: Option<KeyState>,
    /// What does not agree, in a sentence without a full stop.
    pub differs: Option<String>,
}

impl Service {
    /// Every key that was recorded, by domain and epoch, held against what the keyholder has where it answers.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn keys(&self) -> VerbResult<Vec<KeyStanding>> {
        self.authorise(Verb::KeyList, Object::Centre).await?;
        let recorded = self.store.pseudonym_keys().await?;
        let held = if self.keys_away().is_none() { Some(self.keyholder.keys()?) } else { None };
        Ok(recorded.into_iter().map(|recorded| standing(recorded, held.as_deref())).collect())
    }

    /// Makes the agreement's next key active and the one before it verify-only; gives both. Cut off in between, the
    /// rotation is finished by asking again.
    ///
    /// # Errors
    /// Refused for the national repository, whose key is constant, and where there is no active key.
    pub async fn rotate_key(&self, actor: &str, agreement: &str) -> VerbResult<(KeyRecord, KeyRecord)> {
        self.authorise(Verb::KeyRotate, Object::Centre).await?;
        const WHAT: &str = "The key cannot be rotated";
        not_the_constant_one(WHAT, agreement)?;
        let mut active = self.store.pseudonym_keys().await?;
        active.retain(|key| key.domain.name == agreement && key.state == KeyState::Active);
        let next = |old: &KeyRecord| KeyDomain { name: agreement.to_owned(), epoch: old.domain.epoch + 1 };
        let (old, new) = match active.as_slice() {
            [] => {
                let why = format!("{agreement} has no active key");
                return Err(VerbError::refused(WHAT, why, "See what there is with: fairway keyholder keys"));
            }
            [old] => (old, self.active_key(actor, &next(old)).await?),
            [old, .., new] => (old, new.clone()),
        };
        let old = self.move_key(actor, old, KeyState::VerifyOnly, json!({ "followed_by": new.key_id })).await?;
        Ok((old, new))
    }

    /// Makes a key verify-only.
    ///
    /// # Errors
    /// Refused for the national repository, and where the key is in another state.
    pub async fn retire_key(&self, actor: &str, agreement: &str, epoch: u32) -> VerbResult<KeyRecord> {
        self.authorise(Verb::KeyRetire, Object::Centre).await?;
        const WHAT: &str = "The key cannot be retired";
        let key = self.recorded_key(WHAT, agreement, epoch).await?;
        self.may_move(WHAT, &key, KeyState::VerifyOnly)?;
        self.move_key(actor, &key, KeyState::VerifyOnly, json!({})).await
    }

    /// Destroys a retired key, which `two` different people ask for. What was recorded of it stays.
    ///
    /// # Errors
    /// Refused for the national repository, by one person alone, and where the key is in use.
    pub async fn destroy_key(
        &self,
        actor: &str,
        agreement: &str,
        epoch: u32,
        two: (&str, &str),
    ) -> VerbResult<KeyRecord> {
        self.authorise(Verb::KeyDestroy, Object::Centre).await?;
        const WHAT: &str = "The key cannot be destroyed";
        let (by, approved_by) = (two.0.trim(), two.1.trim());
        if by.is_empty() || by.to_lowercase() == approved_by.to_lowercase() {
            return Err(VerbError::refused(
                WHAT,
                "It takes two people, and the same one is named twice",
                "Ask somebody else to agree, and name them with --approved-by",
            ));
        }
        let key = self.recorded_key(WHAT, agreement, epoch).await?;
        self.may_move(WHAT, &key, KeyState::Destroyed)?;
        let detail = json!({ "by": by, "approved_by": approved_by });
        self.move_key(actor, &key, KeyState::Destroyed, detail).await
    }

    async fn recorded_key(&self, what: &str, agreement: &str, epoch: u32) -> VerbResult<KeyRecord> {
        not_the_constant_one(what, agreement)?;
        let domain = KeyDomain { name: agreement.to_owned(), epoch };
        let found = self.store.pseudonym_keys().await?.into_iter().find(|key| key.domain == domain);
        found.ok_or_else(|| {
            let next = "See what there is with: fairway keyholder keys";
            VerbError::refused(what, format!("No key of {domain} was ever made"), next)
        })
    }

    fn may_move(&self, what: &str, key: &KeyRecord, state: KeyState) -> VerbResult<()> {
        if let Some(refusal) = self.keys_away() {
            return Err(refusal.into());
        }
        if key.state.may_become(state) {
            return Ok(());
        }
        let why = format!("It is {} and cannot become {state}", key.state);
        Err(VerbError::refused(what, why, "A key is retired before it is destroyed; nothing comes back"))
    }
}

fn not_the_constant_one(what: &str, agreement: &str) -> Result<(), Refusal> {
    if agreement != KeyDomain::NATIONAL_REPOSITORY {
        return Ok(());
    }
    let why = "The national repository needs its pseudonyms to stay the same";
    Err(Refusal::new(what, why, "Name an agreement"))
}

fn standing(recorded: KeyRecord, held: Option<&[KeyRecord]>) -> KeyStanding {
    let Some(held) = held else { return KeyStanding { recorded, held: None, differs: None } };
    let same_id = held.iter().find(|key| key.key_id == recorded.key_id);
    let differs = match same_id {
        None => Some("The keyholder does not have it".into()),
        Some(key) if key.commitment != recorded.commitment || key.canaries != recorded.canaries => {
            Some("The keyholder has another key of this id".into())
        }
        Some(key) if key.state != recorded.state => {
            Some(format!("The keyholder has it as {}; ask again for what was begun", key.state))
        }
        Some(_) => None,
    };
    KeyStanding { held: same_id.map(|key| key.state), recorded, differs }
}
