//! NO-SECRET-OUT: secrets stand in states and records in every place that people put them, and no run of any command, in
//! any format, on any path of success or error, prints one, in clear or in base64.

mod planted;
mod records;
mod states;
mod tools;

use std::collections::BTreeSet;

use planted::{GITHUB_TAG, SECRETS, base64};
use records::records;
use serde_json::json;
use states::states;

use crate::made::{Folder, gzip, record, resource, state};
use crate::run::{Ran, driftwire, driftwire_with};

/// The parts of a secret's base64 that do not depend on where in the text it stands.
fn spellings(secret: &str) -> BTreeSet<String> {
    let packed = (0..3).map(|skipped| {
        let rest = &secret.as_bytes()[skipped..];
        base64(&rest[..rest.len() / 3 * 3])
    });
    let escaped = secret.replace('\n', "\\n");
    // A text of several lines is a secret line by line.
    let lines = secret.lines().filter(|line| line.len() >= 20 && !line.starts_with("-----")).map(str::to_owned);
    packed.chain([secret.to_owned(), escaped]).chain(lines).collect()
}

/// What a run prints of any secret.
fn leaks(what: &str, ran: &Ran) -> Vec<String> {
    let mut leaks = Vec::new();
    for spelling in SECRETS.iter().flat_map(|secret| spellings(secret)) {
        for (channel, text) in [("standard output", &ran.stdout), ("standard error", &ran.stderr)] {
            if let Some(line) = text.lines().find(|line| line.contains(&spelling)) {
                leaks.push(format!(
                    "{what} prints `{spelling}` on {channel}: {}",
                    line.chars().take(200).collect::<String>()
                ));
            }
        }
    }
    leaks
}

fn assert_none(leaks: &[String]) {
    assert!(leaks.is_empty(), "{} secrets get out:\n{}", leaks.len(), leaks.join("\n"));
}

/// The planted states and records, in one folder.
fn planted_folder() -> Folder {
    let folder = states()
        .into_iter()
        .fold(Folder::new(), |folder, (name, content)| folder.with(&format!("state/{name}"), content));
    records().into_iter().fold(folder, |folder, (name, content)| folder.with(&format!("records/{name}.json"), content))
}

#[test]
fn every_planted_secret_is_where_it_is_said_to_be() {
    let all: String = states().iter().chain(&records()).map(|(_, content)| content.as_str()).collect();
    for secret in SECRETS {
        let escaped = [secret.replace('\n', "\\n"), secret.replace('\n', "\\\\n")];
        let found = escaped.iter().any(|spelling| all.contains(spelling.as_str()));
        assert!(found || spellings(secret).iter().any(|spelling| all.contains(spelling.as_str())), "{secret}");
    }
}

#[test]
fn no_secret_out_of_replay() {
    let folder = planted_folder();
    let mut found = Vec::new();
    let replay = ["replay", "--state", "state", "--trail", "records"];
    for more in [&[][..], &["--outcomes"], &["--format", "json"], &["--format", "json", "--outcomes"]] {
        let ran = driftwire(folder.path(), &[&replay[..], more].concat());
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        found.extend(leaks(&format!("replay {}", more.join(" ")), &ran));
    }
    assert_none(&found);
}

#[test]
fn no_secret_out_into_a_store() {
    let folder = planted_folder();
    let replay = ["replay", "--state", "state", "--trail", "records", "--store", "sqlite:drift.db"];
    let mut found = leaks("replay into a store", &driftwire(folder.path(), &replay));
    let store = rusqlite::Connection::open(folder.path().join("drift.db")).unwrap();
    let everything = "SELECT finding || standing FROM findings UNION ALL SELECT entry FROM history
        UNION ALL SELECT drift FROM resources UNION ALL SELECT mark FROM marks";
    let kept: rusqlite::Result<Vec<String>> =
        store.prepare(everything).unwrap().query_map([], |row| row.get(0)).unwrap().collect();
    let kept = Ran { code: 0, stdout: kept.unwrap().join("\n"), stderr: String::new() };
    assert!(kept.stdout.contains("driftwire.finding/v1"));
    found.extend(leaks("the store", &kept));
    for question in [&["history"][..], &["history", "--format", "json"], &["open"], &["history", "--verify"]] {
        let ran = driftwire(folder.path(), &[question, &["--store", "sqlite:drift.db"]].concat());
        found.extend(leaks(question[0], &ran));
    }
    assert_none(&found);
}

#[test]
fn a_change_of_a_secret_is_still_seen() {
    let folder = planted_folder();
    let ran = driftwire(folder.path(), &["replay", "--state", "state", "--trail", "records", "--format", "json"]);
    for seen in ["aws_db_instance.main", "aws_ssm_parameter.token", "aws_instance.web", "aws_iam_role_policy.api"] {
        let line = ran.stdout.lines().find(|line| line.contains(seen));
        assert!(line.is_some_and(|line| line.contains("\"redacted\":true")), "{seen}: {line:?}");
    }
}

