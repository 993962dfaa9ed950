//! Decides from its name alone whether a value is secret. Looks at no value.

/// Whether an attribute, a parameter or a JSON key of this name holds a secret: `master_password`, `clientSecret`.
///
/// The end of a name says what its value is; `password_length`, `secret_arn`, `httpTokens` hold none.
pub(super) fn is_secret_attribute(name: &str) -> bool {
    let name = name.as_bytes();
    let name = name.strip_suffix(b"_wo").unwrap_or(name);
    let ends: &[&[u8]] = match name.last().map(u8::to_ascii_lowercase) {
        Some(b'd') => &[b"password", b"passwd", b"pwd"],
        Some(b'e') => &[b"passphrase"],
        Some(b't') => &[b"secret"],
        Some(b'g') => &[b"secretstring"],
        Some(b'y') => &[
            b"secretkey",
            b"accesskey",
            b"privatekey",
            b"apikey",
            b"sharedkey",
            b"authkey",
            b"applicationkey",
            b"activationkey",
            b"tokenkey",
            b"secretbinary",
            b"signingsecretkey",
        ],
        Some(b'n') => &[b"token"],
        Some(b's') => &[b"passwords", b"credentials"],
        Some(b'l') => &[b"credential"],
        Some(b'm') => &[b"privatekeypem"],
        Some(b'a') => &[b"passworddata"],
        Some(b'4') => &[b"passwordv4"],
        _ => return false,
    };
    ends.iter().any(|end| ends_with(name, end)) && !is_cursor(name)
}

/// Tokens that make a request unique or continue a list; they open nothing.
fn is_cursor(name: &[u8]) -> bool {
    const CURSORS: [&[u8]; 8] = [
        b"clienttoken",
        b"requesttoken",
        b"nexttoken",
        b"creationtoken",
        b"continuationtoken",
        b"pagetoken",
        b"idempotencytoken",
        b"locktoken",
    ];
    CURSORS.iter().any(|cursor| ends_with(name, cursor))
}

/// Whether an environment variable of this name holds a secret: `DB_PASSWORD_OLD`, `stripe_token_live`.
pub(super) fn is_secret_variable(name: &str) -> bool {
    const PARTS: [&[u8]; 9] = [
        b"password",
        b"passwd",
        b"passphrase",
        b"passcode",
        b"secret",
        b"token",
        b"apikey",
        b"privatekey",
        b"credential",
    ];
    const KEYS: [&[u8]; 7] =
        [b"signingkey", b"encryptionkey", b"masterkey", b"sessionkey", b"hmackey", b"jwtkey", b"cipherkey"];
    if is_secret_attribute(name) {
        return true;
    }
    let name = name.as_bytes();
    if KEYS.iter().any(|key| ends_with(name, key)) {
        return true;
    }
    let found =
        (0..name.len()).filter_map(|at| name.get(..=at)).any(|head| PARTS.iter().any(|part| ends_with(head, part)));
    // How CodeBuild pulls an image; stands beside the variables in the same block.
    found && name != b"image_pull_credentials_type"
}

/// Whether a name is written as environment variables are: `API_KEY`.
pub(super) fn is_screaming(name: &str) -> bool {
    name.bytes().any(|byte| byte.is_ascii_uppercase()) && !name.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// Whether a JSON text may hold a name that gives a secret away. Quick, and says yes too often.
pub(super) fn may_name_secret(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(4).any(|window| {
        let [first, second, third, fourth] = window else { return false };
        match first | 0x20 {
            b'p' => match (second | 0x20, third | 0x20) {
                (b'a', b's') => fourth | 0x20 == b's',
                // Not every policy's `Principal`.
                (b'r', b'i') => fourth | 0x20 == b'v',
                rest => rest == (b'w', b'd'),
            },
            b's' => (second | 0x20, third | 0x20, fourth | 0x20) == (b'e', b'c', b'r'),
            b't' => (second | 0x20, third | 0x20, fourth | 0x20) == (b'o', b'k', b'e'),
            b'c' => (second | 0x20, third | 0x20, fourth | 0x20) == (b'r', b'e', b'd'),
            b'a' => (second | 0x20, third | 0x20) == (b'p', b'i'),
            b'e' => (second | 0x20, *third) == (b'y', b'"'),
            _ => false,
        }
    })
}

/// Whether a name ends with a word, whatever its case and separators.
fn ends_with(name: &[u8], word: &[u8]) -> bool {
    let mut letters = name.iter().rev().filter(|byte| !matches!(byte, b'_' | b'-' | b' ')).map(u8::to_ascii_lowercase);
    word.iter().rev().all(|expected| letters.next() == Some(*expected))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_end_of_a_name_says_what_it_holds() {
        for name in [
            "password",
            "master_password",
            "password_wo",
            "masterUserPassword",
            "auth_token",
            "client_secret",
            "secret_string",
            "SecretBinary",
            "tunnel1_preshared_key",
            "ses_smtp_password_v4",
            "private_key",
            "OAuthToken",
            "hec_token",
            "api-key",
        ] {
            assert!(is_secret_attribute(name), "{name}");
        }
        for name in [
            "",
            "secret_arn",
            "secretId",
            "httpTokens",
            "password_length",
            "clientRequestToken",
            "creation_token",
            "kms_key_id",
            "key",
            "public_key",
            "arn",
            "token_validity_units",
            "token.actions.githubusercontent.com:sub",
            "auth_token_update_strategy",
        ] {
            assert!(!is_secret_attribute(name), "{name}");
        }
    }

    #[test]
    fn any_part_of_a_variable_gives_it_away() {
        for name in [
            "DB_PASSWORD_OLD",
            "db_password",
            "MY_API_KEY_2",
            "APIKEY",
            "AWS_SECRET_ACCESS_KEY",
            "GITHUB_TOKEN_RO",
            "CREDENTIALS_FILE",
            "SIGNING_KEY",
        ] {
            assert!(is_secret_variable(name), "{name}");
        }
        for name in ["COLOR", "PWDIR", "AWS_ACCESS_KEY_ID", "PRIVATE_SUBNET", "image_pull_credentials_type"] {
            assert!(!is_secret_variable(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn the_quick_look_misses_no_name(name in "[a-zA-Z_]{0,3}(PASSWORD|pwd|Passphrase|secret|SecretKey|accessKey|PRIVATE_KEY|api_key|ApiKey|token|credentials|auth_key)[A-Z]{0,2}") {
            if is_secret_attribute(&name) || is_secret_variable(&name) {
                let key = format!("{{\"{name}\":\"x\"}}");
                let pair = format!("{{\"name\":\"{name}\",\"value\":\"x\"}}");
                prop_assert!(may_name_secret(&key));
                prop_assert!(may_name_secret(&pair));
            }
        }
    }
}
