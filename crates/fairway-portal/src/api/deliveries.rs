use axum::Json;
use axum::http::StatusCode;
use fairway_domain::ReleaseId;
use fairway_service::Voice;

use super::caller::{Caller, Document, Named, Sent, read};
use super::problem::Problem;
use super::types::{Arrived, Delivery, Due, Standing, Why};

/// See which extracts were delivered, and where they stand.
#[utoipa::path(
    get, path = "/releases/delivered", tag = "releases",
    extensions(("x-fairway-verb" = json!("release.list"))),
    responses((status = 200, description = "In the order of the releases", body = Vec<Delivery>))
)]
pub async fn list(caller: Caller) -> Result<Json<Vec<Delivery>>, Problem> {
    Ok(Json(caller.service.release_deliveries().await?.into_iter().map(Delivery::from).collect()))
}

/// Say that an extract arrived whole. Whoever calls is who received it.
#[utoipa::path(
    post, path = "/releases/{release}/receipt", tag = "releases",
    params(("release" = String, Path, description = "Its identifier")),
    extensions(("x-fairway-verb" = json!("release.receipt"))),
    request_body = Arrived,
    responses((status = 200, description = "Where it stands now", body = Delivery))
)]
pub async fn receipt(
    caller: Caller,
    Named(id): Named<ReleaseId>,
    Sent(arrived): Sent<Arrived>,
) -> Result<Json<Delivery>, Problem> {
    let manifest = read(&arrived.manifest_sha256)?;
    Ok(Json(caller.service.receive_release(&caller.name, id, manifest, Voice::default()).await?.into()))
}

/// Take back an extract that was delivered.
#[utoipa::path(
    post, path = "/releases/{release}/recall", tag = "releases",
    params(("release" = String, Path, description = "Its identifier")),
    extensions(("x-fairway-verb" = json!("release.recall"))),
    request_body = Why,
    responses((status = 200, description = "It is out of the outbox; whoever fetched it is told to destroy it", body = Delivery))
)]
pub async fn recall(
    caller: Caller,
    Named(id): Named<ReleaseId>,
    Sent(why): Sent<Why>,
) -> Result<Json<Delivery>, Problem> {
    Ok(Json(caller.service.recall_release(&caller.name, id, &why.reason).await?.into()))
}

/// Put an extract into the outbox again that was not fetched in time or did not arrive.
#[utoipa::path(
    post, path = "/releases/{release}/resending", tag = "releases",
    params(("release" = String, Path, description = "Its identifier")),
    extensions(("x-fairway-verb" = json!("release.deliver"))),
    responses((status = 200, description = "The same bytes are there again", body = Delivery))
)]
pub async fn resend(caller: Caller, Named(id): Named<ReleaseId>) -> Result<Json<Delivery>, Problem> {
    Ok(Json(caller.service.resend_release(&caller.name, id).await?.into()))
}

/// Have an agreement release by itself, every so many months as its document says. Whoever calls is who asks.
#[utoipa::path(
    post, path = "/releases/standing", tag = "releases",
    extensions(("x-fairway-verb" = json!("release.request"))),
    request_body(content = String, content_type = "application/yaml", description = "The agreement"),
    responses((status = 201, description = "When it does so next", body = Standing))
)]
pub async fn stand_by(caller: Caller, Document(agreement): Document) -> Result<(StatusCode, Json<Standing>), Problem> {
    let standing = caller.service.stand_by(&caller.name, &agreement, Voice::default()).await?;
    Ok((StatusCode::CREATED, Json(standing.into())))
}

/// Do what has fallen due: what nobody fetched, standing agreements, keys of agreements that have ended.
#[utoipa::path(
    post, path = "/releases/due", tag = "releases",
    extensions(("x-fairway-verb" = json!("release.due"))),
    responses((status = 200, description = "What fell due and was done", body = Due))
)]
pub async fn due(caller: Caller) -> Result<Json<Due>, Problem> {
    Ok(Json(caller.service.release_due(&caller.name).await?.into()))
}
