//! Whatever is written is read back; whatever is read, however broken, is judged and never a panic.

use proptest::prelude::*;

use super::*;

const KEPT: [Detail; 6] =
    [Detail::NhsNumber, Detail::FamilyName, Detail::GivenName, Detail::Gender, Detail::DateOfBirth, Detail::Postcode];

fn details() -> impl Strategy<Value = Details> {
    let name = || "[A-Za-zÀ-ž'\", .;|-]{0,35}".prop_map(|name| name.trim().to_owned());
    let number = prop_oneof![Just(String::new()), (0u32..50).prop_map(|n| number(n).as_str().to_owned())];
    let date =
        prop_oneof!["", "19[0-9]{2}", "19[0-9]{2}(0[1-9]|1[0-2])", "19[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])"];
    let postcode = prop_oneof![Just(""), Just("LS1 4AP"), Just("ZZ99 3VZ")];
    (number, name(), name(), "[0129]?", date, postcode).prop_map(|(number, family, given, gender, born, postcode)| {
        let texts = [number, family, given, gender, born, postcode.to_owned()];
        KEPT.into_iter().zip(texts).fold(Details::default(), |details, (detail, text)| details.with(detail, text))
    })
}

fn requests() -> impl Strategy<Value = Vec<TraceRequest>> {
    proptest::collection::vec(details(), 0..8).prop_map(|all| {
        let numbered = all.into_iter().enumerate();
        numbered.map(|(n, asked)| TraceRequest { id: format!("R-{n}"), asked, defect: None }).collect()
    })
}

/// Reads bytes as everything they might be.
fn judge_all(bytes: &[u8]) {
    for format in Format::ALL {
        let layout = layout(format);
        if let Ok(requests) = RequestReader::open(Cursor::new(bytes), &layout, None) {
            requests.for_each(|request| drop(request.map(|request| request.query().nhs_number)));
        }
        if let Ok(replies) = ResponseReader::open(Cursor::new(bytes), &layout) {
            replies.for_each(drop);
        }
    }
}

proptest! {
    #[test]
    fn requests_written_are_the_requests_read(requests in requests()) {
        for format in Format::ALL {
            let layout = layout(format);
            let file = write_requests(&layout, &requests);
            let read = read_requests(&layout, &file).unwrap();
            prop_assert_eq!(&read, &requests, "{:?}", format);
            prop_assert_eq!(write_requests(&layout, &read), file);
        }
    }

    #[test]
    fn replies_written_are_the_replies_read(found in details(), score in 0u32..=1_000, which in 0usize..6) {
        let mut reply = replies().remove(which);
        let parts = [Some(f64::from(score) / 10.0), None, Some(0.0), None, None];
        if reply.number.is_some() {
            reply = TraceReply { found, score: Some(f64::from(score) / 1_000.0), parts, ..reply };
        }
        for format in Format::ALL {
            let layout = layout(format);
            let file = write_replies(&layout, std::slice::from_ref(&reply));
            let read = read_replies(&layout, &file).unwrap();
            prop_assert_eq!(read[0].number, reply.number);
            prop_assert_eq!(write_replies(&layout, &read), file, "{:?}", format);
        }
    }

    #[test]
    fn any_bytes_are_judged_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        judge_all(&bytes);
    }

    #[test]
    fn a_file_with_a_byte_changed_taken_out_or_put_in_is_judged_without_panic(
        format in proptest::sample::select(Format::ALL.to_vec()),
        at in any::<proptest::sample::Index>(),
        byte in any::<u8>(),
        how in 0..3,
    ) {
        let layout = layout(format);
        for mut file in [write_requests(&layout, &[asked("1"), asked("2")]), write_replies(&layout, &replies())] {
            let at = at.index(file.len());
            match how {
                0 => file[at] = byte,
                1 => drop(file.remove(at)),
                _ => file.insert(at, byte),
            }
            judge_all(&file);
        }
    }

    #[test]
    fn any_text_is_judged_as_a_layout_without_panic(text in "[ a-z:\\-{}\\[\\]\"\n]{0,200}") {
        let _ = Layout::parse(&text);
    }
}
