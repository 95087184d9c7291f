//! The status page and the API on the command line.

use std::net::SocketAddr;

use clap::Args;

use super::Data;

#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub data: Data,
    /// Where the status page and the API are served
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Longest file that the API takes, in MiB
    #[arg(long, default_value_t = crate::commands::LARGEST_FILE_MIB, value_name = "MIB")]
    pub largest_file: u64,
}
