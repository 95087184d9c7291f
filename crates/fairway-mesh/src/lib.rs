//! Messages over MESH (Message Exchange for Social Care and Health), and batch traces by it.
//!
//! [`MeshMailbox`] is one mailbox: [`handshake`](MeshMailbox::handshake), [`send`](MeshMailbox::send),
//! [`track`](MeshMailbox::track), [`inbox`](MeshMailbox::inbox), [`receive`](MeshMailbox::receive),
//! [`acknowledge`](MeshMailbox::acknowledge). [`MeshTracing`] puts a mailbox behind the port of a tracing service.
//!
//! What is promised:
//! - A message is acknowledged only once it is on disk under its name: `acknowledge` takes what `receive` gave.
//! - A send or receive that was cut off goes on where it was, as often as needed: how far it came is in a file beside it.
//! - Only the certificate authority of the settings is trusted, and only this mailbox's server is spoken to.
//! - Names that travel outside the sealed content ([`Label`]) cannot hold an NHS number. Passwords and keys are wiped and
//!   never printed.
//!
//! *Delivered* is what MESH says when a message is in the recipient's mailbox, under the word SUCCESS. It says nothing about
//! whether the recipient could read it, let alone accept it.
//!
//! Source of the interface: NHS England, MESH API specification, commit 7cfdcc4 of 6 May 2026
//! (github NHSDigital/mesh-api-specification; MIT).

mod authorise;
mod code;
mod durable;
mod error;
mod journey;
mod label;
mod mailbox;
mod receive;
mod send;
mod settings;
mod tracing_service;
mod wire;

pub use code::MeshCode;
pub use error::MeshError;
pub use label::{Label, LabelError};
pub use mailbox::{MeshMailbox, Tracking, TrackingState};
pub use receive::{Content, Received, Report};
pub use send::{MessageId, Outgoing};
pub use settings::{MeshSettings, Patience, Secret, Tls};
pub use tracing_service::{MeshTracing, TraceRoute};
