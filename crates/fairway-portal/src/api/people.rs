use axum::Json;
use axum::http::StatusCode;
use fairway_domain::{AccountId, OrganisationCode};
use fairway_service::Role;
use jiff::Timestamp;

use super::caller::{Caller, Named, NamedPair, Sent};
use super::problem::Problem;
use super::types::{NewGrant, NewPerson, NewToken, Person, Token};

/// See who has an account and which roles.
#[utoipa::path(
    get, path = "/people", tag = "people",
    extensions(("x-fairway-verb" = json!("person.list"))),
    responses((status = 200, description = "By name", body = Vec<Person>))
)]
pub async fn list(caller: Caller) -> Result<Json<Vec<Person>>, Problem> {
    Ok(Json(caller.service.list_people().await?.into_iter().map(Person::from).collect()))
}

/// Add a person, who can do nothing until they are granted a role.
#[utoipa::path(
    post, path = "/people", tag = "people",
    extensions(("x-fairway-verb" = json!("person.add"))),
    request_body = NewPerson,
    responses((status = 201, description = "The person", body = Person))
)]
pub async fn add(caller: Caller, Sent(new): Sent<NewPerson>) -> Result<(StatusCode, Json<Person>), Problem> {
    let code = new.organisation.parse::<OrganisationCode>();
    let code = code.map_err(|error| Problem::malformed(error.to_string()))?;
    let person = caller.service.add_person(&caller.name, &new.name, code).await?;
    Ok((StatusCode::CREATED, Json(person.into())))
}

/// Grant a person a role.
#[utoipa::path(
    post, path = "/people/{person}/roles", tag = "people",
    params(("person" = String, Path, description = "The person’s identifier")),
    extensions(("x-fairway-verb" = json!("person.grant"))),
    request_body = NewGrant,
    responses((status = 200, description = "The person as they are now", body = Person))
)]
pub async fn grant(
    caller: Caller,
    Named(id): Named<AccountId>,
    Sent(new): Sent<NewGrant>,
) -> Result<Json<Person>, Problem> {
    let role = new.role.parse::<Role>().map_err(|error| Problem::malformed(error.to_string()))?;
    let time = |text: Option<String>| text.map(|text| text.parse::<Timestamp>()).transpose();
    let read = |text| time(text).map_err(|_| Problem::malformed("A time is written as 2026-04-01T00:00:00Z"));
    let times = (read(new.from)?, read(new.until)?);
    Ok(Json(caller.service.grant_role(&caller.name, id, role, times).await?.into()))
}

/// Take a role from a person, at once.
#[utoipa::path(
    delete, path = "/people/{person}/roles/{role}", tag = "people",
    params(
        ("person" = String, Path, description = "The person’s identifier"),
        ("role" = String, Path, description = "The role’s word")
    ),
    extensions(("x-fairway-verb" = json!("person.revoke"))),
    responses((status = 200, description = "The person as they are now", body = Person))
)]
pub async fn revoke(caller: Caller, NamedPair(id, role): NamedPair<AccountId, Role>) -> Result<Json<Person>, Problem> {
    Ok(Json(caller.service.revoke_role(&caller.name, id, role).await?.into()))
}

/// End a person’s account with its roles and tokens, at once.
#[utoipa::path(
    delete, path = "/people/{person}", tag = "people",
    params(("person" = String, Path, description = "The person’s identifier")),
    extensions(("x-fairway-verb" = json!("person.retire"))),
    responses((status = 204, description = "It has ended"))
)]
pub async fn retire(caller: Caller, Named(id): Named<AccountId>) -> Result<StatusCode, Problem> {
    caller.service.retire_person(&caller.name, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make a person a token. It is told in this answer alone.
#[utoipa::path(
    post, path = "/people/{person}/tokens", tag = "people",
    params(("person" = String, Path, description = "The person’s identifier")),
    extensions(("x-fairway-verb" = json!("token.make"))),
    request_body = NewToken,
    responses((status = 201, description = "The token", body = Token))
)]
pub async fn make_token(
    caller: Caller,
    Named(id): Named<AccountId>,
    Sent(new): Sent<NewToken>,
) -> Result<(StatusCode, Json<Token>), Problem> {
    let made = caller.service.make_token(&caller.name, id, new.days).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Revoke a token, at once.
#[utoipa::path(
    delete, path = "/tokens/{token}", tag = "people",
    params(("token" = String, Path, description = "The part of it that is shown")),
    extensions(("x-fairway-verb" = json!("token.revoke"))),
    responses((status = 204, description = "It is good no more"))
)]
pub async fn revoke_token(caller: Caller, Named(token): Named<String>) -> Result<StatusCode, Problem> {
    caller.service.revoke_token(&caller.name, &token).await?;
    Ok(StatusCode::NO_CONTENT)
}
