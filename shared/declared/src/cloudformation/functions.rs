//! The functions that make values of values: join, split, select, look up in a mapping, encode, count. Each gives a
//! value or says why not; none guesses.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::{
    cidr::Network,
    resolve::scalar_text,
    scope::{Missing, Outcome, Scope},
};
use crate::{
    Unresolved,
    unresolved::{unresolved, within},
};

impl Scope<'_> {
    /// `[delimiter, list]`.
    pub(super) fn join(&self, operand: &Value) -> Outcome {
        let [delimiter, list] = operands(operand)?;
        let delimiter = self.scalar(delimiter)?;
        let mut joined = String::new();
        for (index, part) in self.values(list)?.into_iter().enumerate() {
            let part = scalar_text(part).ok_or(Unresolved::Function)?;
            self.spend(delimiter.len() + part.len())?;
            if index > 0 {
                joined.push_str(&delimiter);
            }
            joined.push_str(&part);
        }
        self.text(joined)
    }

    /// `[delimiter, text]`.
    pub(super) fn split(&self, operand: &Value) -> Outcome {
        let [delimiter, source] = operands(operand)?;
        let delimiter = self.scalar(delimiter)?;
        let source = self.scalar(source)?;
        if delimiter.is_empty() {
            return Err(Unresolved::Function.into());
        }
        source.split(&delimiter).map(|part| self.text(part.to_owned())).collect()
    }

    /// `[index, list]`. Of a list that is written out, only the elements up to the one selected need be known.
    pub(super) fn select(&self, operand: &Value) -> Outcome {
        let [index, list] = operands(operand)?;
        let mut index: usize = self.scalar(index)?.parse().map_err(|_| Unresolved::Function)?;
        let Value::Array(items) = list else {
            let selected = self.values(list)?.into_iter().nth(index).ok_or(Unresolved::Function)?;
            return unresolved(&selected).map_or(Ok(selected), |reason| Err(reason.into()));
        };
        for item in items {
            let outcome = self.resolve(item);
            match outcome {
                Err(Missing::NoValue) => continue,
                Err(Missing::Unknown(Unresolved::Condition)) => return outcome,
                _ if index == 0 => return outcome,
                _ => index -= 1,
            }
        }
        Err(Unresolved::Function.into())
    }

    /// `[mapping, key, key]`, and a default perhaps.
    pub(super) fn find_in_map(&self, operand: &Value) -> Outcome {
        let (mapping, first, second, default) = match operand.as_array().map(Vec::as_slice) {
            Some([mapping, first, second]) => (mapping, first, second, None),
            Some([mapping, first, second, options]) => (mapping, first, second, options.get("DefaultValue")),
            _ => return Err(Unresolved::Function.into()),
        };
        let (mapping, first, second) = (self.scalar(mapping)?, self.scalar(first)?, self.scalar(second)?);
        let found = self.mappings.and_then(|mappings| mappings.get(&mapping)?.get(&first)?.get(&second));
        found.or(default).map_or_else(|| Err(Unresolved::Function.into()), |value| self.resolve(value))
    }

    pub(super) fn base64(&self, operand: &Value) -> Outcome {
        self.text(STANDARD.encode(self.scalar(operand)?))
    }

    /// `[network, count, host bits]`.
    pub(super) fn cidr(&self, operand: &Value) -> Outcome {
        // Without the third, CloudFormation's choice is not documented.
        let [network, count, host_bits] = operands(operand)?;
        let number = |value| self.scalar(value)?.parse().map_err(|_| Missing::from(Unresolved::Function));
        let (network, count, host_bits) = (self.scalar(network)?, number(count)?, number(host_bits)?);
        let networks = Network::read(&network).and_then(|network| network.cut(count, host_bits));
        let networks = networks.ok_or(Unresolved::Function)?;
        Ok(networks.into_iter().map(|network| Value::String(network.text())).collect())
    }

    pub(super) fn length(&self, operand: &Value) -> Outcome {
        Ok(self.values(operand)?.len().into())
    }

    pub(super) fn to_json_string(&self, operand: &Value) -> Outcome {
        let value = self.resolve(operand)?;
        if !value.is_array() && !value.is_object() {
            return Err(Unresolved::Function.into());
        }
        if let Some(reason) = within(&value) {
            return Err(reason.into());
        }
        self.text(value.to_string())
    }

    /// Evaluates what must be a list.
    fn values(&self, value: &Value) -> Outcome<Vec<Value>> {
        match self.resolve(value)? {
            Value::Array(values) => Ok(values),
            _ => Err(Unresolved::Function.into()),
        }
    }
}

