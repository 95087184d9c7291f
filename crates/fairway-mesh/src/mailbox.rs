use std::fmt;

use reqwest::Method;
use serde::Deserialize;

use crate::receive::Received;
use crate::send::MessageId;
use crate::wire::{Answer, Call, Wire};
use crate::{MeshCode, MeshError, MeshSettings};

/// Most message identifiers of one page of an inbox.
const PAGE: &str = "500";

/// One mailbox of the exchange.
pub struct MeshMailbox {
    pub(crate) wire: Wire,
}

/// Where a message that was sent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tracking {
    /// Its state.
    pub state: TrackingState,
    /// What is wrong with it, where something is.
    pub code: Option<MeshCode>,
}

/// The states of a message that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrackingState {
    /// The exchange waits for more chunks.
    Uploading,
    /// It is in the recipient's mailbox; nobody has fetched it.
    Accepted,
    /// The recipient has fetched it. That says nothing about what the recipient thinks of it.
    Acknowledged,
    /// The recipient did not fetch it in time.
    Undeliverable,
    /// The exchange could not deliver it.
    Failed,
}

#[derive(Deserialize)]
struct InboxPage {
    messages: Vec<String>,
    #[serde(default)]
    links: Links,
}

#[derive(Deserialize, Default)]
struct Links {
    #[serde(default)]
    next: Option<String>,
}

#[derive(Deserialize)]
struct TrackingPage {
    status: String,
    #[serde(default)]
    status_code: Option<String>,
}

impl MeshMailbox {
    /// Makes a mailbox ready; speaks to nobody yet.
    ///
    /// # Errors
    /// When the settings do not hold together.
    pub fn new(settings: MeshSettings) -> Result<Self, MeshError> {
        Wire::new(settings).map(|wire| Self { wire })
    }

    /// Shows that the exchange can be reached and knows this mailbox. To be done once a day.
    ///
    /// # Errors
    /// When it cannot be reached, does not know the mailbox, or the certificates do not agree.
    pub async fn handshake(&self) -> Result<(), MeshError> {
        let headers = vec![
            ("mex-clientversion", concat!("fairway==", env!("CARGO_PKG_VERSION")).to_owned()),
            ("mex-osname", std::env::consts::OS.to_owned()),
            ("mex-osversion", "unstated".to_owned()),
            ("mex-osarchitecture", std::env::consts::ARCH.to_owned()),
        ];
        self.wire.call(&Call { headers, ..Call::new(Method::POST, &[]) }).await.map(drop)
    }

    /// Where a message that this mailbox sent stands.
    ///
    /// # Errors
    /// When the exchange cannot be asked, or has no such message from this mailbox.
    pub async fn track(&self, message: &MessageId) -> Result<Tracking, MeshError> {
        let query = [("messageID", message.as_str())];
        let call = Call { query: &query, ..Call::new(Method::GET, &["outbox", "tracking"]) };
        let page: TrackingPage = json(&self.wire.call(&call).await?)?;
        let state = match page.status.to_ascii_lowercase().as_str() {
            "uploading" => TrackingState::Uploading,
            "accepted" => TrackingState::Accepted,
            "acknowledged" => TrackingState::Acknowledged,
            "undeliverable" => TrackingState::Undeliverable,
            "error" => TrackingState::Failed,
            _ => return Err(MeshError::Strange("a status of a message that is not known")),
        };
        let code = page.status_code.filter(|code| !matches!(code.as_str(), "" | "00"));
        Ok(Tracking { state, code: code.map(|code| MeshCode::of(&code)) })
    }

    /// Every message that waits for this mailbox, the oldest first as the exchange gives them.
    ///
    /// # Errors
    /// When the exchange cannot be asked.
    pub async fn inbox(&self) -> Result<Vec<MessageId>, MeshError> {
        let mut messages = Vec::new();
        let mut from: Option<String> = None;
        loop {
            let query: Vec<(&str, &str)> = [("max_results", PAGE)]
                .into_iter()
                .chain(from.iter().map(|from| ("continue_from", from.as_str())))
                .collect();
            let call = Call { query: &query, ..Call::new(Method::GET, &["inbox"]) };
            let page: InboxPage = json(&self.wire.call(&call).await?)?;
            let next = page.links.next.as_deref().and_then(continue_from);
            if page.messages.is_empty() {
                return Ok(messages);
            }
            for message in page.messages {
                messages.push(MessageId::parse(&message).ok_or(STRANGE_ID)?);
            }
            match next {
                Some(next) if from.as_ref() != Some(&next) => from = Some(next),
                _ => return Ok(messages),
            }
        }
    }

    /// Tells the exchange that a message need not be kept any longer. What is acknowledged is on disk, or is a report whose
    /// whole content the caller holds.
    ///
    /// # Errors
    /// When the exchange cannot be told.
    pub async fn acknowledge(&self, received: &Received) -> Result<(), MeshError> {
        let path = ["inbox", received.message.as_str(), "status", "acknowledged"];
        self.wire.call(&Call::new(Method::PUT, &path)).await.map(drop)
    }
}

pub(crate) const STRANGE_ID: MeshError = MeshError::Strange("a message identifier of another form");

pub(crate) fn json<T: for<'de> Deserialize<'de>>(answer: &Answer) -> Result<T, MeshError> {
    serde_json::from_slice(&answer.body).map_err(|_| MeshError::Strange("an answer that is not the JSON it should be"))
}

/// Where the next page of an inbox begins. Only this is taken of the link: whom we speak to is for the settings to say.
fn continue_from(link: &str) -> Option<String> {
    let anywhere = reqwest::Url::parse("http://localhost").ok()?;
    let link = anywhere.join(link).ok()?;
    link.query_pairs().find(|(name, _)| name == "continue_from").map(|(_, from)| from.into_owned())
}

impl fmt::Debug for MeshMailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeshMailbox").field("mailbox", &self.wire.settings().mailbox).finish_non_exhaustive()
    }
}
