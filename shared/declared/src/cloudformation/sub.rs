//! `Fn::Sub`: names in a text give way to their values.

use serde_json::{Map, Value};

use super::scope::{Missing, Outcome, Scope};
use crate::Unresolved;

impl Scope<'_> {
    /// A text, or `[text, names of its own]`.
    pub(super) fn sub(&self, operand: &Value) -> Outcome {
        let (text, own) = match operand {
            Value::String(text) => (text, None),
            Value::Array(operands) => match operands.as_slice() {
                [Value::String(text)] => (text, None),
                [Value::String(text), Value::Object(own)] => (text, Some(own)),
                _ => return Err(Unresolved::Function.into()),
            },
            _ => return Err(Unresolved::Function.into()),
        };
        let mut result = String::with_capacity(text.len());
        for part in parts(text) {
            match part {
                Part::Text(text) => result.push_str(text),
                Part::Literal(name) => result.extend(["${", name, "}"]),
                Part::Name(name) => {
                    let value = self.substitute(name, own)?;
                    self.spend(value.len())?;
                    result.push_str(&value);
                }
            }
        }
        self.text(result)
    }

    fn substitute(&self, name: &str, own: Option<&Map<String, Value>>) -> Outcome<String> {
        let value = match own.and_then(|own| own.get(name)) {
            Some(value) => self.resolve(value),
            None => match name.split_once('.') {
                Some((logical_id, attribute)) => self.attribute(logical_id, attribute),
                None => self.reference(name),
            },
        };
        let value = value.map_err(|missing| match missing {
            Missing::NoValue => Unresolved::Function.into(),
            unknown @ Missing::Unknown(_) => unknown,
        })?;
        Ok(super::resolve::scalar_text(value).ok_or(Unresolved::Function)?)
    }
}

/// A part of the text.
#[derive(Debug, PartialEq, Eq)]
enum Part<'t> {
    Text(&'t str),
    /// `${!Name}` stands for `${Name}`.
    Literal(&'t str),
    Name(&'t str),
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        // Without an end, the rest is text.
        let Some((name, after)) = after.split_once('}') else { break };
        parts.push(Part::Text(before));
        parts.push(name.strip_prefix('!').map_or(Part::Name(name.trim()), Part::Literal));
        rest = after;
    }
    parts.push(Part::Text(rest));
    parts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::scope::testing::resolved, *};

    fn of(operand: &Value) -> Value {
        let parameters = json!({"Name": {"Type": "String", "Default": "app"}, "Many": {"Type": "CommaDelimitedList", "Default": "a,b"}, "Secret": {"Type": "String", "NoEcho": true, "Default": "hunter2"}});
        let resources = json!({"Queue": {"Type": "AWS::SQS::Queue"}});
        let live = json!([{"LogicalResourceId": "Queue", "PhysicalResourceId": "https://sqs.eu-west-1.amazonaws.com/111122223333/q"}]);
        let document =
            json!({"TemplateBody": {"Parameters": parameters, "Resources": resources}, "StackResources": live});
        resolved(document, &json!({"Fn::Sub": operand}))
    }

    #[test]
    fn names_give_way_to_their_values() {
        assert_eq!(
            of(&json!("arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${Name}-q")),
            json!("arn:aws:sqs:eu-west-1:111122223333:app-q")
        );
        assert_eq!(
            of(&json!("${Queue} ${Queue.QueueName}")),
            json!("https://sqs.eu-west-1.amazonaws.com/111122223333/q q")
        );
        assert_eq!(of(&json!(["${Own}/${Name}", {"Own": {"Ref": "AWS::StackName"}, "Name": 5}])), json!("app/5"));
    }

    #[test]
    fn literals_and_stray_signs_stay() {
        assert_eq!(of(&json!("${!Name} $${Name} $x {} ${Name")), json!("${Name} $app $x {} ${Name"));
        assert_eq!(of(&json!("")), json!(""));
    }

    #[test]
    fn an_unknown_part_makes_the_whole_unknown() {
        assert_eq!(of(&json!("a${Nothing}")), Unresolved::Reference.mark());
        assert_eq!(of(&json!("a${Secret}")), Unresolved::Parameter.mark());
        assert_eq!(of(&json!("a${Queue.Unknown}")), Unresolved::Attribute.mark());
        assert_eq!(of(&json!("a${Many}")), Unresolved::Function.mark());
        assert_eq!(of(&json!("a${AWS::NoValue}")), Unresolved::Function.mark());
        assert_eq!(of(&json!("${Name}{{resolve:ssm:/a}}")), Unresolved::Dynamic.mark());
        assert_eq!(of(&json!([{"Ref": "Name"}, {}])), Unresolved::Function.mark());
    }

    #[test]
    fn what_multiplies_beyond_reason_is_unknown() {
        let mut operand = json!("x".repeat(1000));
        for _ in 0..30 {
            operand = json!(["${a}${a}", {"a": {"Fn::Sub": operand}}]);
        }
        assert_eq!(of(&operand), Unresolved::Function.mark());
    }
}
