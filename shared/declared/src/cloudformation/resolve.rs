//! Evaluates a template's values into new ones: functions give way to their results, and what cannot be known to a mark.
//!
//! A text or a list with an unknown part is unknown as a whole; only objects keep what they have around it.

use serde_json::{Map, Value};

use super::scope::{Missing, Outcome, Scope};
use crate::Unresolved;

/// How a reference to a value that is kept elsewhere begins.
const DYNAMIC: &str = "{{resolve:";
const VALUE_BYTES: usize = 32;

impl Scope<'_> {
    /// Evaluates a value.
    pub(super) fn resolve(&self, value: &Value) -> Outcome {
        match value {
            Value::String(text) => self.text(text.clone()),
            Value::Array(items) => self.deeper(|| self.list(items)),
            Value::Object(members) => self.deeper(|| match members.iter().next() {
                Some((name, operand)) if members.len() == 1 && is_function(name) => self.call(name, operand),
                _ => self.object(members).map(Value::Object),
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(value.clone()),
        }
    }

    /// Makes a text a value, unless its value is kept elsewhere.
    pub(super) fn text(&self, text: String) -> Outcome {
        self.spend(VALUE_BYTES + text.len())?;
        if text.as_bytes().contains(&b'{') && text.contains(DYNAMIC) {
            return Err(Unresolved::Dynamic.into());
        }
        Ok(Value::String(text))
    }

    /// Evaluates the members of an object.
    pub(super) fn object(&self, members: &Map<String, Value>) -> Outcome<Map<String, Value>> {
        let mut resolved = Map::new();
        for (name, value) in members {
            let outcome = if is_macro(name) { Err(Unresolved::Function.into()) } else { self.resolve(value) };
            let value = match outcome {
                Ok(value) => value,
                Err(Missing::NoValue) => continue,
                Err(Missing::Unknown(reason)) => reason.mark(),
            };
            self.spend(VALUE_BYTES + name.len())?;
            resolved.insert(name.clone(), value);
        }
        Ok(resolved)
    }

    fn list(&self, items: &[Value]) -> Outcome {
        let mut resolved = Vec::with_capacity(items.len());
        let mut unknown = None;
        let mut may_lack_element = false;
        for item in items {
            match self.resolve(item) {
                Ok(value) => resolved.push(value),
                Err(Missing::NoValue) => {}
                Err(Missing::Unknown(reason)) => {
                    unknown.get_or_insert(reason);
                    may_lack_element |= reason == Unresolved::Condition;
                    resolved.push(reason.mark());
                }
            }
        }
        self.spend(VALUE_BYTES)?;
        let holds_objects = || resolved.iter().any(|value| value.is_object() && crate::unresolved(value).is_none());
        match unknown {
            Some(reason) if may_lack_element || !holds_objects() => Err(reason.into()),
            _ => Ok(Value::Array(resolved)),
        }
    }

    fn call(&self, name: &str, operand: &Value) -> Outcome {
        match name {
            "Ref" => self.reference(operand.as_str().ok_or(Unresolved::Function)?),
            "Fn::GetAtt" => self.get_att(operand),
            "Fn::Sub" => self.sub(operand),
            "Fn::Join" => self.join(operand),
            "Fn::If" => self.choose(operand),
            "Fn::Select" => self.select(operand),
            "Fn::Split" => self.split(operand),
            "Fn::FindInMap" => self.find_in_map(operand),
            "Fn::Base64" => self.base64(operand),
            "Fn::Cidr" => self.cidr(operand),
            "Fn::Length" => self.length(operand),
            "Fn::ToJsonString" => self.to_json_string(operand),
            "Fn::ImportValue" => self.import(operand),
            "Fn::GetStackOutput" => Err(Unresolved::Import.into()),
            "Fn::GetAZs" => Err(Unresolved::Environment.into()),
            _ => Err(Unresolved::Function.into()),
        }
    }

    fn choose(&self, operand: &Value) -> Outcome {
        let Some([Value::String(condition), when_true, when_false]) = operand.as_array().map(Vec::as_slice) else {
            return Err(Unresolved::Function.into());
        };
        match self.condition(condition) {
            Some(true) => self.resolve(when_true),
            Some(false) => self.resolve(when_false),
            None => Err(Unresolved::Condition.into()),
        }
    }

    fn import(&self, operand: &Value) -> Outcome {
        let name = self.scalar(operand)?;
        self.text(self.exports.get(&name).ok_or(Unresolved::Import)?.clone())
    }

    /// Evaluates what must be a text; numbers and booleans become theirs.
    pub(super) fn scalar(&self, value: &Value) -> Outcome<String> {
        Ok(scalar_text(self.resolve(value)?).ok_or(Unresolved::Function)?)
    }
}

/// Returns a scalar's text.
pub(super) fn scalar_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn is_function(name: &str) -> bool {
    name == "Ref" || name.starts_with("Fn::")
}

/// Whether a member stands for others that a transform makes.
fn is_macro(name: &str) -> bool {
    name == "Fn::Transform" || name.starts_with("Fn::ForEach::")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::scope::testing::resolved, *};

    fn of(expression: &Value) -> Value {
        let parameters = json!({"Many": {"Type": "CommaDelimitedList", "Default": "a,b"}, "Hidden": {"Type": "String", "NoEcho": true}});
        let conditions =
            json!({"Never": {"Fn::Equals": ["a", "b"]}, "Unknown": {"Fn::Equals": [{"Ref": "Hidden"}, "b"]}});
        let exports = json!([{"Name": "net-vpc", "Value": "vpc-1"}]);
        resolved(
            json!({"TemplateBody": {"Parameters": parameters, "Conditions": conditions}, "Exports": exports}),
            expression,
        )
    }

    #[test]
    fn only_an_object_of_one_function_is_a_function() {
        for data in [
            json!({"Ref": "Many", "a": 1}),
            json!({"Condition": "Never"}),
            json!({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}),
            json!({"Reference": "x"}),
        ] {
            assert_eq!(of(&data), data);
        }
        assert_eq!(of(&json!({"Fn::Unheard": 1})), Unresolved::Function.mark());
        assert_eq!(of(&json!({"Fn::Transform": {"Name": "AWS::Include"}})), Unresolved::Function.mark());
        assert_eq!(
            of(&json!({"a": 1, "Fn::Transform": {}})),
            json!({"a": 1, "Fn::Transform": Unresolved::Function.mark()})
        );
    }

    #[test]
    fn no_value_is_not_there() {
        let none = json!({"Ref": "AWS::NoValue"});
        assert_eq!(of(&json!({"a": none, "b": [none, 1], "c": {"Fn::If": ["Never", 1, none]}})), json!({"b": [1]}));
    }

    #[test]
    fn conditions_choose() {
        assert_eq!(of(&json!({"Fn::If": ["Never", "a", {"Ref": "AWS::Region"}]})), json!("eu-west-1"));
        assert_eq!(of(&json!({"a": {"Fn::If": ["Unknown", "a", "b"]}})), json!({"a": Unresolved::Condition.mark()}));
        assert_eq!(of(&json!({"Fn::If": ["Never", "a"]})), Unresolved::Function.mark());
    }

    #[test]
    fn a_list_with_an_unknown_element_is_unknown_unless_objects_stand_beside_it() {
        let nothing = json!({"Ref": "Nothing"});
        let mark = Unresolved::Reference.mark();
        assert_eq!(of(&json!(["a", nothing])), mark);
        assert_eq!(of(&json!({"a": [nothing]})), json!({"a": mark}));
        assert_eq!(of(&json!([{"a": nothing}, {"b": 1}])), json!([{"a": mark}, {"b": 1}]));
        assert_eq!(of(&json!([{"b": 1}, nothing])), json!([{"b": 1}, mark]));
        assert_eq!(
            of(&json!([{"b": 1}, {"Fn::If": ["Unknown", {"c": 1}, {"Ref": "AWS::NoValue"}]}])),
            Unresolved::Condition.mark()
        );
        assert_eq!(of(&json!([{"Ref": "Many"}])), json!([["a", "b"]]));
    }

    #[test]
    fn what_is_kept_elsewhere_is_unknown() {
        assert_eq!(
            of(&json!({"a": "x{{resolve:secretsmanager:s:SecretString:p}}"})),
            json!({"a": Unresolved::Dynamic.mark()})
        );
        assert_eq!(of(&json!({"Fn::Join": ["", ["{{resolve:ssm:", "/a", "}}"]]})), Unresolved::Dynamic.mark());
        assert_eq!(of(&json!({"Fn::ImportValue": {"Fn::Sub": "net-vpc"}})), json!("vpc-1"));
        assert_eq!(of(&json!({"Fn::ImportValue": "net-subnet"})), Unresolved::Import.mark());
        assert_eq!(of(&json!({"Fn::GetAZs": {"Ref": "AWS::Region"}})), Unresolved::Environment.mark());
    }
}
