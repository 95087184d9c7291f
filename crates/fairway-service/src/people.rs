//! The verbs about people who work with Fairway: who they are, what roles they have and for how long, their tokens. Rights
//! are read at each use, so that what is taken is gone at once.

use std::fmt::Write;

use fairway_domain::{AccountId, Digest, FaultExt, OrganisationCode, Refusal};
use fairway_governance::{Actor, HeldRole, Object, Role, Verb};
use fairway_store::{Account, AccountRole, AccountToken, AuditEvent};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{Service, VerbError, VerbResult};

/// Somebody who works with Fairway.
#[derive(Debug, Clone)]
pub struct Person {
    /// By which the log names them.
    pub id: AccountId,
    /// Their name.
    pub name: String,
    /// The organisation they act for.
    pub organisation: OrganisationCode,
    /// When the account was ended.
    pub retired_at: Option<Timestamp>,
    /// Roles that they have or will have.
    pub roles: Vec<PersonRole>,
    /// Tokens that are good.
    pub tokens: Vec<PersonToken>,
}

/// A role of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRole {
    /// The role.
    pub role: Role,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Option<Timestamp>,
    /// Who granted it.
    pub granted_by: String,
}

/// A token of a person, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonToken {
    /// The part of it that is shown.
    pub id: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// A token that was just made. Its text is nowhere else: the ledger keeps its SHA-256 alone.
pub struct NewToken {
    /// The whole token.
    pub text: String,
    /// The part of it that is shown.
    pub id: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

const NO_TOKEN: &str = "The token cannot be made";
const LONGEST_NAME: usize = 200;

impl Service {
    /// Who has this token, with the roles they have at this moment; nobody where it is unknown, expired or revoked, or the
    /// account has ended.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn sign_in(&self, token: &str) -> VerbResult<Option<Actor>> {
        let Some(token) = self.store.token_of_digest(&digest(token)).await? else { return Ok(None) };
        let now = self.clock.now();
        if token.revoked_at.is_some() || token.expires_at <= now {
            return Ok(None);
        }
        let Some(account) = self.store.account(token.account).await?.filter(|one| one.retired_at.is_none()) else {
            return Ok(None);
        };
        let held = held(&self.store.account_roles(account.id).await?);
        let mut roles: Vec<Role> = held.iter().filter(|one| one.at(now)).map(|one| one.role).collect();
        roles.sort_unstable();
        roles.dedup();
        Ok(Some(Actor { person: Some(account.id), organisation: Some(account.organisation), roles }))
    }

    /// Everybody whom whoever asks may see, by name.
    ///
    /// # Errors
    /// Refused to whoever may see nobody.
    pub async fn list_people(&self) -> VerbResult<Vec<Person>> {
        let reach = self.authorise(Verb::PersonList, Object::Several).await?;
        let accounts = self.store.accounts().await?;
        let mut people = Vec::new();
        for account in accounts.into_iter().filter(|one| reach.covers(&one.organisation)) {
            people.push(self.person(account).await?);
        }
        Ok(people)
    }

