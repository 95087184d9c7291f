//! Requests of the batch trace.

use std::io::Cursor;
use std::sync::{Arc, LazyLock};

use fairway_trace::format::{Format, Layout, RequestReader};

static LAYOUTS: LazyLock<Vec<Arc<Layout>>> =
    LazyLock::new(|| Format::ALL.into_iter().filter_map(|format| Layout::of(format).ok().map(Arc::new)).collect());

/// Any file as a request in each layout: read to its end or refused, and the count that it states is the count read.
pub fn trace_request(bytes: &[u8]) {
    for layout in LAYOUTS.iter() {
        let Ok(requests) = RequestReader::open(Cursor::new(bytes), layout, None) else { continue };
        let stated = requests.envelope().records;
        let mut read = 0;
        for request in requests {
            if request.is_err() {
                return;
            }
            read += 1;
        }
        assert_eq!(read, stated, "other records than the envelope states");
    }
}
