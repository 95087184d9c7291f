use std::io::Read;

use fairway_domain::Fault;
use fairway_spec::Spec;

use crate::pass::Pass;
use crate::{CheckOptions, CheckSummary, FindingSink};

/// Checks a file against its specification. Findings go to `sink` in the order of the file; `progress` hears how many
/// bytes of the file as sent have been read, after each block.
///
/// # Errors
/// When the input cannot be read, the sink cannot write, or the specification contradicts itself. Bad data is no error.
pub fn check(
    input: impl Read,
    spec: &Spec,
    options: &CheckOptions,
    sink: &mut dyn FindingSink,
    progress: &mut dyn FnMut(u64),
) -> Result<CheckSummary, Fault> {
    let mut pass = Pass::open(input, spec, options, sink)?;
    #[cfg(not(target_arch = "wasm32"))]
    if options.threads > 1 {
        together::judge(&mut pass, options.threads, sink, progress)?;
    }
    alone(&mut pass, usize::MAX, sink, progress)?;
    let summary = pass.finish(sink)?;
    progress(summary.bytes);
    Ok(summary)
}

/// Judges at most so many blocks one after the other.
fn alone<R: Read>(
    pass: &mut Pass<'_, R>,
    most: usize,
    sink: &mut dyn FindingSink,
    progress: &mut dyn FnMut(u64),
) -> Result<(), Fault> {
    let mut examiner = pass.examiner(true);
    for _ in 0..most {
        let Some(block) = pass.next_block()? else { break };
        let outcome = examiner.examine(block, pass.known());
        pass.add(outcome, sink, Vec::new)?;
        progress(pass.bytes_read());
    }
    Ok(())
}

#[cfg(not(target_arch = "wasm32"))]
mod together {
    use std::io::Read;

    use fairway_domain::Fault;

    use crate::FindingSink;
    use crate::brief::Known;
    use crate::crew::{Board, with_crew};
    use crate::examiner::Examiner;
    use crate::outcome::Outcome;
    use crate::pass::Pass;
    use crate::read::Block;

    /// Blocks under way for each thread: one being judged, and the next.
    const AHEAD: usize = 2;

    type Job = (Block, Known);

    /// Judges all blocks, on this thread and others. The first block is judged before the others are handed out: after
    /// it, what is taken for known at a block's beginning is nearly always so.
    pub(super) fn judge<R: Read>(
        pass: &mut Pass<'_, R>,
        threads: usize,
        sink: &mut dyn FindingSink,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), Fault> {
        super::alone(pass, 1, sink, progress)?;
        let mut own = pass.examiner(true);
        let workers = (1..threads).map(|_| worker(pass.examiner(true))).collect();
        with_crew(workers, |board| lead(pass, board, (threads * AHEAD, &mut own), sink, progress))
    }

    fn worker(mut examiner: Examiner<'_>) -> impl FnMut(Job) -> Outcome + Send {
        move |(block, known)| examiner.examine(block, known)
    }

    fn lead<R: Read>(
        pass: &mut Pass<'_, R>,
        board: &Board<Job, Outcome>,
        (most, own): (usize, &mut Examiner<'_>),
        sink: &mut dyn FindingSink,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), Fault> {
        while !pass.is_stopped() {
            while board.pending() < most
                && let Some(block) = pass.next_block()?
            {
                board.put((block, pass.known()));
            }
            let Some(outcome) = board.take(|(block, known)| own.examine(block, known))? else { break };
            let recall = || board.recall(|(block, _)| block, |outcome| outcome.block);
            pass.add(outcome, sink, recall)?;
            progress(pass.bytes_read());
        }
        Ok(())
    }
}
