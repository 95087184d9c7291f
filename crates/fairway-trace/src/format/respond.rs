use std::io::{Read, Seek, Write};

use super::defect::ReadError;
use super::reply::{ResponseWriter, TraceReply};
use super::request::{RequestReader, TraceRequest};
use super::write::Written;
use crate::{Answer, IndexError, Query, in_order};

/// Requests that a thread takes at a time.
const PORTION: usize = 1_024;

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
/// When the requests cannot be read, the register is damaged or the responses not written; what was written by then is not to be used.
pub fn respond<'r, R: Read + Seek + Send, W: Write + Send>(
    mut requests: RequestReader<R>,
    mut responses: ResponseWriter<W>,
    threads: usize,
    trace: impl Fn(&Query<'_>) -> Result<Answer<'r>, IndexError> + Sync,
) -> Result<(W, Answered), ReadError> {
    let mut answered = Answered::default();
    let next = || {
        let portion = requests.by_ref().take(PORTION).collect::<Result<Vec<_>, _>>()?;
        Ok((!portion.is_empty()).then_some(portion))
    };
    let work = |portion: Vec<TraceRequest>| {
        let at_fault = portion.iter().filter(|request| request.defect.is_some()).count() as u64;
        let replies = portion.into_iter().map(|request| reply(request, &trace)).collect::<Result<Vec<_>, _>>()?;
        Ok::<_, ReadError>((at_fault, replies))
    };
    in_order(threads, next, work, |(at_fault, replies)| {
        answered.at_fault += at_fault;
        for reply in replies {
            answered.found += u64::from(reply.outcome.is_found());
            responses.write(&reply)?;
        }
        Ok(())
    })?;
    let (out, written) = responses.finish()?;
    Ok((out, Answered { written, ..answered }))
}

fn reply<'r>(
    request: TraceRequest,
    trace: &impl Fn(&Query<'_>) -> Result<Answer<'r>, IndexError>,
) -> Result<TraceReply, IndexError> {
    if request.defect.is_some() {
        return Ok(TraceReply::untraced(request));
    }
    let answer = trace(&request.query())?;
    Ok(TraceReply::new(request, &answer))
}
