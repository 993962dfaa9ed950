//! Recognizes secrets by what they look like, wherever they stand in a text. One pass, no name known, nothing parsed.

use super::name;

/// What a text holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Scan {
    /// Something that is a secret by its own looks: a private key, a token with a known prefix, a URL with a password.
    pub(super) shaped: bool,
    /// A value assigned to a name that gives it away: `password=…`. Means nothing in JSON, whose names can be read.
    pub(super) assigned: bool,
}

/// The shortest secret that is looked for: `a://b:c@d`.
const SHORTEST: usize = 9;
const AWS_SECRET_LEN: usize = 40;

/// Looks for secrets in a text.
pub(super) fn scan(text: &str) -> Scan {
    let bytes = text.as_bytes();
    let mut scan = Scan::default();
    if bytes.len() < SHORTEST {
        return scan;
    }
    let mut names_access_key = false;
    for (at, byte) in bytes.iter().enumerate() {
        if !matches!(byte, b'-' | b'_' | b':' | b'=' | b'J' | b'z' | b'K' | b'S' | b'G') {
            continue;
        }
        let (before, from) = bytes.split_at(at);
        match byte {
            b'-' => scan.shaped |= is_dashed(before, from),
            b'_' => scan.shaped |= is_prefixed(before, from),
            b':' if from.starts_with(b"://") => scan.shaped |= is_url_with_secret(from),
            b':' | b'=' => scan.assigned |= is_assignment(before, from),
            b'J' => {
                scan.shaped |= is_json_token(before, from) || before.ends_with(b"IQo") && from.starts_with(b"Jb3JpZ2lu")
            }
            b'z' => scan.shaped |= before.ends_with(b"AI") && from.starts_with(b"za") && run(from, is_word) >= 36,
            b'K' => names_access_key |= is_access_key_id(before, from, b"KIA"),
            b'S' => names_access_key |= is_access_key_id(before, from, b"SIA"),
            _ => {
                scan.shaped |=
                    before.ends_with(b"S") && from.starts_with(b"G.") && run(from, |b| is_word(b) || *b == b'.') > 60
            }
        }
    }
    scan.shaped |= names_access_key && bytes.len() > AWS_SECRET_LEN && holds_aws_secret(bytes);
    scan
}

/// Whether the whole text can be an AWS secret access key. Random text can, too: ask only where a key is expected.
pub(super) fn is_aws_secret(text: &str) -> bool {
    text.len() == AWS_SECRET_LEN && holds_aws_secret(text.as_bytes())
}

