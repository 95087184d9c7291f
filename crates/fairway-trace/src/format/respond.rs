use std::io::{Read, Seek, Write};
use std::panic::resume_unwind;

use super::defect::ReadError;
use super::reply::{ResponseWriter, TraceReply};
use super::request::{RequestReader, TraceRequest};
use super::write::Written;
use crate::{Answer, Query};

/// Requests that a thread takes at a time.
const PORTION: usize = 4_096;

/// How a file was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Answered {
    /// What was written.
    pub written: Written,
    /// Requests for whom one person was found.
    pub found: u64,
    /// Requests that were not traced because of their form.
    pub at_fault: u64,
}

/// Answers every request of a file, in its order, on this many threads; the same bytes are written whatever their number.
/// `trace` asks the register: `|query| tracer.trace(query)`. A request at fault is answered with its code.
///
/// # Errors
/// When the requests cannot be read or the responses not written; what was written by then is not to be used.
pub fn respond<'r, R: Read + Seek, W: Write>(
    mut requests: RequestReader<R>,
    mut responses: ResponseWriter<W>,
    threads: usize,
    trace: impl Fn(&Query<'_>) -> Answer<'r> + Sync,
) -> Result<(W, Answered), ReadError> {
    let mut answered = Answered::default();
    loop {
        let portion = requests.by_ref().take(PORTION * threads.max(1)).collect::<Result<Vec<_>, _>>()?;
        if portion.is_empty() {
            break;
        }
        answered.at_fault += portion.iter().filter(|request| request.defect.is_some()).count() as u64;
        for reply in replies(portion, &trace) {
            answered.found += u64::from(reply.outcome.is_found());
            responses.write(&reply)?;
        }
    }
    let (out, written) = responses.finish()?;
    Ok((out, Answered { written, ..answered }))
}

/// The replies to a portion, in its order, one thread for each full part of it.
fn replies<'r>(portion: Vec<TraceRequest>, trace: &(impl Fn(&Query<'_>) -> Answer<'r> + Sync)) -> Vec<TraceReply> {
    let mut portion = portion.into_iter();
    std::thread::scope(|scope| {
        let mut parts = Vec::new();
        loop {
            let part: Vec<TraceRequest> = portion.by_ref().take(PORTION).collect();
            if part.is_empty() {
                break;
            }
            parts.push(scope.spawn(move || part.into_iter().map(|request| reply(request, trace)).collect::<Vec<_>>()));
        }
        let ended = parts.into_iter().map(|part| part.join());
        ended.flat_map(|replies| replies.unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}

fn reply<'r>(request: TraceRequest, trace: &impl Fn(&Query<'_>) -> Answer<'r>) -> TraceReply {
    if request.defect.is_some() {
        return TraceReply::untraced(request);
    }
    let answer = trace(&request.query());
    TraceReply::new(request, &answer)
}
