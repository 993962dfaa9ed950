use std::io::Write;

use flate2::{Compression, write::GzEncoder};

use super::*;

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn read_all(bytes: &[u8], limits: &Limits) -> (Vec<u8>, Result<(), OpenError>) {
    let mut opened = open(bytes, limits).unwrap();
    let mut out = Vec::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match opened.read(&mut buffer) {
            Ok(0) => return (out, Ok(())),
            Ok(count) => out.extend_from_slice(&buffer[..count]),
            Err(error) => return (out, Err(error.into())),
        }
    }
}

#[test]
fn plain_gzip_and_many_members_read_the_same() {
    let text = b"{\"Records\":[]}".repeat(1000);
    let (first, second) = text.split_at(777);
    let members = [gzipped(first), gzipped(b""), gzipped(second)].concat();
    for input in [text.clone(), gzipped(&text), members] {
        let (out, end) = read_all(&input, &Limits::default());
        assert_eq!(out, text);
        end.unwrap();
    }
}

#[test]
fn empty_and_one_byte_inputs_are_plain() {
    for input in [&b""[..], b"{", b"\x1f"] {
        let (out, end) = read_all(input, &Limits::default());
        assert_eq!(out, input);
        end.unwrap();
    }
}

#[test]
fn gzip_that_ends_early_says_so_at_every_length() {
    let noise: Vec<u8> = (0..20_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let whole = gzipped(&noise);
    for length in [2, 5, 10, 11, 500, whole.len() / 2, whole.len() - 9, whole.len() - 1] {
        let (_, end) = read_all(&whole[..length], &Limits::default());
        assert!(matches!(end, Err(OpenError::Truncated { .. })), "{length}: {end:?}");
    }
}

#[test]
fn damaged_gzip_says_so() {
    let mut bytes = gzipped(&b"abcdefgh".repeat(5000));
    let checksum = bytes.len() - 8;
    bytes[checksum] ^= 0xff;
    assert!(matches!(read_all(&bytes, &Limits::default()).1, Err(OpenError::Corrupt { .. })));

    let trailing = [gzipped(b"{}"), b"not gzip at all".to_vec()].concat();
    let (out, end) = read_all(&trailing, &Limits::default());
    assert_eq!(out, b"{}");
    assert!(matches!(end, Err(OpenError::Corrupt { .. })), "{end:?}");
}

#[test]
fn a_bomb_is_refused() {
    let bomb = gzipped(&vec![b' '; 70 << 20]);
    let (_, end) = read_all(&bomb, &Limits::default());
    assert!(matches!(end, Err(OpenError::Bomb { limit: 200, .. })), "{end:?}");
}

#[test]
fn an_input_over_its_limit_is_refused() {
    let limits = Limits { file_bytes: 1000, ..Limits::default() };
    for input in [vec![b' '; 1001], gzipped(&[b' '; 1001])] {
        let (_, end) = read_all(&input, &limits);
        assert!(matches!(end, Err(OpenError::TooLarge { limit_bytes: 1000 })), "{end:?}");
    }
    read_all(&[b' '; 1000], &limits).1.unwrap();
}

#[test]
fn a_failing_reader_keeps_its_own_error() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::new(io::ErrorKind::UnexpectedEof, "connection lost"))
        }
    }
    let whole = gzipped(&b"abc".repeat(100));
    let mut opened = open(whole[..20].chain(Failing), &Limits::default()).unwrap();
    let error = OpenError::from(opened.read_to_end(&mut Vec::new()).unwrap_err());
    assert!(matches!(error, OpenError::Read(_)) && error.is_transient(), "{error:?}");
}