/// Whether the whole text is the id of an access key, which is no secret, but has one beside it.
pub(super) fn is_aws_access_key_id(text: &str) -> bool {
    text.len() == 20
        && (text.starts_with("AKIA") || text.starts_with("ASIA"))
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Whether a text is a SHA-1 in hex, which is what older providers keep of user data.
pub(super) fn is_sha1(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn holds_aws_secret(bytes: &[u8]) -> bool {
    let is_key = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    bytes.split(|byte| !is_key(byte)).any(|run| {
        run.len() == AWS_SECRET_LEN
            && run.iter().any(u8::is_ascii_uppercase)
            && run.iter().any(u8::is_ascii_lowercase)
            && run.iter().any(|byte| !byte.is_ascii_alphabetic())
    })
}

fn is_access_key_id(before: &[u8], from: &[u8], rest: &[u8]) -> bool {
    before.ends_with(b"A")
        && from.starts_with(rest)
        && run(from, |b| b.is_ascii_uppercase() || b.is_ascii_digit()) >= 19
}

/// PEM private keys, GitLab and Slack tokens, keys of model vendors.
fn is_dashed(before: &[u8], from: &[u8]) -> bool {
    if from.starts_with(b"-----BEGIN") {
        let header = from.get(..64).unwrap_or(from);
        return header.windows(11).any(|window| window == b"PRIVATE KEY");
    }
    if let [.., b'x', b'o', b'x', _] = before {
        return run(from, is_word) > 10;
    }
    before.ends_with(b"glpat") && run(from, is_word) > 16
        || before.ends_with(b"sk")
            && [&b"-ant-"[..], b"-proj-", b"-svcacct-"].iter().any(|rest| from.starts_with(rest))
            && run(from, is_word) > 20
}

/// Tokens with a prefix that ends in an underscore: GitHub, Stripe, npm, `DigitalOcean`, Shopify.
fn is_prefixed(before: &[u8], from: &[u8]) -> bool {
    let length = || run(from, is_word);
    match before {
        [.., b'g', b'h', b'p' | b'o' | b'u' | b's' | b'r'] => length() > 20,
        [.., b'_', b'p', b'a', b't'] => before.ends_with(b"github_pat") && length() > 20,
        [.., b'_', b'l', b'i', b'v', b'e'] | [.., b'_', b't', b'e', b's', b't'] => {
            let vendor = before.get(..before.len().saturating_sub(5)).unwrap_or_default();
            (vendor.ends_with(b"sk") || vendor.ends_with(b"rk")) && length() > 10
        }
        [.., b'n', b'p', b'm'] => length() > 30,
        [.., b'_', b'v', b'1'] => before.ends_with(b"dop_v1") && length() > 30,
        [.., b's', b'h', b'p', b'a', b't'] => length() > 30,
        _ => false,
    }
}

/// A signed token: two or more dotted parts in base64url, the first of which is a JSON object.
fn is_json_token(before: &[u8], from: &[u8]) -> bool {
    if !before.ends_with(b"ey") {
        return false;
    }
    let header = run(from, is_word);
    let Some([b'.', payload @ ..]) = from.get(header..) else { return false };
    header >= 8 && run(payload, is_word) >= 8
}

/// `scheme://user:password@host`, with or without a user, and web hooks whose address is the secret.
fn is_url_with_secret(from: &[u8]) -> bool {
    let rest = from.get(3..).unwrap_or_default();
    if rest.starts_with(b"hooks.slack.com/services/") || rest.starts_with(b"hooks.slack.com/workflows/") {
        return true;
    }
    let is_outside = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`');
    let url = rest.split(is_outside).next().unwrap_or_default();
    let Some(colon) = url.iter().position(|byte| matches!(byte, b':' | b'/' | b'?' | b'#')) else { return false };
    let [b':', after @ ..] = url.get(colon..).unwrap_or_default() else { return false };
    let first = after.split(|byte| matches!(byte, b'/' | b'@')).next().unwrap_or_default();
    let is_port = !first.is_empty()
        && first.iter().all(u8::is_ascii_digit)
        && !after.get(first.len()..).is_some_and(|rest| rest.starts_with(b"@"));
    after.contains(&b'@') && !is_port && !after.starts_with(b"@") && !is_reference(after)
}

/// `name=value`, `name = value`, `name: value` at the start of a line, `"name": "value"`.
fn is_assignment(before: &[u8], from: &[u8]) -> bool {
    let is_colon = from.starts_with(b":");
    let after = from.get(1..).unwrap_or_default();
    let name_end = if is_colon { before } else { before.trim_ascii_end() };
    let is_quoted = name_end.ends_with(b"\"") || name_end.ends_with(b"'");
    let name_end = if is_quoted { name_end.get(..name_end.len() - 1).unwrap_or_default() } else { name_end };
    let length = name_end.iter().rev().take_while(|byte| is_word(byte)).count();
    if length < 3 || after.first().is_some_and(|byte| matches!(byte, b'=' | b'~' | b'>')) {
        return false;
    }
    let (ahead, name) = name_end.split_at(name_end.len() - length);
    if is_colon && !is_quoted && !(starts_line(ahead) && after.first().is_some_and(u8::is_ascii_whitespace)) {
        return false;
    }
    let value = after.trim_ascii_start();
    let value = match value {
        [b'"' | b'\'', inside @ ..] => inside,
        bare => bare,
    };
    holds_something(value) && !is_reference(value) && std::str::from_utf8(name).is_ok_and(is_secret_name)
}

fn is_secret_name(name: &str) -> bool {
    name::is_secret_attribute(name) || name::is_screaming(name) && name::is_secret_variable(name)
}

fn starts_line(ahead: &[u8]) -> bool {
    let line = ahead.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'-'))
}

fn holds_something(value: &[u8]) -> bool {
    value.first().is_some_and(|byte| {
        !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'' | b',' | b';' | b'&' | b'{' | b'[' | b'|' | b'>')
    })
}

/// A place where a secret will be put, or where it is kept, is not the secret.
fn is_reference(value: &[u8]) -> bool {
    [&b"$"[..], b"{{", b"arn:", b"<", b"***"].iter().any(|start| value.starts_with(start))
}

fn is_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn run(bytes: &[u8], belongs: impl Fn(&u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| belongs(byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Put together at run time, so that no scanner takes this file for a leak.
    fn secrets() -> Vec<String> {
        let key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        vec![
            format!("-----BEGIN {} PRIVATE KEY-----\nMIIE", "RSA"),
            format!("-----BEGIN {}-----", "PRIVATE KEY"),
            format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"),
            format!("github_pat_{}", "11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz"),
            format!("xoxb-{}", "123456789012-abcdefghijkl"),
            format!("glpat-{}", "abcdefghijklmnopqrst"),
            format!("sk_live_{}", "abcdefghijklmnopqrstuvwx"),
            format!("sk-ant-{}", "api03-abcdefghijklmnopqrstuvwx"),
            format!("AIza{}", "SyA1234567890abcdefghijklmnopqrstuv"),
            format!("eyJhbGciOiJIUzI1NiJ9.{}.sig", "eyJzdWIiOiIxIn0"),
            format!("SG.{}.{}", "abcdefghijklmnopqrstuv", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq"),
            "postgres://app:hunter2@db.example.com:5432/app".to_owned(),
            "redis://:hunter2@cache:6379".to_owned(),
            "amqps://app:12345@mq:5671".to_owned(),
            "mysql://app:pa/ss@db".to_owned(),
            format!("https://hooks.slack.com/services/{}", "T000/B000/XXXX"),
            format!("AKIAIOSFODNN7EXAMPLE {key}"),
            format!("ASIAIOSFODNN7EXAMPLE:{key}"),
        ]
    }

    #[test]
    fn secrets_are_known_by_their_looks_wherever_they_stand() {
        for secret in secrets() {
            assert!(scan(&secret).shaped, "{secret}");
            assert!(scan(&format!("é text before {secret} and after")).shaped, "{secret}");
        }
    }

    #[test]
    fn common_values_are_not_secrets() {
        for text in [
            "arn:aws:iam::111122223333:role/ghp_reader",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf",
            "https://sqs.eu-west-1.amazonaws.com/111122223333/queue",
            "https://user@example.com/path",
            "https://example.com:8443/a@b",
            "https://${var.user}:${var.password}@example.com",
            "AKIAIOSFODNN7EXAMPLE",
            "-----BEGIN CERTIFICATE-----\nMIIE",
            "0123456789abcdef0123456789abcdef01234567",
            "eyJhbGciOiJIUzI1NiJ9",
            "ghp_short",
            "token.actions.githubusercontent.com:sub",
            "http_tokens = required",
            "{ $.eventName = ConsoleLogin && $.userIdentity.type = Root }",
            "export DB_PASSWORD=$(aws ssm get-parameter --name p)",
            "password: {{resolve:ssm:p}}",
            "a note on how the token: is rotated",
        ] {
            assert_eq!(scan(text), Scan::default(), "{text}");
        }
    }

    #[test]
    fn a_value_given_to_a_telling_name_is_a_secret() {
        for text in [
            "#!/bin/sh\nexport DB_PASSWORD=hunter2\n",
            "Server=db;User Id=app;Password=hunter2;",
            "aws_secret_access_key = abc123",
            "users:\n  - name: a\n    password: hunter2",
            "{\"client_secret\": \"hunter2\", broken",
            "curl --token=abcdef",
        ] {
            assert!(scan(text).assigned, "{text}");
        }
    }
}
