//! One request and its answer: authorised, repeated while it may help, and no larger than it may be.

use std::error::Error;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Response, StatusCode, Url, redirect, tls};
use serde::Deserialize;

use crate::{MeshCode, MeshError, MeshSettings, Tls, authorise};

/// Most bytes of an answer: more than the 100 MB of one chunk.
const MOST_ANSWERED: usize = 128 << 20;
const LONGEST_WAIT: Duration = Duration::from_secs(60);
const CONNECT: Duration = Duration::from_secs(30);
/// How long a connection is kept for another request: less than servers keep theirs, lest one dies under a request.
const IDLE: Duration = Duration::from_secs(2);
/// The second version of the interface.
const VERSION: &str = "application/vnd.mesh.v2+json";

pub(crate) struct Wire {
    client: Client,
    root: Url,
    settings: MeshSettings,
}

/// A request below the mailbox.
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a [&'a str],
    pub(crate) query: &'a [(&'a str, &'a str)],
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl<'a> Call<'a> {
    pub(crate) fn new(method: Method, path: &'a [&'a str]) -> Self {
        Self { method, path, query: &[], headers: Vec::new(), body: Bytes::new() }
    }
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// A header's text, blank where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Wire {
    pub(crate) fn new(settings: MeshSettings) -> Result<Self, MeshError> {
        let wrong = |text: &str| MeshError::Settings(text.to_owned());
        let root = Url::parse(&settings.url).map_err(|_| wrong("url is not an address"))?;
        let builder = Client::builder()
            .user_agent(concat!("fairway/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .timeout(settings.patience.timeout);
        let here = matches!(root.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        let builder = match (&settings.tls, root.scheme()) {
            (Some(tls), "https") => trusting(builder, tls)?,
            (None, "http") if here => builder,
            (None, "https") => return Err(wrong("certificates are needed")),
            _ => return Err(wrong("url must begin with https")),
        };
        if !(1..=MeshSettings::MAX_CHUNK_BYTES).contains(&settings.chunk_bytes) {
            return Err(wrong("a chunk has 1 to 99,000,000 bytes before compression"));
        }
        let client = builder.build().map_err(|_| wrong("certificates or key cannot be used"))?;
        Ok(Self { client, root, settings })
    }

    pub(crate) fn settings(&self) -> &MeshSettings {
        &self.settings
    }

    /// Makes a request until it is answered with something other than a passing trouble, as often as patience lasts.
    pub(crate) async fn call(&self, call: &Call<'_>) -> Result<Answer, MeshError> {
        let patience = self.settings.patience;
        let mut wait = patience.first_wait;
        let mut attempt = 1;
        loop {
            let error = match self.once(call).await {
                Ok(answer) => return answer_or_refusal(answer),
                Err(error) => error,
            };
            if !error.may_pass() || attempt >= patience.attempts {
                return Err(error);
            }
            tracing::warn!(attempt, error = %error, "mesh request is tried again");
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
            attempt += 1;
        }
    }

    async fn once(&self, call: &Call<'_>) -> Result<Answer, MeshError> {
        let request = self.client.request(call.method.clone(), self.url(call)?).headers(self.headers(call)?);
        let response = request.body(call.body.clone()).send().await.map_err(of_the_network)?;
        let (status, headers) = (response.status(), response.headers().clone());
        if status.is_server_error() || matches!(status.as_u16(), 408 | 429) {
            return Err(MeshError::Unavailable(status.as_u16()));
        }
        Ok(Answer { status, headers, body: body(response).await? })
    }

    fn url(&self, call: &Call<'_>) -> Result<Url, MeshError> {
        let mut url = self.root.clone();
        let mailbox = ["messageexchange", self.settings.mailbox.as_str()];
        let wrong = || MeshError::Settings("url cannot have a path".into());
        url.path_segments_mut().map_err(|()| wrong())?.pop_if_empty().extend(mailbox).extend(call.path);
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        Ok(url)
    }

    /// The headers of one attempt: a token is valid once.
    fn headers(&self, call: &Call<'_>) -> Result<HeaderMap, MeshError> {
        let nonce = uuid::Uuid::new_v4().to_string();
        let token = authorise::header(&self.settings, &nonce, Timestamp::now());
        let token = token.and_then(|token| HeaderValue::from_str(&token).ok());
        let mut token = token.ok_or_else(|| MeshError::Settings("the shared key cannot be used".into()))?;
        token.set_sensitive(true);
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, token);
        headers.insert(ACCEPT, HeaderValue::from_static(VERSION));
        for (name, value) in &call.headers {
            let value = HeaderValue::from_str(value).map_err(|_| MeshError::Refused(MeshCode::Headers))?;
            headers.insert(HeaderName::from_static(name), value);
        }
        Ok(headers)
    }
}

fn trusting(builder: reqwest::ClientBuilder, tls: &Tls) -> Result<reqwest::ClientBuilder, MeshError> {
    let wrong = |text: &str| MeshError::Settings(text.to_owned());
    let authority = reqwest::Certificate::from_pem_bundle(&tls.authority).ok().filter(|certs| !certs.is_empty());
    let authority = authority.ok_or_else(|| wrong("the authority's file holds no certificate"))?;
    let mut identity = zeroize::Zeroizing::new(tls.certificate.clone());
    identity.push(b'\n');
    identity.extend_from_slice(tls.key.expose());
    let identity = reqwest::Identity::from_pem(&identity).map_err(|_| wrong("certificate or key cannot be read"))?;
    let builder = builder.tls_certs_only(authority).identity(identity);
    Ok(builder.https_only(true).tls_version_min(tls::Version::TLS_1_2))
}

async fn body(mut response: Response) -> Result<Bytes, MeshError> {
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(of_the_network)? {
        if body.len() + part.len() > MOST_ANSWERED {
            return Err(MeshError::Strange("an answer larger than a chunk may be"));
        }
        body.extend_from_slice(&part);
    }
    Ok(body.into())
}

fn of_the_network(error: reqwest::Error) -> MeshError {
    let mut source: Option<&(dyn Error + 'static)> = error.source();
    while let Some(cause) = source {
        if is_of_trust(cause) {
            return MeshError::Untrusted(error);
        }
        source = cause.source();
    }
    MeshError::Unreachable(error)
}

/// What rustls refuses arrives as invalid data, whichever side refused. One such error may hold another, which is not its
/// source.
fn is_of_trust(cause: &(dyn Error + 'static)) -> bool {
    let Some(cause) = cause.downcast_ref::<io::Error>() else { return false };
    let held = || cause.get_ref().is_some_and(|held| is_of_trust(held));
    cause.kind() == io::ErrorKind::InvalidData || held()
}

/// What the exchange says is wrong.
#[derive(Deserialize)]
struct Wrong {
    #[serde(default)]
    detail: Vec<WrongDetail>,
}

#[derive(Deserialize)]
struct WrongDetail {
    #[serde(default)]
    code: String,
}

fn answer_or_refusal(answer: Answer) -> Result<Answer, MeshError> {
    match answer.status.as_u16() {
        200..=299 => Ok(answer),
        401 | 403 => Err(MeshError::NotAuthorised),
        404 => Err(MeshError::NoSuchMessage),
        410 => Err(MeshError::Gone),
        423 => Err(MeshError::Closed),
        400..=499 => {
            let wrong: Option<Wrong> = serde_json::from_slice(&answer.body).ok();
            let code = wrong.and_then(|wrong| wrong.detail.into_iter().next()).map(|detail| detail.code);
            Err(MeshError::Refused(MeshCode::of(&code.unwrap_or_default())))
        }
        _ => Err(MeshError::Strange("an answer that is neither a success nor an error")),
    }
}
