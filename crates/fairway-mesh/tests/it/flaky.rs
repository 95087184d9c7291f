//! A stretch of bad network before the sandbox.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What happens to a request on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The server has a fault.
    Busy,
    /// It is lost.
    RequestLost,
    /// It arrives, and its answer is lost.
    AnswerLost,
}

pub struct Flaky {
    pub url: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Flaky {
    /// `troubles` says which requests, counted from 1, meet which trouble.
    pub fn before(server: &str, troubles: &'static [(usize, Trouble)]) -> Self {
        let server = server.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&heads);
        // Ends with the test's process.
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let request = read(&client);
                let number = {
                    let mut heads = kept.lock().unwrap();
                    heads.push(String::from_utf8_lossy(&request.0).into_owned());
                    heads.len()
                };
                let trouble = troubles.iter().find(|(at, _)| *at == number).map(|(_, trouble)| *trouble);
                pass(client, &server, &request, trouble);
            }
        });
        Self { url, heads }
    }

    /// Method and path of each request so far.
    pub fn requests(&self) -> Vec<String> {
        let first = |head: &String| head.lines().next().unwrap_or_default().replace(" HTTP/1.1", "");
        self.heads.lock().unwrap().iter().map(first).collect()
    }

    /// Everything but the contents.
    pub fn heads(&self) -> String {
        self.heads.lock().unwrap().concat()
    }
}

/// Head and body of one request.
fn read(mut client: &TcpStream) -> (Vec<u8>, Vec<u8>) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && client.read(&mut byte).unwrap_or_default() == 1 {
        head.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    client.read_exact(&mut body).unwrap();
    (head, body)
}

fn pass(mut client: TcpStream, server: &str, request: &(Vec<u8>, Vec<u8>), trouble: Option<Trouble>) {
    match trouble {
        Some(Trouble::RequestLost) => return,
        Some(Trouble::Busy) => {
            let busy = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            client.write_all(busy).unwrap();
            return;
        }
        Some(Trouble::AnswerLost) | None => {}
    }
    let head = request.0.strip_suffix(b"\r\n").unwrap();
    let mut server = TcpStream::connect(server).unwrap();
    server.write_all(&[head, b"connection: close\r\n\r\n", &request.1].concat()).unwrap();
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).unwrap();
    if trouble.is_none() {
        client.write_all(&answer).unwrap();
    }
}
