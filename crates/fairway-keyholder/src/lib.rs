//! The keyholder: a process of its own that alone holds keys, and the client that speaks to it.
//!
//! - [`KeyFolder`]: where the keys lie, apart from the data; every secret in it is wrapped by a root key that is on no disk.
//! - [`found`]: makes the keys of a processing centre, and splits the root key among custodians.
//! - [`Server`]: answers one user of this machine on a Unix socket; sealed until enough custodians have unlocked it.
//! - [`KeyholderClient`]: the port `Keyholder` over that socket.
//!
//! *Invariant:* the keyholder sees uids and pseudonyms, never a row and never an identifier; a frame it cannot read is
//! refused. *Invariant:* a key is on disk before anybody is told of it.

mod client;
mod custody;
mod folder;
mod keeper;
mod keyfile;
mod memory;
mod server;
mod wire;

pub use client::KeyholderClient;
pub use custody::{Custodian, DEFAULT_WORK_FACTOR, FEWEST, LEAST_PASSPHRASE, MOST, found};
pub use folder::KeyFolder;
pub use memory::{Locked, leave_no_dump, lock_memory};
pub use server::Server;
