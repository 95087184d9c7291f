//! Our reader and two independent ones (the csv crate; csv-core, driven field by field) read the same cells.

use proptest::prelude::*;

/// A cell as somebody might write it.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9 .;|/é€-]{0,12}".prop_map(|text| text.trim_start_matches(['-', '=', '+', '@', '|']).to_owned()),
        "[a-z ,\"\n\r]{0,12}".prop_map(|text| format!("\"x{}\"", text.replace('"', "\"\""))),
        Just("\"\"".to_owned()),
    ]
}

fn file() -> impl Strategy<Value = Vec<u8>> {
    let end = prop_oneof![Just("\n"), Just("\r\n"), Just("\r")];
    (1usize..7, end, any::<bool>()).prop_flat_map(|(width, end, ends)| {
        let row = proptest::collection::vec(cell(), width);
        proptest::collection::vec(row, 1..20).prop_map(move |rows| {
            let header = (0..width).map(|at| format!("column {at}")).collect::<Vec<_>>().join(",");
            let lines = rows.iter().map(|row| row.join(","));
            let text = std::iter::once(header).chain(lines).collect::<Vec<_>>().join(end);
            let text = if ends { text + end } else { text };
            text.into_bytes()
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn three_readers_agree_on_every_file_that_is_accepted(bytes in file()) {
        fairway_proof::table(&bytes);
    }

    #[test]
    fn any_bytes_keep_every_promise(bytes in proptest::collection::vec(prop_oneof![
        4 => prop_oneof![Just(b','), Just(b'"'), Just(b'\n'), Just(b'\r'), Just(b'a'), Just(b' ')],
        1 => any::<u8>(),
    ], 0..120)) {
        fairway_proof::TARGETS.iter().for_each(|(_, target)| target(&bytes));
    }
}
