use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;

use super::*;
use crate::open::open;

const SMALL: Limits = Limits { record_bytes: 200, file_bytes: 1 << 20, expansion: 200 };

/// A reader that gives at most `size` bytes at once.
struct Dribble<'a> {
    bytes: &'a [u8],
    size: usize,
}

impl Read for Dribble<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.size.min(buffer.len());
        self.bytes.read(&mut buffer[..size])
    }
}

fn collect<R: Read>(mut splitter: Splitter<R>) -> Vec<(u64, Result<Vec<u8>, UnreadableReason>)> {
    let mut documents = Vec::new();
    while let Some(document) = splitter.next_document().unwrap() {
        let content = document.content.map(<[u8]>::to_vec).map_err(|unreadable| {
            assert_eq!(unreadable.position, document.position);
            unreadable.reason
        });
        documents.push((document.position.offset, content));
    }
    assert!(splitter.next_document().unwrap().is_none());
    documents
}

fn split(bytes: &[u8]) -> Vec<(u64, Result<Vec<u8>, UnreadableReason>)> {
    collect(Splitter::new(bytes, &SMALL))
}

/// One line per document: its text, or the reason there is none.
fn shown(text: impl AsRef<[u8]>) -> String {
    let line = |(_, content): (u64, Result<Vec<u8>, UnreadableReason>)| match content {
        Ok(bytes) => String::from_utf8(bytes).unwrap(),
        Err(reason) => format!("! {reason}"),
    };
    split(text.as_ref()).into_iter().map(line).collect::<Vec<_>>().join("\n")
}

fn message(bytes: &[u8]) -> String {
    let mut splitter = Splitter::new(bytes, &SMALL);
    splitter.next_document().unwrap().unwrap().content.unwrap_err().to_string()
}

#[test]
fn every_list_of_records_gives_its_elements() {
    for input in [
        r#"{"Records":[{"a":1},{"b":[2]}]}"#,
        r#"{"Events":[{"a":1},{"b":[2]}],"NextToken":"x]}"}"#,
        r#"{"NextToken":{"x":["Records"]},"Messages" : [ {"a":1} , {"b":[2]} ] }"#,
        r#"[{"a":1},{"b":[2]}]"#,
        "{\"a\":1}\n{\"b\":[2]}\n",
        "\n\n{\"a\":1}\r\n\r\n{\"b\":[2]}",
        r#"{"a":1}{"b":[2]}"#,
        r#"{"Records":[{"a":1}]}{"Records":[{"b":[2]}]}"#,
        "{\"Records\":[{\"a\":1}],\"Events\":[{\"b\":[2]}]}",
        "\u{feff}{\"a\":1}\n\u{feff}{\"b\":[2]}",
        "[{\"a\":1}]\n[{\"b\":[2]}]",
    ] {
        assert_eq!(shown(input), "{\"a\":1}\n{\"b\":[2]}", "{input}");
    }
}

#[test]
fn a_pretty_printed_record_is_one_document() {
    let pretty = "{\n  \"eventVersion\": \"1.08\",\n  \"list\": [\n    {\n      \"a\": 1\n    }\n  ]\n}";
    assert_eq!(shown(pretty), pretty);
    assert_eq!(shown(format!("{{\"Records\": [\n{pretty},\n{pretty}\n]}}")), format!("{pretty}\n{pretty}"));
}

#[test]
fn strings_hide_brackets_and_escapes() {
    let tricky = r#"{"a":"}]{[\"\\","b":"\\\\\"","Records":"[{}]","c":"\"Records"}"#;
    assert_eq!(shown(tricky), tricky);
    assert_eq!(shown(format!("[{tricky},{tricky}]")), format!("{tricky}\n{tricky}"));
}

#[test]
fn only_the_key_at_the_top_opens_the_list() {
    let nested = r#"{"x":{"Records":[1,2]},"y":"Records","Records":null,"z":["Records",[3]]}"#;
    assert_eq!(shown(nested), nested);
}

#[test]
fn nothing_gives_nothing() {
    for input in ["", " \n\n", "\u{feff}", "{\"Records\":[]}", "[]", "{\"Events\":[],\"NextToken\":null}"] {
        assert_eq!(shown(input), "", "{input}");
    }
}

