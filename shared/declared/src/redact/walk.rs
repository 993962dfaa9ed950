//! Walks a value and replaces what is secret by name or by looks, also inside JSON text and user data.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

use super::{MARK, Redactor, is_mark, name, shape};
use crate::unresolved;

/// JSON text inside JSON text is opened this many times; deeper, only its looks count.
const DEEPEST_TEXT: u8 = 4;

/// What the names at a place mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Names from a schema: the end of a name says what it holds.
    Schema,
    /// Names people gave to environment variables: any part can say so.
    Environment,
    /// Tags: names say nothing about secrets.
    Tags,
}

impl Place {
    /// Returns what names mean one level below `name`.
    pub(super) fn inside(self, name: &str) -> Self {
        match name {
            "tags" | "tags_all" | "tag" | "Tags" | "tagSet" | "tagsAll" => Self::Tags,
            _ if ["environment", "variables", "variable", "Environment", "Variables", "env"]
                .iter()
                .any(|end| name.ends_with(end)) =>
            {
                Self::Environment
            }
            _ => self,
        }
    }

    fn gives_away(self, name: &str) -> bool {
        // Something that only poses as hidden.
        if name == MARK {
            return true;
        }
        match self {
            Self::Tags => false,
            Self::Environment => name::is_secret_variable(name),
            Self::Schema => {
                name::is_secret_attribute(name) || name::is_screaming(name) && name::is_secret_variable(name)
            }
        }
    }
}

impl Redactor {
    pub(super) fn walk(&self, value: &mut Value, place: Place, depth: u8) -> bool {
        match value {
            Value::String(text) => match self.hidden_text(text, depth) {
                Some(hidden) => {
                    *value = hidden;
                    true
                }
                None => false,
            },
            Value::Array(items) => self.walk_list(items, place, depth),
            Value::Object(map) => self.walk_object(map, place, depth),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    /// Walks a value whose name is known.
    pub(super) fn walk_named(&self, name: &str, value: &mut Value, place: Place, depth: u8) -> bool {
        if matches!(value, Value::Null | Value::Bool(_)) {
            return false;
        }
        if place.gives_away(name) {
            return self.hide_scalars(value, place.inside(name), depth);
        }
        if matches!(name, "user_data" | "user_data_base64" | "userData" | "UserData")
            && let Value::String(text) = value
        {
            return is_telling_user_data(text) && self.replace(value);
        }
        match value {
            Value::Array(_) | Value::Object(_) => self.walk(value, place.inside(name), depth),
            _ => self.walk(value, place, depth),
        }
    }

    pub(super) fn walk_object(&self, map: &mut Map<String, Value>, place: Place, depth: u8) -> bool {
        if is_mark(map) || unresolved::of_members(map).is_some() {
            return false;
        }
        let pair_value = secret_pair(map, place);
        let mut changed = false;
        let (mut has_access_key, mut has_candidate) = (false, false);
        for (name, value) in map.iter_mut() {
            changed |= if pair_value == Some(name.as_str()) {
                self.hide_scalars(value, place, depth)
            } else {
                self.walk_named(name, value, place, depth)
            };
            note_key_material(value, &mut has_access_key, &mut has_candidate);
        }
        changed | (has_access_key && has_candidate && self.hide_candidates(map.values_mut()))
    }

    fn walk_list(&self, items: &mut [Value], place: Place, depth: u8) -> bool {
        let mut changed = false;
        let (mut has_access_key, mut has_candidate) = (false, false);
        for value in items.iter_mut() {
            changed |= self.walk(value, place, depth);
            note_key_material(value, &mut has_access_key, &mut has_candidate);
        }
        changed | (has_access_key && has_candidate && self.hide_candidates(items.iter_mut()))
    }

    /// Replaces the values of a name that gives them away: text and numbers, also in lists.
    fn hide_scalars(&self, value: &mut Value, place: Place, depth: u8) -> bool {
        match value {
            Value::String(text) if tells_nothing(text) => self.walk(value, place, depth),
            Value::String(_) | Value::Number(_) => self.replace(value),
            Value::Array(items) => {
                let mut changed = false;
                for item in items {
                    changed |= self.hide_scalars(item, place, depth);
                }
                changed
            }
            Value::Object(_) => self.walk(value, place, depth),
            Value::Null | Value::Bool(_) => false,
        }
    }

    fn hide_candidates<'v>(&self, values: impl Iterator<Item = &'v mut Value>) -> bool {
        let mut changed = false;
        for value in values {
            if value.as_str().is_some_and(shape::is_aws_secret) {
                changed |= self.replace(value);
            }
        }
        changed
    }

    /// Returns what stands in a text's place, where it holds a secret: the same JSON with its secrets replaced, or a hash
    /// of the whole.
    fn hidden_text(&self, text: &str, depth: u8) -> Option<Value> {
        let found = shape::scan(text);
        if depth < DEEPEST_TEXT
            && looks_like_json(text)
            && (found.shaped || name::may_name_secret(text) || text.contains('\\'))
            && let Ok(mut inner) = serde_json::from_str::<Value>(text)
        {
            if !self.walk(&mut inner, Place::Schema, depth + 1) {
                return found.shaped.then(|| self.marked(text));
            }
            let rewritten = inner.to_string();
            let is_clean = !shape::scan(&rewritten).shaped;
            return Some(if is_clean { Value::String(rewritten) } else { self.marked(text) });
        }
        (found.shaped || found.assigned).then(|| self.marked(text))
    }
}

/// Returns the name under which the secret of a `{"name": "DB_PASSWORD", "value": …}` stands.
fn secret_pair(map: &Map<String, Value>, place: Place) -> Option<&'static str> {
    let has_value = || map.keys().any(|name| matches!(name.as_str(), "value" | "Value"));
    if place == Place::Tags || !has_value() {
        return None;
    }
    let (name, value) = [("name", "value"), ("Name", "Value"), ("key", "value"), ("Key", "Value")]
        .into_iter()
        .find(|(name, value)| map.contains_key(*name) && map.contains_key(*value))?;
    let name = map.get(name)?.as_str()?;
    let is_written_by_people = place == Place::Environment || name.bytes().any(|byte| byte.is_ascii_uppercase());
    let refers = matches!(
        map.get("type").or_else(|| map.get("Type")).and_then(Value::as_str),
        Some("PARAMETER_STORE" | "SECRETS_MANAGER")
    );
    (is_written_by_people && !refers && name::is_secret_variable(name)).then_some(value)
}

