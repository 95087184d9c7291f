use axum::Json;
use axum::http::StatusCode;
use fairway_domain::ReleaseId;

use super::LONGEST_BODY;
use super::caller::{Asked, Caller, Most, Named};
use super::problem::Problem;
use super::types::{MadeRelease, Release, ReleaseDetail};

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
pub async fn run(caller: Caller, body: axum::body::Bytes) -> Result<(StatusCode, Json<MadeRelease>), Problem> {
    if body.len() > LONGEST_BODY {
        return Err(Problem::too_large(LONGEST_BODY as u64));
    }
    let agreement = std::str::from_utf8(&body).map_err(|_| Problem::malformed("The agreement is not text in UTF-8"))?;
    let report = caller.service.release(&caller.name, agreement).await?;
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
