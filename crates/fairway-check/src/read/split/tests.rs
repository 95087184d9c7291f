use proptest::prelude::*;

use super::*;

fn cells(text: &str) -> (Split, Vec<String>, Vec<Flaw>) {
    let mut splitter = Splitter::new(b',');
    splitter.look(text.as_bytes());
    let split = splitter.split(text.as_bytes(), 0, true);
    let cells = splitter.spans.iter().map(|s| text[s.start as usize..s.end as usize].to_owned()).collect();
    (split, cells, splitter.flaws.iter().map(|f| f.flaw).collect())
}

#[test]
fn a_plain_record_is_split_at_its_commas() {
    let (split, cells, flaws) = cells("a,,c\r\nnext");
    assert_eq!(cells, ["a", "", "c"]);
    assert!(flaws.is_empty());
    assert_eq!(split, Split::Record { length: 4, next: 6, end: LineEnd::CrLf, inner_lines: 0 });
}

#[test]
fn a_quoted_cell_may_hold_commas_quotes_and_line_ends() {
    let (split, cells, flaws) = cells("\"a,\"\"b\"\"\r\nc\",d\n");
    assert_eq!(cells, ["a,\"\"b\"\"\r\nc", "d"]);
    assert!(flaws.is_empty());
    assert!(matches!(split, Split::Record { inner_lines: 1, .. }));
}

#[test]
fn stray_quotes_and_text_after_a_closing_quote_are_noted_and_swallow_nothing() {
    let (_, first, flaws) = cells("5\" pipe,b\n");
    assert_eq!((first, flaws), (vec!["5\" pipe".into(), "b".into()], vec![Flaw::QuoteStray]));
    let (_, second, flaws) = cells("\"a\"x\"y\",b\n");
    assert_eq!((second, flaws), (vec!["\"a\"x\"y\"".into(), "b".into()], vec![Flaw::QuoteStray]));
}

#[test]
fn a_quote_that_swallows_lines_and_closes_on_another_cells_quote_is_no_opening_quote() {
    assert_eq!(cells("a,\"b\nc,\"d\",e\n").0, Split::NotAQuote { at: 2, seen: 7 });
    assert_eq!(cells("a,\"b\nc,d\n").0, Split::NotAQuote { at: 2, seen: 9 });
}

#[test]
fn a_carriage_return_at_the_edge_of_what_was_read_waits_for_more() {
    let mut splitter = Splitter::new(b',');
    splitter.look(b"a,b\r");
    assert_eq!(splitter.split(b"a,b\r", 0, false), Split::More { quote: None });
    assert!(matches!(splitter.split(b"a,b\r", 0, true), Split::Record { end: LineEnd::Cr, next: 4, .. }));
}

proptest! {
    #[test]
    fn well_formed_records_come_back_as_they_were_written(
        rows in proptest::collection::vec(proptest::collection::vec("[ab,\"\n\r ]{0,6}", 2..5), 1..5)
    ) {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let mut splitter = Splitter::new(b',');
        splitter.look(&bytes);
        let mut at = 0;
        for row in &rows {
            let Split::Record { next, .. } = splitter.split(&bytes[at..], at, true) else {
                return Err(TestCaseError::fail("no record"));
            };
            let got: Vec<String> = splitter.spans.iter().map(|s| {
                let text = std::str::from_utf8(&bytes[at..][s.start as usize..s.end as usize]).unwrap();
                if s.doubled { text.replace("\"\"", "\"") } else { text.to_owned() }
            }).collect();
            prop_assert_eq!(&got, row);
            prop_assert!(splitter.flaws.is_empty());
            at += next;
        }
        prop_assert_eq!(at, bytes.len());
    }
}
