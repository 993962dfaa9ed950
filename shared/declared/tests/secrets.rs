//! NO-SECRET-OUT, and reading never panics: whatever the format, the place and the nesting.
#![expect(clippy::unwrap_used, reason = "test code")]

use driftwire_declared::{DeclaredError, DeclaredState, Redactor, read};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const AWS: &str = "registry.terraform.io/hashicorp/aws";

/// What gives a secret away.
#[derive(Debug, Clone, Copy)]
enum Known {
    Mark,
    Name(&'static str),
    Looks(&'static str, &'static str),
    Type(&'static str, &'static str),
    Variable(&'static str),
}

fn known() -> impl Strategy<Value = Known> {
    prop_oneof![
        Just(Known::Mark),
        prop::sample::select(vec![
            "password",
            "master_password",
            "auth_token",
            "secret_string",
            "client_secret",
            "tunnel1_preshared_key"
        ])
        .prop_map(Known::Name),
        prop::sample::select(vec![
            ("postgres://app:", "@db.example.com/app"),
            ("-----BEGIN PRIVATE KEY-----\n", "\n-----END PRIVATE KEY-----"),
            ("ghp_0123456789abcdefghijklmnopqrst", ""),
            ("https://hooks.slack.com/services/T0/B0/", ""),
            ("Server=db;Password=", ";"),
        ])
        .prop_map(|(before, after)| Known::Looks(before, after)),
        prop::sample::select(vec![
            ("aws_ssm_parameter", "value"),
            ("aws_api_gateway_api_key", "value"),
            ("aws_instance", "password_data")
        ])
        .prop_map(|(kind, name)| Known::Type(kind, name)),
        prop::sample::select(vec!["DB_PASSWORD", "app_token_new", "STRIPE_API_KEY", "CREDENTIALS"])
            .prop_map(Known::Variable),
    ]
}

/// How what holds the secret is wrapped.
#[derive(Debug, Clone, Copy)]
enum Wrap {
    List,
    Object,
    JsonText,
}

fn wraps() -> impl Strategy<Value = Vec<Wrap>> {
    prop::collection::vec(prop::sample::select(vec![Wrap::List, Wrap::Object, Wrap::JsonText]), 0..3)
}

/// The type, the attributes that hold the secret, and whether `held` must be marked.
fn plant(known: Known, wraps: &[Wrap], secret: &str) -> (&'static str, Map<String, Value>, bool) {
    let mut kind = "aws_thing";
    let mut attributes = Map::from_iter([("id".to_owned(), json!("id-1"))]);
    let core = match known {
        Known::Mark => json!(secret),
        Known::Name(name) => json!({name: secret}),
        Known::Looks(before, after) => json!(format!("{before}{secret}{after}")),
        Known::Type(of, name) => {
            kind = of;
            attributes.insert(name.to_owned(), json!(secret));
            return (kind, attributes, false);
        }
        Known::Variable(name) => {
            json!({"environment": [{"variables": {name: secret}}, {"name": name, "value": secret}]})
        }
    };
    let held = wraps.iter().fold(core, |inner, wrap| match wrap {
        Wrap::List => json!(["x", inner]),
        Wrap::Object => json!({"inner": inner, "other": 1}),
        Wrap::JsonText => json!(inner.to_string()),
    });
    attributes.insert("held".to_owned(), held);
    (kind, attributes, matches!(known, Known::Mark))
}

/// The same object in each format.
fn documents(kind: &str, attributes: &Map<String, Value>, marked: bool) -> Vec<Value> {
    let path = json!(if marked { vec![vec![json!({"type": "get_attr", "value": "held"})]] } else { Vec::new() });
    let mask = json!({"held": marked});
    let provider = format!("provider[\"{AWS}\"]");
    let resource = json!({"address": format!("{kind}.a"), "mode": "managed", "type": kind, "name": "a", "provider_name": AWS,
        "values": attributes, "sensitive_values": mask});
    let root = json!({"root_module": {"child_modules": [{"resources": [resource]}]}});
    let change = json!({"address": format!("{kind}.b"), "mode": "managed", "type": kind, "name": "b", "provider_name": AWS,
        "change": {"actions": ["delete"], "before": attributes, "before_sensitive": mask, "after_unknown": {}}});
    vec![
        json!({"version": 4, "serial": 1, "resources": [{"mode": "managed", "type": kind, "name": "a", "provider": provider,
            "instances": [{"attributes": attributes, "sensitive_attributes": path, "private": "eA=="}]}]}),
        json!({"format_version": "1.0", "values": root}),
        json!({"format_version": "1.2", "prior_state": {"values": root}, "planned_values": root, "resource_changes": [change]}),
    ]
}

fn told(outcome: &Result<DeclaredState, DeclaredError>) -> String {
    match outcome {
        Ok(state) => format!("{state:?} {}", serde_json::to_string(&state.declarations).unwrap()),
        Err(refusal) => format!("{refusal:?} {refusal}"),
    }
}

/// JSON made of the words that states use, so that it gets past the first checks.
fn stateful_json() -> impl Strategy<Value = Value> {
    const KEYS: [&str; 30] = [
        "version",
        "format_version",
        "resources",
        "modules",
        "instances",
        "attributes",
        "attributes_flat",
        "values",
        "root_module",
        "child_modules",
        "prior_state",
        "planned_values",
        "resource_changes",
        "change",
        "before",
        "after_unknown",
        "actions",
        "address",
        "mode",
        "type",
        "name",
        "provider",
        "index_key",
        "sensitive_attributes",
        "sensitive_values",
        "identity",
        "primary",
        "deposed",
        "path",
        "configuration",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop::sample::select(vec![0, 1, 3, 4, 7]).prop_map(Value::from),
        prop::sample::select(vec![
            "",
            "managed",
            "data",
            "aws_vpc",
            "1.0",
            "provider.aws",
            "get_attr",
            "x.#",
            "74D93920-ED26-11E3-AC10-0800200C9A66"
        ])
        .prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(7, 96, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(prop::sample::select(KEYS.to_vec()), inner, 0..8).prop_map(|map| map
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect::<Map<_, _>>()
                .into()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_planted_secret_is_in_no_output(known in known(), wraps in wraps(), random in "[A-Za-z0-9]{8,24}") {
        let secret = format!("Zq9{random}");
        let (kind, attributes, marked) = plant(known, &wraps, &secret);
        for document in documents(kind, &attributes, marked) {
            let outcome = read(document.to_string().as_bytes(), "f", &Redactor::new(b"k"));
            prop_assert!(outcome.as_ref().is_ok_and(|state| !state.declarations.is_empty()), "{:?}", outcome);
            let told = told(&outcome);
            prop_assert!(!told.contains(&secret), "{}", told);
        }
    }

    #[test]
    fn a_flat_state_keeps_no_planted_secret(name in prop::sample::select(vec!["password", "x.0.auth_token", "environment.0.variables.DB_TOKEN"]), random in "[A-Za-z0-9]{8,24}") {
        let secret = format!("Zq9{random}");
        let mut flat = Map::new();
        for (key, value) in [("id", "1"), ("x.#", "1"), ("environment.#", "1"), ("environment.0.variables.%", "1"), (name, secret.as_str())] {
            flat.insert(key.to_owned(), json!(value));
        }
        let document = json!({"version": 3, "serial": 1, "modules": [{"path": ["root"], "resources": {"aws_thing.a": {"primary": {"id": "1", "attributes": flat}}}}]});
        let told = told(&read(document.to_string().as_bytes(), "f", &Redactor::new(b"k")));
        prop_assert!(!told.contains(&secret), "{}", told);
    }

    #[test]
    fn a_damaged_file_tells_no_value(cut in 0_usize..400, random in "[A-Za-z0-9]{8,24}") {
        let secret = format!("Zq9{random}");
        let attributes = Map::from_iter([("id".to_owned(), json!("1")), ("password".to_owned(), json!(secret))]);
        for document in documents("aws_thing", &attributes, false) {
            let mut bytes = document.to_string().into_bytes();
            bytes.truncate(cut);
            let told = told(&read(&bytes, "f", &Redactor::new(b"k")));
            prop_assert!(!told.contains(&secret), "{}", told);
        }
    }

    #[test]
    fn any_json_is_read_or_refused(document in stateful_json(), version in prop::sample::select(vec![json!({"version": 3}), json!({"version": 4}), json!({"format_version": "1.0"})])) {
        let redactor = Redactor::new(b"k");
        let mut versioned = document.clone();
        if let (Some(map), Value::Object(version)) = (versioned.as_object_mut(), version) {
            map.extend(version);
        }
        for document in [document, versioned] {
            let first = read(document.to_string().as_bytes(), "f", &redactor);
            prop_assert_eq!(first, read(document.to_string().as_bytes(), "f", &redactor));
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64), start in prop::sample::select(vec!["", "\u{FEFF}", "{\"version\":4,", "<", "[", "PK\u{3}\u{4}"])) {
        let bytes = [start.as_bytes(), &bytes].concat();
        told(&read(&bytes, "f", &Redactor::new(b"k")));
    }

    #[test]
    fn any_value_is_walked(mut value in stateful_json(), text in ".{0,80}", path in "[a-z.\\[\\]0-9]{0,12}") {
        let redactor = Redactor::new(b"k");
        redactor.redact_value(&mut value);
        let mut text = json!({"user_data": text, "text": text, "env": [text]});
        redactor.redact_named(&path, &mut text);
        let again = text.clone();
        redactor.redact_named(&path, &mut text);
        prop_assert_eq!(text, again);
    }
}
