//! Who calls, and what they sent.

use axum::body::Bytes;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use fairway_domain::IdError;
use fairway_service::{Actor, Service};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::str::FromStr;
use utoipa::IntoParams;

use super::problem::Problem;
use super::{Api, LONGEST_BODY};

/// Whoever calls, by their token, with the rights they have now.
pub struct Caller {
    /// Acts for them.
    pub service: Service,
    /// How the log names them.
    pub name: String,
    pub rights: Rights,
}

/// Rights that can be looked at again while an answer is under way.
#[derive(Clone)]
pub struct Rights {
    service: Service,
    token: String,
    actor: Actor,
}

impl Rights {
    /// Whether they are what they were: nothing revoked, expired or granted since.
    pub async fn stand(&self) -> bool {
        matches!(self.service.sign_in(&self.token).await, Ok(Some(now)) if now == self.actor)
    }
}

impl FromRequestParts<Api> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let mut sent = parts.headers.get_all(AUTHORIZATION).iter();
        let (Some(one), None) = (sent.next(), sent.next()) else { return Err(Problem::signed_out()) };
        let text = one.to_str().unwrap_or_default();
        let (scheme, token) = text.split_once(' ').unwrap_or_default();
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Problem::signed_out());
        }
        let token = token.trim().to_owned();
        let actor = api.service.sign_in(&token).await?.ok_or_else(Problem::signed_out)?;
        let rights = Rights { service: api.service.clone(), token, actor: actor.clone() };
        Ok(Self { name: actor.to_string(), service: api.service.clone().acting(actor), rights })
    }
}

/// A part of the path that names a thing. What is no name of such a thing names nothing.
pub struct Named<T>(pub T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let name = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
        name.0.parse().map(Self).map_err(|_| Problem::not_found())
    }
}

/// Two parts of the path.
pub struct NamedPair<A, B>(pub A, pub B);

impl<A: FromStr, B: FromStr, S: Send + Sync> FromRequestParts<S> for NamedPair<A, B> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let names = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((one, two)) = names.map_err(|_| Problem::not_found())?;
        match (one.parse(), two.parse()) {
            (Ok(one), Ok(two)) => Ok(Self(one, two)),
            _ => Err(Problem::not_found()),
        }
    }
}

/// What stands behind the question mark, and nothing more.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let asked = Query::<T>::from_request_parts(parts, state).await;
        asked
            .map(|Query(asked)| Self(asked))
            .map_err(|_| Problem::malformed("What stands behind ? is not as described"))
    }
}

/// A body of JSON with the members described, and no others.
pub struct Sent<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(sent)) => Ok(Self(sent)),
            Err(JsonRejection::BytesRejection(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Problem::too_large(LONGEST_BODY as u64))
            }
            Err(_) => Err(Problem::malformed("The body is not JSON with the members described")),
        }
    }
}

/// A body that is a document in words, such as an agreement.
pub struct Document(pub String);

impl<S: Send + Sync> FromRequest<S> for Document {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state).await.map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(LONGEST_BODY as u64),
            _ => Problem::malformed("The body ended before it was whole"),
        })?;
        let text =
            String::from_utf8(bytes.into()).map_err(|_| Problem::malformed("The document is not text in UTF-8"))?;
        Ok(Self(text))
    }
}

/// What a text of a body or a query stands for, such as a code or SHA-256.
pub fn read<T: FromStr<Err = IdError>>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|error: IdError| Problem::malformed(error.to_string()))
}

/// How much of a list is asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Most {
    /// At most so many, newest first; 100 where nothing is said, never more than 10,000.
    limit: Option<u32>,
}

impl Most {
    pub fn lines(&self) -> u32 {
        self.limit.unwrap_or(100).min(10_000)
    }
}
