//! Decides a template's conditions, in three values: true, false, and not known.

use serde_json::Value;

use super::scope::{Missing, Outcome, Scope};
use crate::Unresolved;

impl Scope<'_> {
    /// Decides a condition by its name.
    pub(super) fn condition(&self, name: &str) -> Option<bool> {
        if let Some(decided) = self.decided.borrow().get(name) {
            return *decided;
        }
        // Until it is decided, it is unknown to itself.
        self.decided.borrow_mut().insert(name.to_owned(), None);
        let decided = self.conditions.and_then(|conditions| self.holds(conditions.get(name)?));
        self.decided.borrow_mut().insert(name.to_owned(), decided);
        decided
    }

    fn holds(&self, expression: &Value) -> Option<bool> {
        self.deeper(|| self.decide(expression).ok_or(Missing::Unknown(Unresolved::Condition))).ok()
    }

    fn decide(&self, expression: &Value) -> Option<bool> {
        let Value::Object(members) = expression else { return expression.as_bool() };
        let (name, operand) = members.iter().next().filter(|_| members.len() == 1)?;
        match name.as_str() {
            "Condition" => self.condition(operand.as_str()?),
            "Fn::Not" => match operand.as_array()?.as_slice() {
                [inner] => self.holds(inner).map(|holds| !holds),
                _ => None,
            },
            "Fn::And" => self.all(operand, true),
            "Fn::Or" => self.all(operand, false).map(|none| !none),
            "Fn::Equals" => match operand.as_array()?.as_slice() {
                [left, right] => equal(self.resolve(left), self.resolve(right)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether all of several expressions come out as `wanted`: no, as soon as one is known not to.
    fn all(&self, operand: &Value, wanted: bool) -> Option<bool> {
        let mut all = Some(true);
        for expression in operand.as_array()? {
            match self.holds(expression) {
                Some(holds) if holds == wanted => {}
                Some(_) => return Some(false),
                None => all = None,
            }
        }
        all
    }
}

fn equal(left: Outcome, right: Outcome) -> Option<bool> {
    same(&left.ok()?, &right.ok()?)
}

/// Whether two values are the same, as texts: `true` equals `"true"`. Unknown where a part of either is.
fn same(left: &Value, right: &Value) -> Option<bool> {
    if crate::unresolved(left).is_some() || crate::unresolved(right).is_some() {
        return None;
    }
    match (left, right) {
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            every(left.iter().zip(right).map(|(left, right)| same(left, right)))
        }
        (Value::Object(left), Value::Object(right)) if left.len() == right.len() => {
            every(left.iter().map(|(name, left)| right.get(name).map_or(Some(false), |right| same(left, right))))
        }
        (Value::String(left), Value::String(right)) => Some(left == right),
        _ => Some(super::resolve::scalar_text(left.clone())? == super::resolve::scalar_text(right.clone())?),
    }
}

fn every(mut outcomes: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    outcomes.try_fold(true, |all, outcome| Some(all && outcome?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::scope::testing::resolved;
    use super::*;

    fn decide(conditions: &Value, name: &str) -> Option<bool> {
        let parameters =
            json!({"Stage": {"Type": "String", "Default": "prod"}, "Hidden": {"Type": "String", "NoEcho": true}});
        let document = json!({"TemplateBody": {"Parameters": parameters, "Conditions": conditions}});
        resolved(document, &json!({"Fn::If": [name, true, false]})).as_bool()
    }

    fn of(expression: &Value) -> Option<bool> {
        let unknown = json!({"Fn::Equals": [{"Ref": "Hidden"}, "x"]});
        let yes = json!({"Fn::Equals": [{"Ref": "Stage"}, "prod"]});
        let no = json!({"Fn::Not": [{"Condition": "Yes"}]});
        decide(&json!({"Unknown": unknown, "Yes": yes, "No": no, "It": expression}), "It")
    }

    fn named(function: &str, names: &[&str]) -> Value {
        json!({function: names.iter().map(|name| json!({"Condition": name})).collect::<Vec<_>>()})
    }

    #[test]
    fn three_values_are_enough() {
        assert_eq!(of(&named("Fn::And", &["Yes", "Yes"])), Some(true));
        assert_eq!(of(&named("Fn::And", &["Unknown", "No"])), Some(false));
        assert_eq!(of(&named("Fn::And", &["Yes", "Unknown"])), None);
        assert_eq!(of(&named("Fn::Or", &["No", "No"])), Some(false));
        assert_eq!(of(&named("Fn::Or", &["Unknown", "Yes"])), Some(true));
        assert_eq!(of(&named("Fn::Or", &["No", "Unknown"])), None);
        assert_eq!(of(&named("Fn::Not", &["Unknown"])), None);
        assert_eq!(of(&named("Fn::Not", &["No"])), Some(true));
        assert_eq!(of(&json!({"Condition": "Nothing"})), None);
        assert_eq!(of(&json!({"Fn::Contains": [["a"], "a"]})), None);
    }

    #[test]
    fn values_are_compared_as_text() {
        for (left, right, outcome) in [
            (json!("true"), json!(true), Some(true)),
            (json!(5), json!("5"), Some(true)),
            (json!("a"), json!("A"), Some(false)),
            (json!(["a", 1]), json!(["a", "1"]), Some(true)),
            (json!(["a"]), json!(["b"]), Some(false)),
            (json!({"Ref": "AWS::Region"}), json!("eu-west-1"), Some(true)),
            (json!({"Ref": "AWS::NoValue"}), json!(""), None),
            (json!("{{resolve:ssm:/a}}"), json!("{{resolve:ssm:/a}}"), None),
        ] {
            assert_eq!(of(&json!({"Fn::Equals": [left, right]})), outcome, "{left} {right}");
        }
    }

    #[test]
    fn a_condition_of_itself_is_unknown() {
        assert_eq!(decide(&json!({"It": {"Fn::Not": [{"Condition": "It"}]}}), "It"), None);
    }

    #[test]
    fn a_long_chain_of_conditions_ends() {
        let chain =
            (0..20_000).map(|link| (format!("C{link}"), json!({"Fn::Not": [{"Condition": format!("C{}", link + 1)}]})));
        assert_eq!(decide(&chain.collect::<serde_json::Map<_, _>>().into(), "C0"), None);
    }
}
