use axum::Json;
use axum::http::StatusCode;
use fairway_domain::ReleaseId;
use fairway_service::GATE_RULES;

use super::caller::{Asked, Caller, Document, Most, Named};
use super::problem::Problem;
use super::types::{GateReport, GateRule, MadeRelease, Release, ReleaseDetail};

/// See which extracts were released, and which were refused.
#[utoipa::path(
    get, path = "/releases", tag = "releases", params(Most),
    extensions(("x-fairway-verb" = json!("release.list"))),
    responses((status = 200, description = "Newest first", body = Vec<Release>))
)]
pub async fn list(caller: Caller, Asked(most): Asked<Most>) -> Result<Json<Vec<Release>>, Problem> {
    let all = caller.service.releases(most.lines() as usize).await?;
    Ok(Json(all.into_iter().map(Release::from).collect()))
}

/// Release an extract under an agreement, or hear every reason why not.
#[utoipa::path(
    post, path = "/releases", tag = "releases",
    extensions(("x-fairway-verb" = json!("release.run"))),
    request_body(content = String, content_type = "application/yaml", description = "The agreement"),
    responses((status = 201, description = "It is in the recipient’s outbox", body = MadeRelease))
)]
pub async fn run(caller: Caller, Document(agreement): Document) -> Result<(StatusCode, Json<MadeRelease>), Problem> {
    let report = caller.service.release(&caller.name, &agreement).await?;
    Ok((StatusCode::CREATED, Json(report.into())))
}

/// See one release, with what was done to it.
#[utoipa::path(
    get, path = "/releases/{release}", tag = "releases",
    params(("release" = String, Path, description = "Its identifier")),
    extensions(("x-fairway-verb" = json!("release.show"))),
    responses((status = 200, description = "Where it stands", body = ReleaseDetail))
)]
pub async fn show(caller: Caller, Named(id): Named<ReleaseId>) -> Result<Json<ReleaseDetail>, Problem> {
    Ok(Json(caller.service.release_shown(id).await?.into()))
}

/// See what the gate said of a release, as it was signed.
#[utoipa::path(
    get, path = "/releases/{release}/gate-report", tag = "releases",
    params(("release" = String, Path, description = "Its identifier")),
    extensions(("x-fairway-verb" = json!("release.show"))),
    responses((status = 200, description = "Every rule with what stands against it, and its figures", body = GateReport))
)]
pub async fn gate_report(caller: Caller, Named(id): Named<ReleaseId>) -> Result<Json<GateReport>, Problem> {
    Ok(Json(caller.service.gate_report(id).await?.into()))
}

/// See what the gate looks at.
#[utoipa::path(
    get, path = "/releases/rules", tag = "releases",
    extensions(("x-fairway-verb" = json!("signed-in"))),
    responses((status = 200, description = "In the order in which they are looked at", body = Vec<GateRule>))
)]
pub async fn rules(_caller: Caller) -> Json<Vec<GateRule>> {
    Json(GATE_RULES.iter().copied().map(GateRule::from).collect())
}
