//! What an attacker may choose cannot act on the terminal of whoever reads it.

use driftwire_drift::finding::{Change, Finding};
use driftwire_drift::verdict::{ChangeOp, FindingKind};
use driftwire_report::summary::{Summary, Unreadable};
use driftwire_report::v1::{self, finding};
use driftwire_report::{Color, View, findings, title};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::fixture::{change, on};

const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\r\nCRITICAL  fake\u{202e}\u{200b}\u{9b}31m";

/// Whether a character may be printed; the newline is the caller's.
fn harmless(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A finding in which everything that is text is `text`.
fn all(text: &str, kind: FindingKind, changes: Vec<Change>) -> Finding {
    let mut finding = on(text, changes);
    finding.kind = kind;
    let optional = || Some(text.to_owned());
    finding.rule = text.to_owned();
    finding.rule_title = text.to_owned();
    finding.superseded_by = optional();
    finding.resource.kind = text.to_owned();
    finding.resource.id = text.to_owned();
    finding.resource.account = text.to_owned();
    finding.resource.region = text.to_owned();
    finding.resource.declarations[0].origin = text.to_owned();
    finding.resource.declarations[0].version = text.to_owned();
    finding.who.name = text.to_owned();
    finding.who.from_account = optional();
    finding.who.invoked_by = optional();
    finding.who.source_ip = optional();
    finding.who.user_agent = optional();
    finding.call.name = text.to_owned();
    finding.call.event_id = text.to_owned();
    finding
}

/// Changes of every shape, each with the text wherever one can be.
fn changes(text: &str) -> Vec<Change> {
    let policy = json!({"Statement": [{
        "Effect": text, "Sid": text, "Action": [text, text], "Resource": text,
        "Condition": {text: {text: text}},
    }]});
    vec![
        change(text, ChangeOp::Replaced, json!(text), json!([text, {text: text}])),
        change(&format!("tags.{text}"), ChangeOp::Added, Value::Null, json!(text)),
        change(
            "ingress",
            ChangeOp::Added,
            Value::Null,
            json!({"protocol": text, "from_port": text, "to_port": text, "cidr": text}),
        ),
        change("p", ChangeOp::Added, Value::Null, json!(format!("arn:aws:iam::aws:policy/{text}"))),
        change("policy", ChangeOp::Replaced, json!(policy.to_string()), json!({"Statement": {"Effect": text}})),
    ]
}

fn check(core: &Finding) {
    let words = title(core);
    assert!(words.chars().all(harmless), "{words:?}");
    for width in [None, Some(80), Some(120), Some(1)] {
        let view = View { width, color: Color::Off };
        let text = findings(&[finding(core, None)], view);
        assert!(text.chars().all(|character| character == '\n' || harmless(character)), "{text:?}");
        assert!(text.lines().all(|line| line.starts_with("MEDIUM ") || line.starts_with(' ')), "{text}");
    }
    let line = v1::line(&finding(core, None)).unwrap();
    assert!(line.chars().all(harmless), "{line:?}");
}

fn check_all(text: &str) {
    let kinds = [
        FindingKind::Modified,
        FindingKind::Deleted,
        FindingKind::Unmanaged,
        FindingKind::Undeclared,
        FindingKind::Touched,
    ];
    for kind in kinds {
        check(&all(text, kind, Vec::new()));
        check(&all(text, kind, changes(text)));
        for change in changes(text) {
            check(&all(text, kind, vec![change]));
        }
    }
}

#[test]
fn a_hostile_text_cannot_act_wherever_it_stands() {
    check_all(HOSTILE);
}

#[test]
fn a_hostile_file_name_cannot_act_in_the_summary() {
    let summary = Summary {
        unreadable: vec![Unreadable { place: HOSTILE.to_owned(), problem: HOSTILE.to_owned() }],
        ..Summary::default()
    };
    let text = summary.text(View { width: Some(80), color: Color::Off });
    assert!(text.chars().all(|character| character == '\n' || harmless(character)), "{text:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_can_act_wherever_it_stands(text in any::<String>()) {
        check_all(&text);
    }

    #[test]
    fn any_value_reads_back_as_itself(text in any::<String>(), number in any::<i64>()) {
        let value = json!({&text: [number, text, null, true]});
        let core = on(&text, vec![change(&text, ChangeOp::Added, Value::Null, value)]);
        let published = finding(&core, None);
        let line = v1::line(&published).unwrap();
        prop_assert_eq!(serde_json::from_str::<v1::Finding>(&line).unwrap(), published);
    }
}