#[test]
fn other_values_in_a_list_are_documents_for_the_parser_to_refuse() {
    assert_eq!(shown(r#"[1,null,"a b",[{}],true]"#), "1\nnull\n\"a b\"\n[{}]\ntrue");
}

#[test]
fn a_large_record_is_skipped_and_the_next_is_read() {
    let large = format!("{{\"a\":\"{}\",\"b\":[{{}}]}}", "x\\\"".repeat(100));
    for input in
        [format!("{{\"Records\":[{{\"a\":1}},{large},{{\"b\":2}}]}}"), format!("{{\"a\":1}}\n{large}\n{{\"b\":2}}")]
    {
        assert_eq!(shown(input), "{\"a\":1}\n! too_large\n{\"b\":2}");
    }
}

#[test]
fn a_record_of_ten_megabytes_is_never_held() {
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(10 << 20));
    let input = format!("{{\"Records\":[{large},{{\"b\":2}}]}}");
    let mut splitter = Splitter::new(input.as_bytes(), &Limits::default());
    let first = splitter.next_document().unwrap().unwrap();
    assert_eq!(first.content.unwrap_err().reason, UnreadableReason::TooLarge);
    assert_eq!(splitter.next_document().unwrap().unwrap().content.unwrap(), b"{\"b\":2}");
    assert!(splitter.buffer.len() < (1 << 20) + 3 * CHUNK_BYTES, "{}", splitter.buffer.len());
}

#[test]
fn the_limit_itself_is_allowed() {
    let exact = format!("{{\"a\":\"{}\"}}", "x".repeat(192));
    assert_eq!(exact.len(), 200);
    assert_eq!(shown(&exact), exact);
    assert_eq!(shown(format!("{exact} ")), exact);
    assert_eq!(shown(exact.replacen('x', "xx", 1)), "! too_large");
}

#[test]
fn a_long_prefix_does_not_hide_the_list() {
    let input = format!("{{\"x\":\"{}\",\"Records\":[{{\"a\":1}}]}}", "y".repeat(500_000));
    assert_eq!(shown(input), "{\"a\":1}");
}

#[test]
fn a_broken_element_costs_only_itself() {
    let good = r#"{"eventVersion":"1.11","x":[{"y":1}]}"#;
    for broken in [
        r#"{"eventVersion":"1.11","x":[1,2}"#,
        r#"{"eventVersion":"1.11","x":{"y":1}"#,
        r#"{"eventVersion":"1.11","x":{"y":1]}"#,
        r#"{"eventVersion":"1.11,"x":{"y":1}}"#,
        r#"{"eventVersion":"1.11","x":nope}"#,
    ] {
        let list = format!("{{\"Records\":[{good},{broken},{good},{good}]}}");
        assert_eq!(shown(&list), format!("{good}\n! not_json\n{good}\n{good}"), "{list}");
        let lines = format!("{good}\n{broken}\n{good}\n{good}");
        assert_eq!(shown(&lines), format!("{good}\n! not_json\n{good}\n{good}"), "{lines}");
    }
}

#[test]
fn a_cut_line_costs_only_itself_wherever_it_is_cut() {
    let line = r#"{"eventVersion":"1.11","x":[{"y":1}],"z":"a b"}"#;
    for length in 1..line.len() {
        let (cut, _) = line.split_at(length);
        let found = shown(format!("{line}\n{cut}\n{line}\n{line}"));
        let ends = format!("! not_json\n{line}\n{line}");
        assert!(found.starts_with(line) && found.ends_with(&ends), "{cut}\n{found}");
    }
}

#[test]
fn an_input_that_ends_early_keeps_what_came_before() {
    let record = r#"{"eventVersion":"1.11"}"#;
    let list = format!("{{\"Records\":[{record},{record}]}}");
    for length in (list.find(record).unwrap() + record.len())..list.len() {
        let (cut, _) = list.split_at(length);
        let found = shown(cut);
        let complete = if length >= list.len() - 2 { format!("{record}\n{record}") } else { record.to_owned() };
        assert_eq!(found, format!("{complete}\n! not_json"), "{cut}");
    }
    assert_eq!(shown("{\"a\":1}\n{\"a\":"), "{\"a\":1}\n! not_json");
}

#[test]
fn lines_that_are_not_json_are_one_report() {
    let input = "{\"a\":1}\n# a comment\nNov 20 10:05:00 host {}\n{\"b\":2}\n";
    assert_eq!(shown(input), "{\"a\":1}\n! not_json\n{\"b\":2}");
}

#[test]
fn what_is_not_json_at_all_is_named() {
    insta::assert_snapshot!(message(b"  <!DOCTYPE html><html>{}</html>"), @"record 1 at byte 2: looks like HTML (an error or sign-in page?), not JSON; expected CloudTrail records (not_json)");
    insta::assert_snapshot!(message(b"<?xml version=\"1.0\"?><Error/>"), @"record 1 at byte 0: looks like XML (an error answer?), not JSON; expected CloudTrail records (not_json)");
    insta::assert_snapshot!(message(b"eventTime,eventName\n"), @"record 1 at byte 0: looks like plain text, not JSON; expected CloudTrail records (not_json)");
    insta::assert_snapshot!(message(b"PK\x03\x04abc"), @"record 1 at byte 0: looks like a zip archive; extract it and pass the files in it (not_json)");
    insta::assert_snapshot!(message(b"PAR1"), @"record 1 at byte 0: looks like Parquet; expected CloudTrail records as JSON (not_json)");
    insta::assert_snapshot!(message(b"\x1f\x8b\x08"), @"record 1 at byte 0: looks like gzip inside gzip; decompress it once and try again (not_json)");
    assert_eq!(shown("<html>\n{\"eventVersion\":\"1\"}\n{}\n</html>"), "! not_json");
}

#[test]
fn positions_count_from_one_and_point_at_the_start() {
    let mut splitter = Splitter::new(&b"{\"Records\":[ {\"a\":1},\n {]} ]}"[..], &SMALL);
    let first = splitter.next_document().unwrap().unwrap().position;
    assert_eq!(first, Position { ordinal: 1, offset: 13, part: 0 });
    let second = splitter.next_document().unwrap().unwrap().position;
    assert_eq!(second, Position { ordinal: 2, offset: 23, part: 0 });
}

#[test]
fn gzip_splits_as_plain_does() {
    let input = br#"{"Records":[{"a":1},{"b":2}]}"#;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(input).unwrap();
    let compressed = encoder.finish().unwrap();
    assert_eq!(collect(Splitter::new(open(&compressed[..], &SMALL).unwrap(), &SMALL)), split(input));
}

#[test]
fn a_reader_that_fails_ends_the_input_with_its_error() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("connection lost"))
        }
    }
    let mut splitter = Splitter::new((&b"{\"a\":1}\n{\"b\""[..]).chain(Failing), &SMALL);
    assert!(splitter.next_document().unwrap().unwrap().content.is_ok());
    assert_eq!(splitter.next_document().unwrap_err().to_string(), "connection lost");
    assert!(splitter.next_document().unwrap().is_none());
}

