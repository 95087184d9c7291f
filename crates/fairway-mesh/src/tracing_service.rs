use std::path::{Path, PathBuf};

use async_trait::async_trait;
use fairway_domain::port::{TraceHandover, TraceNews, TraceRefusal, TracingService};
use fairway_domain::{Fault, FaultExt};

use crate::journey::Headers;
use crate::{Content, Label, MeshCode, MeshError, MeshMailbox, MessageId, Outgoing, Received, TrackingState};

/// Where requests go and how responses are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceRoute {
    /// The tracing service's mailbox.
    pub to: Label,
    /// The workflow of a request, such as `SPINE_MPTPHASE4_TRACE`.
    pub workflow: Label,
    /// The workflow of a response, such as `SPINE_MPT_RESPONSE`.
    pub response_workflow: Label,
}

/// A tracing service at the other end of a mailbox.
///
/// The run's reference is the message's local identifier and, with `.csv`, its file name; the file is sent as it is. A
/// response is known by its workflow and by the run's reference in its local identifier, its file name or its subject (that
/// the national service repeats it in one of these is assumed). All other messages stay in the inbox.
pub struct MeshTracing {
    mailbox: MeshMailbox,
    route: TraceRoute,
    journals: PathBuf,
}

impl MeshTracing {
    /// Puts a mailbox behind the port. How far each run was sent is kept in the folder `journals`.
    pub fn new(mailbox: MeshMailbox, route: TraceRoute, journals: PathBuf) -> Self {
        Self { mailbox, route, journals }
    }

    /// The message of this run among those that were received before, or wait now. What waits is received and, once on
    /// disk, acknowledged.
    async fn response(&self, reference: &str, ticket: &str, into: &Path) -> Result<Option<Received>, MeshError> {
        let before = self.mailbox.received(into).await?;
        let mut response = before.into_iter().find(|message| self.is_of(&outside(message), reference, ticket));
        for message in self.mailbox.inbox().await? {
            let headers = match self.mailbox.outside(&message).await {
                Err(MeshError::Gone | MeshError::NoSuchMessage) => continue,
                other => other?,
            };
            if self.is_of(&headers, reference, ticket) {
                let received = self.mailbox.receive(&message, into).await?;
                self.mailbox.acknowledge(&received).await?;
                response.get_or_insert(received);
            }
        }
        Ok(response)
    }

    fn is_of(&self, headers: &Headers, reference: &str, ticket: &str) -> bool {
        if headers.report {
            return headers.linked_message == ticket || headers.local_id == reference;
        }
        let file = headers.file_name.strip_prefix(reference).filter(|rest| rest.is_empty() || rest.starts_with('.'));
        headers.workflow == self.route.response_workflow.as_str()
            && (file.is_some() || [&headers.local_id, &headers.subject].into_iter().any(|text| text == reference))
    }

    async fn tracked(&self, ticket: &str) -> Result<TraceNews, MeshError> {
        let Some(message) = MessageId::parse(ticket) else { return Ok(TraceNews::Nothing) };
        let tracking = match self.mailbox.track(&message).await {
            // The exchange forgets a message 30 days after it was delivered.
            Err(MeshError::NoSuchMessage | MeshError::Gone) => return Ok(TraceNews::Nothing),
            other => other?,
        };
        Ok(match tracking.state {
            TrackingState::Uploading | TrackingState::Accepted => TraceNews::Nothing,
            TrackingState::Acknowledged => TraceNews::Fetched,
            TrackingState::Undeliverable => TraceNews::NotFetched,
            TrackingState::Failed => refused_or_expired(tracking.code.unwrap_or(MeshCode::Other)),
        })
    }
}

#[async_trait]
impl TracingService for MeshTracing {
    async fn send(&self, reference: &str, request: &Path) -> Result<TraceHandover, Fault> {
        let label = |text: &str| Label::parse(text).fault("reference of a trace run cannot travel");
        let outgoing = Outgoing {
            to: self.route.to.clone(),
            workflow: self.route.workflow.clone(),
            file_name: label(&format!("{reference}.csv"))?,
            local_id: label(reference)?,
            subject: None,
        };
        let journal = self.journals.join(format!("{}.json", outgoing.local_id));
        match self.mailbox.send(request, &outgoing, &journal).await {
            Ok(message) => Ok(TraceHandover::Sent { ticket: message.to_string() }),
            Err(MeshError::Refused(code)) => Ok(TraceHandover::Refused(refusal(code))),
            Err(error) => Err(error.into()),
        }
    }

    async fn collect(&self, reference: &str, ticket: &str, into: &Path) -> Result<TraceNews, Fault> {
        let response = self.response(reference, ticket, into).await?;
        match response.map(|response| response.content) {
            Some(Content::File(path)) => Ok(TraceNews::Response(path)),
            Some(Content::Report(report)) => Ok(refused_or_expired(report.code)),
            None => Ok(self.tracked(ticket).await?),
        }
    }
}

fn refused_or_expired(code: MeshCode) -> TraceNews {
    if code == MeshCode::NotCollected { TraceNews::NotFetched } else { TraceNews::Refused(refusal(code)) }
}

fn refusal(code: MeshCode) -> TraceRefusal {
    TraceRefusal { code: code.digits().to_owned(), reason: code.says().to_owned() }
}

fn outside(message: &Received) -> Headers {
    let linked = match &message.content {
        Content::Report(report) => report.message.as_ref().map(MessageId::to_string),
        Content::File(_) => None,
    };
    Headers {
        workflow: message.workflow.clone(),
        file_name: message.file_name.clone(),
        local_id: message.local_id.clone(),
        subject: message.subject.clone(),
        report: matches!(message.content, Content::Report(_)),
        linked_message: linked.unwrap_or_default(),
        ..Headers::default()
    }
}
