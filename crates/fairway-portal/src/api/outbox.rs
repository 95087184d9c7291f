use axum::Json;
use axum::http::HeaderName;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::body;
use super::caller::{Asked, Caller, Most, Named};
use super::problem::Problem;
use super::types::OutboxFile;

/// The SHA-256 of the file, in hexadecimal digits.
const SHA256: HeaderName = HeaderName::from_static("x-fairway-sha256");

/// See what waits to be fetched.
#[utoipa::path(
    get, path = "/outbox", tag = "outbox", params(Most),
    extensions(("x-fairway-verb" = json!("outbox.list"))),
    responses((status = 200, description = "Newest first", body = Vec<OutboxFile>))
)]
pub async fn list(caller: Caller, Asked(most): Asked<Most>) -> Result<Json<Vec<OutboxFile>>, Problem> {
    let all = caller.service.outbox(most.lines() as usize).await?;
    Ok(Json(all.into_iter().map(OutboxFile::from).collect()))
}

/// Fetch a file of the outbox. The log has it before the first byte, and that it was collected after the last.
#[utoipa::path(
    get, path = "/outbox/{file}/content", tag = "outbox",
    params(("file" = i64, Path, description = "Its number in the list")),
    extensions(("x-fairway-verb" = json!("outbox.fetch"))),
    responses((
        status = 200, description = "The file", content_type = "application/octet-stream",
        headers(("x-fairway-sha256" = String, description = "SHA-256 of the file, in hexadecimal digits"))
    ))
)]
pub async fn content(caller: Caller, Named(id): Named<i64>) -> Result<Response, Problem> {
    let file = caller.service.fetch(&caller.name, id).await?;
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_LENGTH, file.bytes.to_string()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.name)),
        (SHA256, file.sha256),
    ];
    Ok((headers, body::file(&file.path, (id, file.bytes), caller).await?).into_response())
}
