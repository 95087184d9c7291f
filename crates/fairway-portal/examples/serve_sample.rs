//! Serves the status page with made-up figures, for the browser test and for whoever works on the pages:
//! `cargo run -p fairway-portal --example serve_sample -- [busy|bad|empty|broken] [PORT]`. It prints its address when it
//! is ready, and ends at Ctrl-C or when its standard input ends.

#[path = "../tests/sample/mod.rs"]
mod sample;

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use sample::Sample;

#[tokio::main]
async fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let sample = match arguments.next().as_deref() {
        None | Some("busy") => Sample::Busy,
        Some("bad") => Sample::Bad,
        Some("empty") => Sample::Empty,
        Some("broken") => Sample::Broken,
        Some(_) => return Err(io::Error::other("the sample is busy, bad, empty or broken")),
    };
    let port = arguments.next().map_or(Ok(0), |port| port.parse()).map_err(io::Error::other)?;
    let listener = fairway_portal::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    writeln!(io::stdout(), "http://{}", listener.local_addr()?)?;
    fairway_portal::serve_on(listener, Arc::new(sample), async {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            () = standard_input_ends() => {}
        }
    })
    .await
}

async fn standard_input_ends() {
    let (end, ended) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        io::copy(&mut io::stdin(), &mut io::sink()).ok();
        end.send(()).ok();
    });
    ended.await.ok();
}