    /// Adds a person, who can do nothing yet.
    ///
    /// # Errors
    /// Refused without a name.
    pub async fn add_person(&self, actor: &str, name: &str, organisation: OrganisationCode) -> VerbResult<Person> {
        self.authorise(Verb::PersonAdd, Object::Of(&organisation)).await?;
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            let reason = format!("A name has 1 to {LONGEST_NAME} characters");
            return Err(VerbError::refused("The person cannot be added", reason, "Give the person’s name"));
        }
        let (id, added_at) = (AccountId::new(Uuid::now_v7()), self.clock.now());
        let account = Account { id, name, organisation, added_by: actor.into(), added_at, retired_at: None };
        let mut tx = self.begin("person.add").await?;
        tx.insert_account(&account).await?;
        let detail = json!({ "organisation": account.organisation.as_str() });
        tx.audit(about(actor, "PersonAdded", id, detail)).await?;
        tx.commit().await?;
        self.person(account).await
    }

    /// Grants a role from `from` (now where nothing is said) until `until`. One that they have for all that time already
    /// is not granted again.
    ///
    /// # Errors
    /// Refused with every reason: who grants, to whom, and roles that do not go together.
    pub async fn grant_role(
        &self,
        actor: &str,
        id: AccountId,
        role: Role,
        (from, until): (Option<Timestamp>, Option<Timestamp>),
    ) -> VerbResult<Person> {
        let account = self.authorised_account(Verb::PersonGrant, id).await?;
        let new = HeldRole { role, from: from.unwrap_or(self.clock.now()), until };
        let mut tx = self.begin("person.grant").await?;
        let held = held(&tx.account_roles(id).await?);
        let within = |one: &HeldRole| {
            let lasts = one.until.is_none_or(|end| new.until.is_some_and(|until| until <= end));
            one.role == role && one.from <= new.from && lasts
        };
        if held.iter().any(within) {
            tx.roll_back().await?;
            return self.person(account).await;
        }
        let mut reasons = self.permissions.against_grant(&self.actor, id, &new, &held);
        if account.retired_at.is_some() {
            reasons.push("The account has ended".into());
        }
        if !reasons.is_empty() {
            let detail = json!({ "role": role.as_str(), "reasons": reasons });
            tx.audit(about(actor, "RoleRefused", id, detail)).await?;
            tx.commit().await?;
            let next = "Choose another role or another person; fairway access matrix shows what goes together".into();
            return Err(Refusal { what: "The role cannot be granted".into(), reasons, next }.into());
        }
        let row = AccountRole { account: id, role: role.to_string(), from: new.from, until, granted_by: actor.into() };
        tx.grant_role(&Uuid::now_v7().to_string(), &row).await?;
        let until = until.map(|until| until.to_string());
        let detail = json!({ "role": role.as_str(), "from": new.from.to_string(), "until": until });
        tx.audit(about(actor, "RoleGranted", id, detail)).await?;
        tx.commit().await?;
        self.person(account).await
    }

    /// Takes a role from a person, at once.
    ///
    /// # Errors
    /// Refused where they do not have it, or whoever asks does not grant it.
    pub async fn revoke_role(&self, actor: &str, id: AccountId, role: Role) -> VerbResult<Person> {
        const WHAT: &str = "The role cannot be taken";
        let account = self.authorised_account(Verb::PersonRevoke, id).await?;
        if !self.permissions.may_grant(&self.actor, role) {
            let reason = format!("You do not grant the role {}", self.permissions.title(role));
            return Err(VerbError::refused(WHAT, reason, "Whoever grants a role takes it"));
        }
        let mut tx = self.begin("person.revoke").await?;
        if !tx.revoke_role(id, role.as_str(), actor).await? {
            tx.roll_back().await?;
            return Err(VerbError::refused(WHAT, "They do not have it", "See who has what: fairway person list"));
        }
        tx.audit(about(actor, "RoleRevoked", id, json!({ "role": role.as_str() }))).await?;
        tx.commit().await?;
        self.person(account).await
    }

    /// Ends an account with its roles and tokens, at once. One that has ended stays as it is.
    ///
    /// # Errors
    /// Refused where whoever asks does not grant the roles they have.
    pub async fn retire_person(&self, actor: &str, id: AccountId) -> VerbResult<()> {
        let account = self.authorised_account(Verb::PersonRetire, id).await?;
        self.grants_all(&account, "The account cannot be ended").await?;
        let mut tx = self.begin("person.retire").await?;
        if !tx.retire_account(id, actor).await? {
            return Ok(tx.roll_back().await?);
        }
        tx.audit(about(actor, "PersonRetired", id, json!({}))).await?;
        Ok(tx.commit().await?)
    }

    /// Makes a person a token that is good for so many days. It is told this once.
    ///
    /// # Errors
    /// Refused for an account that has ended, for too many days, and where whoever asks does not grant the roles they have.
    pub async fn make_token(&self, actor: &str, id: AccountId, days: Option<u32>) -> VerbResult<NewToken> {
        let account = self.authorised_account(Verb::TokenMake, id).await?;
        self.grants_all(&account, NO_TOKEN).await?;
        let terms = self.permissions.tokens();
        let days = days.unwrap_or(terms.days);
        let mut reasons = Vec::new();
        if account.retired_at.is_some() {
            reasons.push("The account has ended".to_owned());
        }
        if days == 0 || days > terms.longest_days {
            reasons.push(format!("A token is good for 1 to {} days", terms.longest_days));
        }
        if !reasons.is_empty() {
            let next = "Choose another person or fewer days".into();
            return Err(Refusal { what: NO_TOKEN.into(), reasons, next }.into());
        }
        let made_at = self.clock.now();
        let expires_at = made_at + SignedDuration::from_hours(24 * i64::from(days));
        let new = new_token(expires_at)?;
        let row = AccountToken { id: new.id.clone(), account: id, made_at, expires_at, revoked_at: None };
        let mut tx = self.begin("token.make").await?;
        tx.insert_token(&row, &digest(&new.text), actor).await?;
        let detail = json!({ "token": new.id, "expires": expires_at.to_string() });
        tx.audit(about(actor, "TokenMade", id, detail)).await?;
        tx.commit().await?;
        Ok(new)
    }

    /// Revokes a token, at once. One that was revoked stays so.
    ///
    /// # Errors
    /// When there is none of that name, or none that may be told of.
    pub async fn revoke_token(&self, actor: &str, token: &str) -> VerbResult<()> {
        self.authorise(Verb::TokenRevoke, Object::Several).await?;
        let missing = || VerbError::not_found("The token cannot be found", "There is none of that name", FIND);
        let found = self.store.token(token).await?.ok_or_else(missing)?;
        let account = self.store.account(found.account).await?.ok_or_else(missing)?;
        let object = format!("person:{}", account.id);
        self.authorise_of(Verb::TokenRevoke, &account.organisation, &object, missing()).await?;
        let mut tx = self.begin("token.revoke").await?;
        if !tx.revoke_token(token).await? {
            return Ok(tx.roll_back().await?);
        }
        tx.audit(about(actor, "TokenRevoked", account.id, json!({ "token": token }))).await?;
        Ok(tx.commit().await?)
    }

    async fn authorised_account(&self, verb: Verb, id: AccountId) -> VerbResult<Account> {
        self.authorise(verb, Object::Several).await?;
        let missing = || VerbError::not_found("The person cannot be found", "There is no such account", FIND);
        let account = self.store.account(id).await?.ok_or_else(missing)?;
        self.authorise_of(verb, &account.organisation, &format!("person:{id}"), missing()).await?;
        Ok(account)
    }

    /// Nobody acts for a person who has a role that they could not have given them.
    async fn grants_all(&self, account: &Account, what: &str) -> VerbResult<()> {
        let now = self.clock.now();
        let held = held(&self.store.account_roles(account.id).await?);
        let beyond = held.iter().filter(|one| one.until.is_none_or(|until| now < until));
        let beyond = beyond.filter(|one| !self.permissions.may_grant(&self.actor, one.role));
        let reasons: Vec<String> = beyond
            .map(|one| format!("They are {}, which you do not grant", self.permissions.title(one.role)))
            .collect();
        if reasons.is_empty() {
            return Ok(());
        }
        let next = "An administrator of the processing centre does it".into();
        Err(Refusal { what: what.into(), reasons, next }.into())
    }

    async fn person(&self, account: Account) -> VerbResult<Person> {
        let now = self.clock.now();
        let roles = self.store.account_roles(account.id).await?.into_iter().filter_map(|row| {
            let held = row.until.is_none_or(|until| now < until);
            let role = row.role.parse().ok().filter(|_| held)?;
            Some(PersonRole { role, from: row.from, until: row.until, granted_by: row.granted_by })
        });
        let roles = roles.collect();
        let mut tokens = self.store.account_tokens(account.id).await?;
        tokens.retain(|token| token.revoked_at.is_none() && now < token.expires_at);
        let tokens = tokens.into_iter().map(|token| PersonToken { id: token.id, expires_at: token.expires_at });
        Ok(Person {
            id: account.id,
            name: account.name,
            organisation: account.organisation,
            retired_at: account.retired_at,
            roles,
            tokens: tokens.collect(),
        })
    }
}

const FIND: &str = "See who there is: fairway person list";

/// Roles as the table reads them; words that it does not know give no right.
fn held(rows: &[AccountRole]) -> Vec<HeldRole> {
    let read = |row: &AccountRole| Some(HeldRole { role: row.role.parse().ok()?, from: row.from, until: row.until });
    rows.iter().filter_map(read).collect()
}

fn about(actor: &str, verb: &'static str, id: AccountId, detail: serde_json::Value) -> AuditEvent {
    AuditEvent { actor: actor.into(), verb, object: format!("person:{id}"), detail }
}

fn digest(token: &str) -> Digest {
    Digest(Sha256::digest(token.trim().as_bytes()).into())
}

/// `fw_`, eight digits by which it is named, and 256 random bits.
fn new_token(expires_at: Timestamp) -> VerbResult<NewToken> {
    let mut bytes = [0_u8; 36];
    getrandom::fill(&mut bytes).fault("random numbers cannot be had")?;
    let mut hex = String::with_capacity(72);
    for byte in bytes {
        write!(hex, "{byte:02x}").fault("token cannot be written")?;
    }
    let (id, secret) = hex.split_at(8);
    Ok(NewToken { text: format!("fw_{id}_{secret}"), id: id.to_owned(), expires_at })
}
