use std::path::PathBuf;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, StatusCode};
use fairway_domain::{OrganisationCode, Route, SubmissionId};
use fairway_service::LandRequest;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Api;
use super::body::reader;
use super::caller::{Asked, Caller, Most, Named};
use super::problem::Problem;
use super::types::{Finding, HeldTrace, Receipt, Submission, Trace};

/// See which files were sent.
#[utoipa::path(
    get, path = "/submissions", tag = "submissions", params(Most),
    extensions(("x-fairway-verb" = json!("submission.list"))),
    responses((status = 200, description = "Newest first", body = Vec<Submission>))
)]
pub async fn list(caller: Caller, Asked(most): Asked<Most>) -> Result<Json<Vec<Submission>>, Problem> {
    let all = caller.service.submissions(most.lines() as usize).await?;
    Ok(Json(all.into_iter().map(Submission::from).collect()))
}

/// What is said about a file.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct About {
    /// The sender’s code.
    organisation: String,
    /// The dataset it counts as until it is recognised; asc-cld where nothing is said.
    dataset: Option<String>,
    /// The dataset or specification it was made for, such as asc-cld/r2.
    specification: Option<String>,
    /// First day of the reporting period, for a dataset whose files do not say it.
    period_start: Option<String>,
    /// Last day of the reporting period.
    period_end: Option<String>,
}

impl About {
    fn request(self) -> Result<LandRequest, Problem> {
        let code = self.organisation.parse::<OrganisationCode>();
        let code = code.map_err(|error| Problem::malformed(error.to_string()))?;
        let dataset = self.dataset.unwrap_or_else(|| "asc-cld".into());
        let mut request = LandRequest::new(PathBuf::new(), code, dataset, Route::Portal);
        request.spec = self.specification;
        request.period = match (self.period_start.as_deref().map(day), self.period_end.as_deref().map(day)) {
            (None, None) => None,
            (Some(Some(first)), Some(Some(last))) => Some((first, last)),
            _ => return Err(Problem::malformed("A period has a first and a last day, such as 2026-04-01")),
        };
        Ok(request)
    }
}

fn day(text: &str) -> Option<Date> {
    text.parse().ok()
}

/// Send a file: the body is the file, as it is. The receipt comes once it is sealed and on disk.
#[utoipa::path(
    post, path = "/submissions", tag = "submissions", params(About),
    extensions(("x-fairway-verb" = json!("submission.land"))),
    request_body(content_type = "application/octet-stream", description = "The file"),
    responses(
        (status = 201, description = "The receipt", body = Receipt),
        (status = 200, description = "The receipt of before: the same bytes were sent already", body = Receipt),
        (status = 413, description = "The file is too large", body = Problem, content_type = "application/problem+json")
    )
)]
pub async fn land(
    State(api): State<Api>,
    caller: Caller,
    Asked(about): Asked<About>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Receipt>), Problem> {
    let request = about.request()?;
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > api.largest_file) {
        return Err(Problem::too_large(api.largest_file));
    }
    let (input, ending) = reader(body, api.largest_file, caller.rights);
    let landed = caller.service.land_stream(&caller.name, request, input).await;
    let receipt = landed.map_err(|error| ending.problem(api.largest_file).unwrap_or_else(|| error.into()))?;
    let status = if receipt.again { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(receipt.into())))
}

/// See where a file stands.
#[utoipa::path(
    get, path = "/submissions/{submission}", tag = "submissions",
    params(("submission" = String, Path, description = "The identifier on the receipt")),
    extensions(("x-fairway-verb" = json!("submission.show"))),
    responses((status = 200, description = "Where it stands", body = Submission))
)]
pub async fn show(caller: Caller, Named(id): Named<SubmissionId>) -> Result<Json<Submission>, Problem> {
    Ok(Json(caller.service.submission_status(id).await?.into()))
}

/// See what the check found in a file: by rule and column, no values.
#[utoipa::path(
    get, path = "/submissions/{submission}/findings", tag = "submissions",
    params(("submission" = String, Path, description = "The identifier on the receipt")),
    extensions(("x-fairway-verb" = json!("submission.findings"))),
    responses((status = 200, description = "Nothing where it was not checked yet", body = Vec<Finding>))
)]
pub async fn findings(caller: Caller, Named(id): Named<SubmissionId>) -> Result<Json<Vec<Finding>>, Problem> {
    Ok(Json(caller.service.findings(id).await?.into_iter().map(Finding::from).collect()))
}

/// Confirm what the check found, so that the file goes on.
#[utoipa::path(
    post, path = "/submissions/{submission}/acceptance", tag = "submissions",
    params(("submission" = String, Path, description = "The identifier on the receipt")),
    extensions(("x-fairway-verb" = json!("submission.accept"))),
    responses((status = 200, description = "Where it stands now", body = Submission))
)]
pub async fn accept(caller: Caller, Named(id): Named<SubmissionId>) -> Result<Json<Submission>, Problem> {
    caller.service.accept(&caller.name, id).await?;
    Ok(Json(caller.service.submission_status(id).await?.into()))
}

/// See which traces wait for a person.
#[utoipa::path(
    get, path = "/traces/held", tag = "submissions",
    extensions(("x-fairway-verb" = json!("trace.held"))),
    responses((status = 200, description = "Those that wait", body = Vec<HeldTrace>))
)]
pub async fn held(caller: Caller) -> Result<Json<Vec<HeldTrace>>, Problem> {
    Ok(Json(caller.service.held_traces().await?.into_iter().map(HeldTrace::from).collect()))
}

/// Take the answers of a trace that is held. Whoever calls is who decided.
#[utoipa::path(
    post, path = "/submissions/{submission}/trace/approval", tag = "submissions",
    params(("submission" = String, Path, description = "The identifier on the receipt")),
    extensions(("x-fairway-verb" = json!("trace.approve"))),
    responses((status = 200, description = "Where the trace stands now", body = Trace))
)]
pub async fn approve_trace(caller: Caller, Named(id): Named<SubmissionId>) -> Result<Json<Trace>, Problem> {
    Ok(Json(caller.service.approve_trace(&caller.name, &caller.name, id).await?.into()))
}

/// Have a trace made anew. Whoever calls is who decided.
#[utoipa::path(
    post, path = "/submissions/{submission}/trace/rejection", tag = "submissions",
    params(("submission" = String, Path, description = "The identifier on the receipt")),
    extensions(("x-fairway-verb" = json!("trace.reject"))),
    responses((status = 200, description = "Where the trace stands now", body = Trace))
)]
pub async fn reject_trace(caller: Caller, Named(id): Named<SubmissionId>) -> Result<Json<Trace>, Problem> {
    Ok(Json(caller.service.reject_trace(&caller.name, &caller.name, id).await?.into()))
}
