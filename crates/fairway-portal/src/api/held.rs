use axum::Json;
use axum::http::StatusCode;
use fairway_domain::ReleaseId;
use fairway_service::{ReleaseWish, ReleaseWord, Voice};
use serde::Deserialize;
use utoipa::IntoParams;

use super::caller::{Asked, Caller, Document, Named, Sent, read};
use super::problem::Problem;
use super::types::{Decision, HeldRelease};

/// Which extract of an agreement is wished.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wish {
    /// Which of the agreement’s datasets; its first where nothing is said.
    dataset: Option<String>,
    /// The dataset to link it with.
    with: Option<String>,
}

/// See which extracts wait or waited for approval.
#[utoipa::path(
    get, path = "/releases/held", tag = "releases",
    extensions(("x-fairway-verb" = json!("release.list"))),
    responses((status = 200, description = "Oldest first", body = Vec<HeldRelease>))
)]
pub async fn list(caller: Caller) -> Result<Json<Vec<HeldRelease>>, Problem> {
    Ok(Json(caller.service.held_releases().await?.into_iter().map(HeldRelease::from).collect()))
}

/// Have an extract made and held until it is approved. Whoever calls is who asks.
#[utoipa::path(
    post, path = "/releases/held", tag = "releases", params(Wish),
    extensions(("x-fairway-verb" = json!("release.request"))),
    request_body(content = String, content_type = "application/yaml", description = "The agreement"),
    responses((status = 201, description = "It is held", body = HeldRelease))
)]
pub async fn request(
    caller: Caller,
    Asked(wish): Asked<Wish>,
    Document(agreement): Document,
) -> Result<(StatusCode, Json<HeldRelease>), Problem> {
    let wish = ReleaseWish { agreement: &agreement, dataset: wish.dataset.as_deref(), with: wish.with.as_deref() };
    let held = caller.service.request_release(&caller.name, wish, Voice::default()).await?;
    Ok((StatusCode::CREATED, Json(held.into())))
}

/// Approve an extract that is held. Whoever calls is who approves.
#[utoipa::path(
    post, path = "/releases/{release}/approval", tag = "releases",
    params(("release" = String, Path, description = "Its identifier")),
    extensions(("x-fairway-verb" = json!("release.approve"))),
    request_body = Decision,
    responses((status = 200, description = "Where it stands now", body = HeldRelease))
)]
pub async fn approve(
    caller: Caller,
    Named(id): Named<ReleaseId>,
    Sent(word): Sent<Decision>,
) -> Result<Json<HeldRelease>, Problem> {
    decide(&caller, id, (true, word)).await
}

/// Reject an extract that is held; its files are taken away. Whoever calls is who rejects.
#[utoipa::path(
    post, path = "/releases/{release}/rejection", tag = "releases",
    params(("release" = String, Path, description = "Its identifier")),
    extensions(("x-fairway-verb" = json!("release.approve"))),
    request_body = Decision,
    responses((status = 200, description = "Where it stands now", body = HeldRelease))
)]
pub async fn reject(
    caller: Caller,
    Named(id): Named<ReleaseId>,
    Sent(word): Sent<Decision>,
) -> Result<Json<HeldRelease>, Problem> {
    decide(&caller, id, (false, word)).await
}

async fn decide(
    caller: &Caller,
    id: ReleaseId,
    (approved, word): (bool, Decision),
) -> Result<Json<HeldRelease>, Problem> {
    let content = word.manifest_sha256.as_deref().map(read).transpose()?;
    let word =
        ReleaseWord { who: Voice::default(), approved, content, reason: word.reason.as_deref().unwrap_or_default() };
    Ok(Json(caller.service.decide_release(&caller.name, id, word).await?.into()))
}

/// Deliver an extract that enough people have approved. Whoever calls is who delivers.
#[utoipa::path(
    post, path = "/releases/{release}/delivery", tag = "releases",
    params(("release" = String, Path, description = "Its identifier")),
    extensions(("x-fairway-verb" = json!("release.deliver"))),
    responses((status = 204, description = "It is in the outbox"))
)]
pub async fn deliver(caller: Caller, Named(id): Named<ReleaseId>) -> Result<StatusCode, Problem> {
    caller.service.deliver_release(&caller.name, id, Voice::default()).await?;
    Ok(StatusCode::NO_CONTENT)
}
