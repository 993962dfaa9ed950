//! The EventBridge envelope around a record: who may have put it there. It never looks into the record.

use std::borrow::Cow;

use serde::Deserialize;

/// The largest message that is looked at, in bytes. EventBridge and SQS allow 1 MB at most.
const LARGEST: usize = 1 << 20;

/// Where records come from.
#[derive(Debug, Clone)]
pub(crate) struct Expected {
    /// How the source begins: `aws.`, which only AWS itself may write.
    pub(crate) source: String,
    /// Whose records are taken; everyone's where it is empty.
    pub(crate) accounts: Vec<String>,
}

/// Why a message is not taken for a record, as metrics call it, and in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Strange {
    pub(crate) reason: &'static str,
    pub(crate) detail: String,
}

#[derive(Debug, Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    source: Option<Cow<'a, str>>,
    #[serde(borrow)]
    account: Option<Cow<'a, str>>,
    #[serde(borrow)]
    detail: Option<Detail<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail<'a> {
    #[serde(borrow)]
    recipient_account_id: Option<Cow<'a, str>>,
}

impl Expected {
    /// Checks that a message came from CloudTrail, by way of EventBridge, for an account that is watched.
    pub(crate) fn check(&self, body: &str) -> Result<(), Strange> {
        if body.len() > LARGEST {
            return Err(strange("too_large", format!("{} bytes; expected {LARGEST} at most", body.len())));
        }
        let envelope: Envelope<'_> = serde_json::from_str(body).map_err(|error| {
            // The parser's own words may quote the input.
            let place = format!("line {}, column {}", error.line(), error.column());
            strange("unreadable", format!("not an event of EventBridge, at {place}"))
        })?;
        let source = envelope.source.unwrap_or_default();
        if !source.starts_with(&self.source) {
            return Err(strange("forged", format!("the source does not begin with `{}`", self.source)));
        }
        let account = envelope.account.unwrap_or_default();
        let recipient = envelope.detail.and_then(|it| it.recipient_account_id).unwrap_or_else(|| account.clone());
        if recipient != account {
            return Err(strange("forged", "the record is not of the account that sent it".to_owned()));
        }
        if !self.accounts.is_empty() && !self.accounts.iter().any(|it| *it == account) {
            return Err(strange("unknown_account", "the account is not among ACCOUNTS".to_owned()));
        }
        Ok(())
    }
}

fn strange(reason: &'static str, detail: String) -> Strange {
    Strange { reason, detail }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reason(source: &str, account: &str, recipient: &str, accounts: &[&str]) -> Option<&'static str> {
        let accounts = accounts.iter().map(|it| (*it).to_owned()).collect();
        let body = json!({"source": source, "account": account, "detail": {"recipientAccountId": recipient}});
        Expected { source: "aws.".to_owned(), accounts }.check(&body.to_string()).err().map(|it| it.reason)
    }

    #[test]
    fn only_aws_itself_sends_records() {
        let account = "111122223333";
        assert_eq!(reason("aws.ec2", account, account, &[]), None);
        assert_eq!(reason("my.app", account, account, &[]), Some("forged"));
        assert_eq!(reason("awsome.ec2", account, account, &[]), Some("forged"));
        assert_eq!(reason("aws.ec2", account, "444455556666", &[]), Some("forged"));
    }

    #[test]
    fn a_record_of_an_account_that_nobody_watches_is_put_aside() {
        assert_eq!(reason("aws.ec2", "444455556666", "444455556666", &["111122223333"]), Some("unknown_account"));
        assert_eq!(reason("aws.ec2", "111122223333", "111122223333", &["111122223333"]), None);
    }

    #[test]
    fn what_is_too_large_or_no_event_is_never_parsed_further() {
        let expected = Expected { source: "aws.".to_owned(), accounts: Vec::new() };
        assert_eq!(expected.check(&"x".repeat(LARGEST + 1)).unwrap_err().reason, "too_large");
        let told = expected.check("{\"source\": \"hunter2\"").unwrap_err();
        assert_eq!(told.reason, "unreadable");
        assert!(!told.detail.contains("hunter2"));
    }
}