#[test]
fn broken_input_is_not_read_over_and_over() {
    let nested = "{\"eventName\":\"x\",\"a\":[".repeat(40_000);
    let limits = Limits { record_bytes: 1 << 20, ..SMALL };
    let found = collect(Splitter::new(format!("{nested}}}").as_bytes(), &limits));
    assert!(found.len() < 5, "{}", found.len());
}

/// Text that looks enough like an input to reach every place.
fn nearly_json() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        Just("{\"eventVersion\":\"1.11\""),
        Just("{\"Records\":["),
        Just("\"Events\""),
        Just("{\"a\":1}"),
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(":"),
        Just(","),
        Just("\""),
        Just("\\"),
        Just("\n"),
        Just("\n{"),
        Just(" "),
        Just("null"),
        Just("text"),
        Just("\u{feff}"),
        Just("\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\""),
    ];
    prop::collection::vec(token, 0..60).prop_map(|tokens| tokens.concat().into_bytes())
}

proptest! {
    #[test]
    fn any_read_size_gives_the_same_documents(input in nearly_json(), size in 1_usize..40) {
        // A record small enough for the cap to be met in the middle of everything.
        let limits = Limits { record_bytes: 60, ..SMALL };
        let mut dribbled = Splitter::new(Dribble { bytes: &input, size }, &limits);
        // A buffer that never has room to spare makes every read compact it.
        dribbled.buffer = Vec::new();
        let whole = collect(Splitter::new(&input[..], &limits));
        prop_assert_eq!(collect(dribbled), whole);
    }

    #[test]
    fn whatever_is_found_lies_in_the_input_in_order(input in nearly_json()) {
        let mut last = None;
        for (offset, content) in split(&input) {
            if let Ok(bytes) = content {
                let offset = usize::try_from(offset).unwrap();
                prop_assert_eq!(&input[offset..offset + bytes.len()], &bytes[..]);
            }
            prop_assert!(last.is_none_or(|last| last < offset || offset == input.len() as u64));
            last = Some(offset);
        }
    }

    #[test]
    fn any_bytes_are_survived(input in prop::collection::vec(any::<u8>(), 0..400)) {
        split(&input);
    }
}