#[test]
fn a_hidden_tag_leaves_its_neighbors_known() {
    let tags = json!({"Deploy": GITHUB_TAG, "Name": "web"});
    let instance = json!({"id": "i-0a1b2c3d4e5f60713", "arn": "arn:aws:ec2:eu-west-1:111122223333:instance/i-0a1b2c3d4e5f60713", "tags": tags, "tags_all": tags});
    let tagged = |key: &str, value: &str| {
        let request = json!({"resourcesSet": {"items": [{"resourceId": "i-0a1b2c3d4e5f60713"}]}, "tagSet": {"items": [{"key": key, "value": value}]}});
        let folder = Folder::new().with("terraform.tfstate", state(&[resource("aws_instance", "web", &instance, &[])]));
        let folder = folder.with("record.json", record("1", "ec2", "CreateTags", &request).to_string());
        let ran = driftwire(folder.path(), &["replay", "--state", "terraform.tfstate", "--trail", "record.json"]);
        assert_none(&leaks("a replay of tags", &ran));
        ran.stdout.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(tagged("Name", "web"), "1 record read: no findings");
    assert_eq!(tagged("Deploy", GITHUB_TAG), "1 record read: no findings");
    assert_eq!(
        tagged("Name", "api"),
        "LOW       alice@example.com changed tag Name of aws_instance.web from web to api"
    );
    assert!(tagged("Deploy", "blue").starts_with("LOW       alice@example.com changed tag Deploy of aws_instance.web"));
}

#[test]
fn no_secret_out_of_explain() {
    let folder = planted_folder();
    let mut found = Vec::new();
    for (name, _) in records() {
        let ran = driftwire(folder.path(), &["explain", &format!("records/{name}.json"), "--state", "state"]);
        found.extend(leaks(&format!("explain {name}"), &ran));
    }
    assert_none(&found);
}

#[test]
fn no_secret_out_of_a_wrapped_record() {
    let folder = planted_folder();
    let mut found = Vec::new();
    for (name, content) in records() {
        let body = json!({"Records": [{"messageId": "1", "eventSource": "aws:sqs", "body": content}]}).to_string();
        let event = json!({"Events": [{"EventId": "1", "CloudTrailEvent": content}]}).to_string();
        for wrapped in [body, event] {
            let ran = driftwire_with(
                folder.path(),
                &["replay", "--state", "state", "--outcomes", "--trail", "-"],
                wrapped.as_bytes(),
            );
            found.extend(leaks(&format!("a wrapped {name}"), &ran));
        }
    }
    assert_none(&found);
}

/// A file that is no longer what it was: cut, or broken in one of several ways.
fn broken(content: &str) -> [String; 9] {
    let half: String = content.chars().take(content.chars().count() * 3 / 5).collect();
    [
        half,
        content.replacen(':', " ", 3),
        content.replace("\"instances\"", "\"instance\"").replace("\"eventName\"", "\"name\""),
        content.replace("\"attributes\":{", "\"attributes\":[{").replace("\"resources\":[", "\"resources\":[7,"),
        content.replace("\"version\":4", "\"version\":5").replace("\"format_version\":\"1.", "\"format_version\":\"9."),
        content.replace("2026-11-20T10:05:00Z", "today").replace("\"type\":", "\"kind\":"),
        format!("<html>{content}</html>"),
        format!("[{content}]"),
        content.replace('"', "'"),
    ]
}

#[test]
fn no_secret_out_of_an_error() {
    let mut found = Vec::new();
    for (name, content) in states() {
        for (number, broken) in broken(&content).iter().enumerate() {
            let folder = Folder::good().with("bad.tfstate", broken).with("cut.tfstate", &gzip(broken.as_bytes())[..40]);
            for (state, trail) in
                [("bad.tfstate", "record.json"), ("cut.tfstate", "record.json"), ("terraform.tfstate", "bad.tfstate")]
            {
                let ran = driftwire(folder.path(), &["replay", "--state", state, "--trail", trail, "--outcomes"]);
                found.extend(leaks(&format!("{name}, broken {number}, with {trail}"), &ran));
            }
        }
    }
    for number in 0..broken("").len() {
        let all = records().into_iter().map(|(name, content)| (name, broken(&content)[number].clone()));
        let folder =
            all.fold(planted_folder(), |folder, (name, content)| folder.with(&format!("broken/{name}.json"), content));
        for arguments in [
            &["replay", "--state", "state", "--trail", "broken", "--outcomes"][..],
            &["replay", "--state", "state", "--trail", "broken", "--outcomes", "--format", "json"],
            &["replay", "--state", "broken", "state", "--trail", "records"],
            &["replay", "--state", "broken", "--trail", "records"],
        ] {
            found.extend(leaks(
                &format!("records, broken {number}, {arguments:?}"),
                &driftwire(folder.path(), arguments),
            ));
        }
        for (name, _) in records() {
            let ran =
                driftwire(folder.path(), &["explain", &format!("broken/{name}.json"), "--state", "state/show.json"]);
            found.extend(leaks(&format!("explain {name}, broken {number}"), &ran));
        }
    }
    assert_none(&found);
}
