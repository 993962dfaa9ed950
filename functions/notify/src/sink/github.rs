//! GitHub: one issue for each open drift, labeled `drift`. Later findings are comments; it is closed when nothing is open on
//! the resource any more, and opened again when it drifts again.
//!
//! The secret is `{"token": "…"}`, allowed to write issues of the repository. What others chose stands in a block of code,
//! where no name is a mention and nothing is a picture.

use driftwire_report::v1::Finding;
use driftwire_runtime::http::{Address, Answer, Method, Request};
use driftwire_runtime::{Secret, Secrets};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Conversation, Outside, Refusal, Sending, Sent, bearer, secret, taken};
use crate::notice::Notice;
use crate::words::{facts, link, title};

/// A repository.
#[derive(Debug)]
pub(crate) struct GitHub {
    pub(crate) secret: String,
    /// `owner/name`
    pub(crate) repository: String,
    /// `https://api.github.com`, except in tests and for GitHub Enterprise.
    pub(crate) base: Address,
}

#[derive(Deserialize)]
struct Access {
    token: String,
}

#[derive(Deserialize)]
struct Issue {
    number: u64,
}

impl GitHub {
    pub(crate) async fn send<S: Secrets, T>(
        &self,
        outside: &Outside<S, T>,
        sending: Sending<'_>,
    ) -> Result<Sent, Refusal> {
        let Sending { notice, conversation, goes_on } = sending;
        let Some(Conversation { at, is_over }) = conversation else {
            return match notice.is_closing() {
                true => Ok(Sent::Nothing),
                false => self.open(outside, notice, goes_on).await,
            };
        };
        let comment = json!({"body": body(notice)});
        match self.ask(outside, Method::Post, &format!("/{at}/comments"), &comment).await {
            // The issue was deleted, or moved away.
            Err(Refusal::Never { detail, .. }) if is_gone(&detail) => {
                return match notice.is_closing() {
                    true => Ok(Sent::Nothing),
                    false => self.open(outside, notice, goes_on).await,
                };
            }
            answer => answer?,
        };
        if *is_over == goes_on {
            self.set(outside, at, goes_on).await?;
        }
        Ok(Sent::Taken(Some(Conversation { at: at.clone(), is_over: !goes_on })))
    }

    /// Opens an issue; one that nothing is open for any more is closed at once.
    async fn open<S: Secrets, T>(
        &self,
        outside: &Outside<S, T>,
        notice: &Notice,
        goes_on: bool,
    ) -> Result<Sent, Refusal> {
        let answer = self.ask(outside, Method::Post, "", &issue(notice)).await?;
        let Ok(Issue { number }) = serde_json::from_slice(&answer.body) else {
            return Err(Refusal::later("sink_unavailable", "GitHub's answer names no issue"));
        };
        let at = number.to_string();
        if !goes_on {
            self.set(outside, &at, false).await?;
        }
        Ok(Sent::Taken(Some(Conversation { at, is_over: !goes_on })))
    }

    async fn set<S: Secrets, T>(&self, outside: &Outside<S, T>, at: &str, is_open: bool) -> Result<(), Refusal> {
        let state = match is_open {
            true => json!({"state": "open"}),
            false => json!({"state": "closed", "state_reason": "completed"}),
        };
        self.ask(outside, Method::Patch, &format!("/{at}"), &state).await.map(drop)
    }

    async fn ask<S: Secrets, T>(
        &self,
        outside: &Outside<S, T>,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<Answer, Refusal> {
        let Access { token } = secret(&outside.secrets, &self.secret).await?;
        let unusable = |_| Refusal::Never { reason: "sink_address", detail: "not an address of GitHub".to_owned() };
        let address = self.base.under(&format!("/repos/{}/issues{path}", self.repository)).map_err(unusable)?;
        let headers = vec![
            ("accept", "application/vnd.github+json".to_owned()),
            ("content-type", "application/json".to_owned()),
            ("x-github-api-version", "2022-11-28".to_owned()),
            bearer(&Secret::new(token)),
        ];
        let host = address.host().to_owned();
        let request = Request { method, address, headers, body: body.to_string().into_bytes() };
        taken(outside.http.send(request).await?, &host)
    }
}

fn is_gone(detail: &str) -> bool {
    ["404", "410", "301"].iter().any(|status| detail.ends_with(&format!("status {status}")))
}

fn issue(notice: &Notice) -> Value {
    let finding = &notice.finding;
    json!({"title": title(finding), "body": body(notice), "labels": labels(finding)})
}

fn labels(finding: &Finding) -> [String; 2] {
    ["drift".to_owned(), format!("drift: {}", finding.severity)]
}

/// What is known, in a block of code, and where to look.
fn body(notice: &Notice) -> String {
    let finding = &notice.finding;
    let mut lines = vec![format!("{}: {}", finding.severity.as_str().to_uppercase(), title(finding)), String::new()];
    lines.extend(facts(finding).into_iter().map(|(label, fact)| format!("{label:<8}{fact}")));
    let code = lines.join("\n");
    let fence = fence(&code);
    format!("{fence}text\n{code}\n{fence}\n[See the call in CloudTrail]({})\n\n<!-- {} -->\n", link(finding), notice.id)
}

/// A fence that is longer than any in the text.
fn fence(text: &str) -> String {
    let longest = text.split(|it| it != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::tests::{notice, opened};

    #[test]
    fn an_issue_says_what_to_act_on() {
        let notice = notice(&opened("dw1-a"));
        let issue = issue(&notice);
        insta::assert_snapshot!(issue["body"].as_str().unwrap(), @r###"
        ```text
        HIGH: alice@example.com opened tcp/22 to 0.0.0.0/0 on aws_security_group.web

        when    2026-11-20 10:05:00Z
        who     alice@example.com via console from 203.0.113.10, without MFA
        where   aws_security_group.web (sg-0aaa), 111122223333/eu-west-1
        code    terraform: s3://acme-state/edge/terraform.tfstate, serial 412
        what    description: web → web, for a while
        rule    open to the world (sg-open-to-world)
        call    ec2.amazonaws.com AuthorizeSecurityGroupIngress
        event   6f1d0a4e-0000-4000-8000-000000000001
        finding dw1-a
        ```
        [See the call in CloudTrail](https://eu-west-1.console.aws.amazon.com/cloudtrailv2/home?region=eu-west-1#/events/6f1d0a4e-0000-4000-8000-000000000001)

        <!-- dwn1-eca8f1db393fd9ee6f7198d9acabb466 -->
        "###);
        assert_eq!(issue["labels"], json!(["drift", "drift: high"]));
    }

    #[test]
    fn no_name_leaves_the_block() {
        let mut evil = opened("dw1-a");
        evil["who"]["name"] = json!("`````\n@acme/everyone ![x](https://evil.example/x.png)");
        let body = body(&notice(&evil));
        assert!(body.starts_with("``````text\n"), "{body}");
        let (_, after) = body.rsplit_once("\n``````\n").unwrap();
        assert!(!after.contains('@') && !after.contains("evil"), "{after}");
    }
}
