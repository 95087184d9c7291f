#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fairway_proof::trace_answers(bytes));