fn operands<const COUNT: usize>(operand: &Value) -> Outcome<&[Value; COUNT]> {
    let operands = operand.as_array().and_then(|operands| operands.as_slice().try_into().ok());
    Ok(operands.ok_or(Unresolved::Function)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::scope::testing::resolved, *};

    fn of(expression: &Value) -> Value {
        let mappings = json!({"Sizes": {"eu-west-1": {"Small": "t3.nano", "Zones": ["a", "b"]}}});
        resolved(json!({"TemplateBody": {"Mappings": mappings}}), expression)
    }

    fn unknown(reason: Unresolved) -> Value {
        reason.mark()
    }

    #[test]
    fn parts_are_joined_as_text() {
        assert_eq!(
            of(&json!({"Fn::Join": ["-", ["a", 1, true, {"Ref": "AWS::NoValue"}, {"Ref": "AWS::Region"}]]})),
            json!("a-1-true-eu-west-1")
        );
        assert_eq!(of(&json!({"Fn::Join": ["", []]})), json!(""));
        assert_eq!(of(&json!({"Fn::Join": [",", {"Fn::Split": ["|", "a|b"]}]})), json!("a,b"));
        assert_eq!(of(&json!({"Fn::Join": ["", ["a", {"Ref": "Nothing"}]]})), unknown(Unresolved::Reference));
        assert_eq!(of(&json!({"Fn::Join": ["", ["a", ["b"]]]})), unknown(Unresolved::Function));
        assert_eq!(of(&json!({"Fn::Join": "a"})), unknown(Unresolved::Function));
    }

    #[test]
    fn a_text_is_split() {
        assert_eq!(of(&json!({"Fn::Split": ["/", "a//b"]})), json!(["a", "", "b"]));
        assert_eq!(of(&json!({"Fn::Split": ["", "ab"]})), unknown(Unresolved::Function));
        assert_eq!(of(&json!({"Fn::Split": ["/", {"Ref": "Nothing"}]})), unknown(Unresolved::Reference));
    }

    #[test]
    fn an_element_is_selected_even_beside_unknown_ones() {
        assert_eq!(
            of(&json!({"Fn::Select": ["1", ["a", {"Ref": "AWS::NoValue"}, "b", {"Ref": "Nothing"}]]})),
            json!("b")
        );
        assert_eq!(of(&json!({"Fn::Select": [0, {"Fn::Split": ["/", "a/b"]}]})), json!("a"));
        assert_eq!(of(&json!({"Fn::Select": [0, {"Fn::GetAZs": ""}]})), unknown(Unresolved::Environment));
        assert_eq!(of(&json!({"Fn::Select": [0, [{"Ref": "Nothing"}]]})), unknown(Unresolved::Reference));
        assert_eq!(
            of(&json!({"Fn::Select": [1, [{"Fn::If": ["Nothing", "a", "b"]}, "c"]]})),
            unknown(Unresolved::Condition)
        );
        assert_eq!(of(&json!({"Fn::Select": [2, ["a", "b"]]})), unknown(Unresolved::Function));
        assert_eq!(of(&json!({"Fn::Select": [-1, ["a", "b"]]})), unknown(Unresolved::Function));
    }

    #[test]
    fn mappings_are_looked_up() {
        assert_eq!(of(&json!({"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "Small"]})), json!("t3.nano"));
        assert_eq!(of(&json!({"Fn::FindInMap": ["Sizes", "eu-west-1", "Zones"]})), json!(["a", "b"]));
        assert_eq!(
            of(&json!({"Fn::FindInMap": ["Sizes", "eu-west-1", "Large", {"DefaultValue": {"Ref": "AWS::Region"}}]})),
            json!("eu-west-1")
        );
        assert_eq!(of(&json!({"Fn::FindInMap": ["Sizes", "eu-west-1", "Large"]})), unknown(Unresolved::Function));
        assert_eq!(
            of(&json!({"Fn::FindInMap": ["Sizes", {"Ref": "Nothing"}, "Small", {"DefaultValue": "x"}]})),
            unknown(Unresolved::Reference)
        );
    }

    #[test]
    fn text_is_encoded_and_networks_are_cut() {
        assert_eq!(of(&json!({"Fn::Base64": {"Fn::Sub": "hi ${AWS::Region}"}})), json!("aGkgZXUtd2VzdC0x"));
        assert_eq!(of(&json!({"Fn::Cidr": ["10.0.0.0/24", "2", 5]})), json!(["10.0.0.0/27", "10.0.0.32/27"]));
        assert_eq!(of(&json!({"Fn::Cidr": ["10.0.0.0/24", 2]})), unknown(Unresolved::Function));
        assert_eq!(of(&json!({"Fn::Cidr": [{"Ref": "Nothing"}, 2, 5]})), unknown(Unresolved::Reference));
    }

    #[test]
    fn lists_are_counted_and_values_written_as_json() {
        assert_eq!(of(&json!({"Fn::Length": ["a", {"Ref": "AWS::NoValue"}]})), json!(1));
        assert_eq!(of(&json!({"Fn::Length": "a"})), unknown(Unresolved::Function));
        assert_eq!(of(&json!({"Fn::ToJsonString": {"a": {"Ref": "AWS::Region"}}})), json!("{\"a\":\"eu-west-1\"}"));
        assert_eq!(of(&json!({"Fn::ToJsonString": {"a": {"b": {"Ref": "Nothing"}}}})), unknown(Unresolved::Reference));
        assert_eq!(of(&json!({"Fn::ToJsonString": "a"})), unknown(Unresolved::Function));
    }
}
