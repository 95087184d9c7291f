//! The JSON API: the same verbs as everywhere, for people with a token. Each route says in the OpenAPI document
//! (`x-fairway-verb`) which verb of the permission table it is; the service asks whether whoever calls may.
//!
//! *Invariant:* what is not there and what must not be told of have the same answer, byte for byte.

mod body;
mod caller;
mod centre;
mod deliveries;
#[expect(unused_qualifications, reason = "written by utoipa’s macro for the parameters")]
mod held;
mod outbox;
mod people;
mod problem;
mod releases;
#[expect(unused_qualifications, reason = "written by utoipa’s macro for the parameters")]
mod submissions;
mod types;

use axum::extract::DefaultBodyLimit;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Router, middleware};
use fairway_service::Service;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response};
use utoipa::{OpenApi, openapi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::guard;
use problem::Problem;

/// Where the API is.
pub const API: &str = "/api/v1";
/// Where its description is.
pub const OPENAPI: &str = "/api/v1/openapi.json";
/// Longest body that is no file, in bytes.
const LONGEST_BODY: usize = 256 * 1024;
/// Longest file that may be sent, in bytes, where nothing else is said.
pub const LARGEST_FILE: u64 = 4 * 1024 * 1024 * 1024;

/// What every route has.
#[derive(Clone)]
struct Api {
    /// Acts for nobody: each request has its own, for whoever calls.
    service: Service,
    largest_file: u64,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Fairway",
        version = "1",
        description = "Client level data of adult social care: files in, what waits for an organisation out, with a log. \
                       Every answer depends on who asks; x-fairway-verb names the row of the permission table.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(Problem)),
    tags(
        (name = "submissions", description = "Files that councils send"),
        (name = "outbox", description = "What waits to be fetched"),
        (name = "releases", description = "Extracts under agreements"),
        (name = "centre", description = "The processing centre: log, organisations, permissions"),
        (name = "people", description = "Who works with Fairway, in which role, with which tokens")
    )
)]
struct Description;

/// The API's routes with their description. Files of more than `largest_file` bytes are refused.
pub fn api(service: Service, largest_file: u64) -> Router {
    let (routes, description) = parts();
    let text = description.to_pretty_json().unwrap_or_default();
    let document = move || async move { ([(CONTENT_TYPE, "application/json")], text).into_response() };
    let routes = routes
        .route("/openapi.json", get(document))
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async { Problem::wrong_method() })
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(middleware::from_fn(guard::headers))
        .with_state(Api { service, largest_file });
    Router::new().nest(API, routes)
}

/// The OpenAPI document, as it is served.
pub fn openapi() -> openapi::OpenApi {
    parts().1
}

fn parts() -> (Router<Api>, openapi::OpenApi) {
    let routes = OpenApiRouter::new()
        .routes(routes!(submissions::list, submissions::land))
        .routes(routes!(submissions::show))
        .routes(routes!(submissions::findings))
        .routes(routes!(submissions::accept))
        .routes(routes!(submissions::held))
        .routes(routes!(submissions::approve_trace))
        .routes(routes!(submissions::reject_trace))
        .routes(routes!(outbox::list))
        .routes(routes!(outbox::content))
        .routes(routes!(releases::list, releases::run))
        .routes(routes!(releases::show))
        .routes(routes!(releases::gate_report))
        .routes(routes!(releases::rules))
        .routes(routes!(held::list, held::request))
        .routes(routes!(held::approve))
        .routes(routes!(held::reject))
        .routes(routes!(held::deliver))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::receipt))
        .routes(routes!(deliveries::recall))
        .routes(routes!(deliveries::resend))
        .routes(routes!(deliveries::stand_by))
        .routes(routes!(deliveries::due))
        .routes(routes!(centre::me))
        .routes(routes!(centre::organisations))
        .routes(routes!(centre::matrix))
        .routes(routes!(centre::entries))
        .routes(routes!(centre::verification))
        .routes(routes!(people::list, people::add))
        .routes(routes!(people::retire))
        .routes(routes!(people::grant))
        .routes(routes!(people::revoke))
        .routes(routes!(people::make_token))
        .routes(routes!(people::revoke_token));
    let (routes, described) = routes.split_for_parts();
    let mut description = Description::openapi().nest(API, described);
    for item in description.paths.paths.values_mut() {
        let each = [&mut item.get, &mut item.post, &mut item.put, &mut item.delete, &mut item.patch];
        each.into_iter().flatten().for_each(complete);
    }
    if let Some(components) = &mut description.components {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("fw_…").build();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
    (routes, description)
}

/// Adds what is the same for every operation: it needs a token, and these refusals.
fn complete(operation: &mut Operation) {
    operation.security = Some(vec![SecurityRequirement::new::<_, _, String>("token", [])]);
    for (status, description) in [
        ("400", "The request cannot be read"),
        ("401", "There is no token, or it is not good any more"),
        ("403", "No role of yours gives this"),
        ("404", "There is no such thing that you may see"),
        ("422", "Refused, with every reason"),
        ("500", "A fault of ours"),
    ] {
        let mut response = Response::new(description);
        let content = ContentBuilder::new().schema(Some(RefOr::Ref(Ref::from_schema_name("Problem")))).build();
        response.content.insert(problem::MEDIA_TYPE.into(), RefOr::T(content));
        operation.responses.responses.entry(status.into()).or_insert(RefOr::T(response));
    }
}