fn note_key_material(value: &Value, has_access_key: &mut bool, has_candidate: &mut bool) {
    if let Value::String(text) = value {
        *has_access_key |= shape::is_aws_access_key_id(text);
        *has_candidate |= shape::is_aws_secret(text);
    }
}

/// Text that is no secret whatever its name: where a secret is kept, a switch, or a mask that AWS put there.
fn tells_nothing(text: &str) -> bool {
    text.starts_with("arn:")
        || text.bytes().all(|byte| byte == b'*')
        || matches!(text, "true" | "false" | "HIDDEN_DUE_TO_SECURITY_REASONS" | "<sensitiveDataRemoved>")
}

fn looks_like_json(text: &str) -> bool {
    let text = text.trim_ascii();
    [('{', '}'), ('[', ']'), ('"', '"')].iter().any(|(first, last)| text.starts_with(*first) && text.ends_with(*last))
}

/// Whether user data holds a secret, or cannot be looked into.
fn is_telling_user_data(text: &str) -> bool {
    if shape::is_sha1(text) {
        return false;
    }
    let is_telling = |text: &str| {
        let found = shape::scan(text);
        found.shaped || found.assigned
    };
    if is_telling(text) {
        return true;
    }
    let packed: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    match STANDARD.decode(packed) {
        Ok(bytes) => std::str::from_utf8(&bytes).map_or(true, is_telling),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::is_redacted;

    fn walked(kind: &str, mut attributes: Value) -> Value {
        Redactor::new(b"k").redact_attributes(kind, attributes.as_object_mut().unwrap());
        attributes
    }

    #[test]
    fn names_give_secrets_away_in_attributes() {
        let seen = walked(
            "aws_db_instance",
            json!({"password": "hunter2", "master_user_secret": [{"secret_arn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a"}],
            "auth_token": "", "user": [{"passwords": ["hunter2", "hunter3"], "pin_password": 1234}], "manage_master_user_password": true}),
        );
        assert!(is_redacted(&seen["password"]));
        assert!(is_redacted(&seen["user"][0]["passwords"][1]));
        assert!(is_redacted(&seen["user"][0]["pin_password"]));
        assert_eq!((&seen["auth_token"], &seen["manage_master_user_password"]), (&json!(""), &json!(true)));
        assert!(seen["master_user_secret"][0]["secret_arn"].is_string());
    }

    #[test]
    fn environment_variables_are_known_by_any_part_of_their_name() {
        let seen = walked(
            "aws_lambda_function",
            json!({"environment": [{"variables": {"db_password_old": "x1", "COLOR": "blue", "SECRET_ARN": "arn:aws:s:r:a:b"}}]}),
        );
        let variables = &seen["environment"][0]["variables"];
        assert!(is_redacted(&variables["db_password_old"]));
        assert_eq!((&variables["COLOR"], &variables["SECRET_ARN"]), (&json!("blue"), &json!("arn:aws:s:r:a:b")));
    }

    #[test]
    fn json_text_stays_json_and_loses_only_its_secrets() {
        let containers = json!([{"name": "web", "environment": [{"name": "api_token_2", "value": "hunter2"}, {"name": "COLOR", "value": "blue"}],
            "secrets": [{"name": "DB_PASSWORD", "valueFrom": "arn:aws:ssm:eu-west-1:111122223333:parameter/p"}]}]);
        let seen = walked("aws_ecs_task_definition", json!({"container_definitions": containers.to_string()}));
        let text = seen["container_definitions"].as_str().unwrap();
        assert!(!text.contains("hunter2") && text.contains("blue") && text.contains("parameter/p"), "{text}");
        assert!(is_redacted(&serde_json::from_str::<Value>(text).unwrap()[0]["environment"][0]["value"]));
    }

    #[test]
    fn a_policy_is_left_alone() {
        let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Principal": "*", "Resource": "*",
            "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:acme/*"}}}]}).to_string();
        let attributes = json!({"policy": policy, "metadata_options": [{"http_tokens": "required"}], "tags": {"TokenOwner": "ops"}, "creation_token": "efs"});
        assert_eq!(walked("aws_iam_role", attributes.clone()), attributes);
    }

    #[test]
    fn a_secret_in_doubled_keys_or_broken_json_is_hidden_whole() {
        let token = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
        for text in
            [format!("{{\"a\":\"{token}\",\"a\":1}}"), format!("{{\"{token}\":1}}"), format!("{{\"a\":\"{token}\"")]
        {
            assert!(is_redacted(&walked("aws_thing", json!({"text": text}))["text"]), "{text}");
        }
        let escaped = format!("{{\"a\":\"{}\"}}", token.replace('_', "\\u005f"));
        assert!(!walked("aws_thing", json!({"text": escaped})).to_string().contains("a1B2c3"));
    }

    #[test]
    fn an_access_key_gives_the_secret_beside_it_away() {
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        let seen = walked("aws_thing", json!({"id": "AKIAIOSFODNN7EXAMPLE", "other": secret, "list": [secret]}));
        assert!(is_redacted(&seen["other"]));
        assert_eq!(seen["list"], json!([secret]), "not beside it");
        assert_eq!(seen["id"], "AKIAIOSFODNN7EXAMPLE");
    }

    #[test]
    fn user_data_is_hidden_when_it_tells_or_cannot_be_read() {
        let hidden = |text: &str| is_redacted(&walked("aws_instance", json!({"user_data": text}))["user_data"]);
        assert!(!hidden("da39a3ee5e6b4b0d3255bfef95601890afd80709"));
        assert!(!hidden("#!/bin/sh\necho hello"));
        assert!(hidden("#!/bin/sh\nexport DB_PASSWORD=hunter2"));
        assert!(!hidden(&STANDARD.encode("#!/bin/sh\necho hello")));
        assert!(hidden(&STANDARD.encode("#!/bin/sh\nexport DB_PASSWORD=hunter2")));
        assert!(hidden(&STANDARD.encode([0x1F, 0x8B, 8, 0, 0, 0])));
    }

    #[test]
    fn masks_of_cloudtrail_stay_masks() {
        let parameters = json!({"masterUserPassword": "****", "value": "HIDDEN_DUE_TO_SECURITY_REASONS", "clientSecret": "HIDDEN_DUE_TO_SECURITY_REASONS"});
        let mut seen = parameters.clone();
        assert!(!Redactor::new(b"k").redact_value(&mut seen));
        assert_eq!(seen, parameters);
    }
}
