use axum::Json;
use fairway_service::{Role, Scope, Verb};

use super::caller::{Asked, Caller, Most};
use super::problem::Problem;
use super::types::{AuditVerification, Entry, Me, Organisation, Right};

/// Who you are here, and what you may do.
#[utoipa::path(
    get, path = "/me", tag = "centre",
    extensions(("x-fairway-verb" = json!("signed-in"))),
    responses((status = 200, description = "Your account, your roles today and your rights", body = Me))
)]
pub async fn me(caller: Caller) -> Json<Me> {
    let (actor, table) = (caller.service.actor(), caller.service.permissions());
    let widest = |verb: Verb| {
        let mine = actor.roles.iter().map(|role| (*role, table.cell(*role, verb)));
        mine.max_by_key(|(_, cell)| cell.scope).filter(|(_, cell)| cell.scope > Scope::None)
    };
    let right = |verb: &Verb| {
        let (role, cell) = widest(*verb)?;
        Some(Right { verb: verb.as_str(), role: role.as_str(), scope: cell.scope.as_str(), why: cell.why.to_owned() })
    };
    Json(Me {
        person: actor.person.map(|id| id.to_string()).unwrap_or_default(),
        organisation: actor.organisation.as_ref().map(ToString::to_string).unwrap_or_default(),
        roles: actor.roles.iter().map(|role: &Role| role.as_str()).collect(),
        may: Verb::ALL.iter().filter_map(right).collect(),
    })
}

/// See the organisations.
#[utoipa::path(
    get, path = "/organisations", tag = "centre",
    extensions(("x-fairway-verb" = json!("organisation.list"))),
    responses((status = 200, description = "In the order of their codes", body = Vec<Organisation>))
)]
pub async fn organisations(caller: Caller) -> Result<Json<Vec<Organisation>>, Problem> {
    let all = caller.service.organisations().await?;
    let told = all.into_iter().map(|(code, name)| Organisation { code: code.to_string(), name });
    Ok(Json(told.collect()))
}

/// See who may do what.
#[utoipa::path(
    get, path = "/permissions", tag = "centre",
    extensions(("x-fairway-verb" = json!("access.matrix"))),
    responses((status = 200, description = "Each verb and role", body = Vec<Right>))
)]
pub async fn matrix(caller: Caller) -> Result<Json<Vec<Right>>, Problem> {
    let cells = caller.service.access_matrix().await?.into_iter().map(|cell| Right {
        verb: cell.verb.as_str(),
        role: cell.role.as_str(),
        scope: cell.scope.as_str(),
        why: cell.why,
    });
    Ok(Json(cells.collect()))
}

/// Read the log.
#[utoipa::path(
    get, path = "/audit/entries", tag = "centre", params(Most),
    extensions(("x-fairway-verb" = json!("audit.read"))),
    responses((status = 200, description = "Newest first", body = Vec<Entry>))
)]
pub async fn entries(caller: Caller, Asked(most): Asked<Most>) -> Result<Json<Vec<Entry>>, Problem> {
    let entries = caller.service.audit_entries(most.lines()).await?;
    Ok(Json(entries.into_iter().map(Entry::from).collect()))
}

/// Verify the whole log.
#[utoipa::path(
    get, path = "/audit/verification", tag = "centre",
    extensions(("x-fairway-verb" = json!("audit.verify"))),
    responses((status = 200, description = "Whether it is as it was written", body = AuditVerification))
)]
pub async fn verification(caller: Caller) -> Result<Json<AuditVerification>, Problem> {
    let status = caller.service.audit_verified().await?;
    let verified = status.problems.is_empty();
    Ok(Json(AuditVerification { verified, entries: status.entries, problems: status.problems }))
}
