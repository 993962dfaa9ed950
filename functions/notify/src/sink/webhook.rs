//! A webhook: the notice as JSON, signed.
//!
//! `POST` with the body `{"notice": "dwn1-…", "finding": {…driftwire.finding/v1…}}` and these headers:
//! - `Driftwire-Notice`: the notice's id. The same notice may come twice; its id is the same.
//! - `Driftwire-Timestamp`: seconds since 1970. Refuse what is older than some minutes.
//! - `Driftwire-Signature`: `v1=` and, in hex, HMAC-SHA256 of the timestamp, a dot and the body, under the key of the secret
//!   `{"key": "…"}`. Compare in constant time.
//!
//! 2xx takes it. 408, 429, 5xx and no answer within ten seconds: it comes again, not before `Retry-After`. Anything else
//! refuses it for good.

use driftwire_runtime::Secrets;
use driftwire_runtime::http::{Address, Method, Request};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use sha2::Sha256;

use super::{Outside, Refusal, Sent, secret, taken};
use crate::notice::Notice;

/// A webhook.
#[derive(Debug)]
pub(crate) struct Webhook {
    pub(crate) secret: String,
    pub(crate) address: Address,
    /// What told notices are kept under: its queue's name.
    pub(crate) name: String,
}

#[derive(Deserialize)]
struct Access {
    key: String,
}

impl Webhook {
    pub(crate) async fn send<S: Secrets, T>(&self, outside: &Outside<S, T>, notice: &Notice) -> Result<Sent, Refusal> {
        let Access { key } = secret(&outside.secrets, &self.secret).await?;
        let body = json!({"notice": notice.id, "finding": notice.finding}).to_string();
        let timestamp = Timestamp::now().as_second().to_string();
        let signature = signature(&key, &timestamp, &body)?;
        let headers = vec![
            ("content-type", "application/json".to_owned()),
            ("driftwire-notice", notice.id.clone()),
            ("driftwire-timestamp", timestamp),
            ("driftwire-signature", format!("v1={signature}")),
        ];
        let request = Request { method: Method::Post, address: self.address.clone(), headers, body: body.into_bytes() };
        taken(outside.http.send(request).await?, self.address.host()).map(|_| Sent::Taken(None))
    }
}

fn signature(key: &str, timestamp: &str, body: &str) -> Result<String, Refusal> {
    let unusable = |_| Refusal::later("secret", "the key of the webhook is none");
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).map_err(unusable)?;
    for part in [timestamp, ".", body] {
        mac.update(part.as_bytes());
    }
    Ok(mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::signature;

    #[test]
    fn a_signature_is_what_anyone_else_computes() {
        // printf '1795169104.{"a":1}' | openssl dgst -sha256 -hmac key
        insta::assert_snapshot!(signature("key", "1795169104", r#"{"a":1}"#).unwrap(), @"385bf4487cb6ef8a2eec880d45811a50d71a7be365842a5059b97f92ba1ddd59");
    }
}
