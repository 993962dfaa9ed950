//! `Ref` and `Fn::GetAtt`: what a name stands for, and what of a resource follows from its id and its own properties.

use serde_json::Value;

use super::{
    attribute::{self, Derived, Source},
    cidr::Network,
    scope::{Missing, Outcome, Scope},
};
use crate::Unresolved;

impl Scope<'_> {
    /// What a name stands for: a pseudo parameter, a parameter, or a resource's physical id.
    pub(super) fn reference(&self, name: &str) -> Outcome {
        if let Some(name) = name.strip_prefix("AWS::") {
            return self.pseudo(name);
        }
        match self.parameters.get(name) {
            Some(Ok(Value::String(text))) => self.text(text.clone()),
            Some(Ok(Value::Array(items))) => {
                items.iter().map(|item| self.text(item.as_str().unwrap_or_default().to_owned())).collect()
            }
            Some(Ok(value)) => Ok(value.clone()),
            Some(Err(reason)) => Err((*reason).into()),
            None => {
                let id = self.physical_id(name).and_then(|id| attribute::referred(self.kind(name)?, id));
                self.text(id.ok_or(Unresolved::Reference)?.to_owned())
            }
        }
    }

    fn pseudo(&self, name: &str) -> Outcome {
        let text = match name {
            "NoValue" => return Err(Missing::NoValue),
            "NotificationARNs" => {
                let arns = self.stack.notification_arns.clone().ok_or(Unresolved::Environment)?;
                return Ok(Value::Array(arns));
            }
            "AccountId" => self.place.account.as_deref(),
            "Region" => self.place.region.as_deref(),
            "Partition" => self.place.partition.as_deref(),
            "URLSuffix" => self.place.url_suffix(),
            "StackName" => self.stack.name.as_deref(),
            "StackId" => self.stack.id.as_deref(),
            _ => return Err(Unresolved::Reference.into()),
        };
        self.text(text.ok_or(Unresolved::Environment)?.to_owned())
    }

    /// `[logical id, attribute]`, or both in one text.
    pub(super) fn get_att(&self, operand: &Value) -> Outcome {
        match operand {
            Value::String(path) => {
                let (logical_id, name) = path.split_once('.').ok_or(Unresolved::Function)?;
                self.attribute(logical_id, name)
            }
            Value::Array(operands) => match operands.as_slice() {
                [Value::String(logical_id), name] => self.attribute(logical_id, &self.scalar(name)?),
                _ => Err(Unresolved::Function.into()),
            },
            _ => Err(Unresolved::Function.into()),
        }
    }

    /// An attribute of a resource, where it is certain.
    pub(super) fn attribute(&self, logical_id: &str, name: &str) -> Outcome {
        let kind = self.kind(logical_id).ok_or(Unresolved::Reference)?;
        if let Some(output) = name.strip_prefix("Outputs.") {
            let outputs = self.physical_id(logical_id).and_then(|id| self.nested.get(id));
            let value = outputs.and_then(|outputs| outputs.get(output)).filter(|value| !value.starts_with("****"));
            return self.text(value.ok_or(Unresolved::Attribute)?.clone());
        }
        match attribute::source(kind, name).ok_or(Unresolved::Attribute)? {
            Source::Property => self.property(logical_id, name),
            Source::Network => {
                let text = self.property(logical_id, name)?;
                let network = text.as_str().and_then(Network::read).ok_or(Unresolved::Attribute)?;
                self.text(network.text())
            }
            Source::Id(derived) => {
                let id = self.physical_id(logical_id).ok_or(Unresolved::Attribute)?;
                let text = self.derive(logical_id, derived, id)?;
                self.text(text.ok_or(Unresolved::Attribute)?)
            }
        }
    }

    /// Fills in what an attribute is made of.
    fn derive(&self, logical_id: &str, derived: Derived, id: &str) -> Outcome<Option<String>> {
        if !derived.suits(id) {
            return Ok(None);
        }
        let mut text = String::new();
        for part in derived.parts() {
            let path;
            let part = match part {
                "{in aws}" => self.place.partition.as_deref().filter(|partition| *partition == "aws").map(|_| ""),
                "{partition}" => self.place.partition.as_deref(),
                "{account}" => self.place.account.as_deref(),
                "{region}" => self.place.region.as_deref(),
                "{suffix}" => self.place.url_suffix(),
                "{path}" => {
                    path = self.path(logical_id)?;
                    Some(path.as_str())
                }
                "{bus}" => {
                    path = self.bus(logical_id, id)?;
                    Some(path.as_str())
                }
                other => attribute::part_of_id(other, id),
            };
            let Some(part) = part else { return Ok(None) };
            text.push_str(part);
        }
        Ok(Some(text))
    }

    /// The path of an IAM entity; `/` where none is declared.
    fn path(&self, logical_id: &str) -> Outcome<String> {
        match self.property(logical_id, "Path") {
            Ok(Value::String(path)) if path.starts_with('/') && path.ends_with('/') => Ok(path),
            Err(Missing::NoValue) => Ok("/".to_owned()),
            Err(unknown) => Err(unknown),
            Ok(_) => Err(Unresolved::Attribute.into()),
        }
    }

    /// A rule's bus and name, as in its ARN: the default bus goes without saying.
    fn bus(&self, logical_id: &str, id: &str) -> Outcome<String> {
        if let Some((bus, rule)) = id.split_once('|') {
            return Ok(format!("{bus}/{rule}"));
        }
        match self.property(logical_id, "EventBusName") {
            Err(Missing::NoValue) => Ok(id.to_owned()),
            Ok(Value::String(bus)) if bus == "default" => Ok(id.to_owned()),
            Ok(Value::String(bus)) if !bus.contains(':') => Ok(format!("{bus}/{id}")),
            Err(unknown) => Err(unknown),
            Ok(_) => Err(Unresolved::Attribute.into()),
        }
    }

    /// A property of another resource; no value where it is not declared. Each is evaluated once, and never by itself.
    fn property(&self, logical_id: &str, name: &str) -> Outcome {
        let key = (logical_id.to_owned(), name.to_owned());
        if let Some(known) = self.attributes.borrow().get(&key) {
            if let Ok(Value::String(text)) = known {
                self.spend(text.len())?;
            }
            return known.clone();
        }
        self.attributes.borrow_mut().insert(key.clone(), Err(Unresolved::Attribute.into()));
        let declared = self.resources.get(logical_id).and_then(|resource| resource.get("Properties"));
        let outcome = match declared {
            None => Err(Missing::NoValue),
            Some(Value::Object(properties)) if !properties.keys().any(|name| name.starts_with("Fn::")) => {
                properties.get(name).map_or(Err(Missing::NoValue), |value| self.deeper(|| self.resolve(value)))
            }
            Some(_) => Err(Unresolved::Function.into()),
        };
        // Attributes are scalars; what is known of lists within lists would grow with every resource between.
        let outcome = match outcome {
            Ok(Value::Array(_) | Value::Object(_) | Value::Null) => Err(Unresolved::Attribute.into()),
            outcome => outcome,
        };
        self.attributes.borrow_mut().insert(key, outcome.clone());
        outcome
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::scope::testing::resolved, *};

    const NESTED: &str = "arn:aws:cloudformation:eu-west-1:111122223333:stack/net/2";

    fn of(expression: &Value) -> Value {
        let resources = json!({
            "Net": {"Type": "AWS::CloudFormation::Stack"}, "Gone": {"Type": "AWS::S3::Bucket"}, "Vpc": {"Type": "AWS::EC2::VPC"},
            "Later": {"Type": "AWS::S3::Bucket"},
        });
        let live = json!([
            {"LogicalResourceId": "Net", "PhysicalResourceId": NESTED, "ResourceStatus": "CREATE_COMPLETE"},
            {"LogicalResourceId": "Gone", "PhysicalResourceId": "gone", "ResourceStatus": "DELETE_COMPLETE"},
            {"LogicalResourceId": "Vpc", "PhysicalResourceId": "vpc-1", "ResourceStatus": "UPDATE_COMPLETE"},
        ]);
        let outputs =
            json!([{"OutputKey": "Vpc", "OutputValue": "vpc-2"}, {"OutputKey": "Token", "OutputValue": "****"}]);
        let stack = json!({
            "StackId": "arn:aws-us-gov:cloudformation:us-gov-west-1:111122223333:stack/app/1", "NotificationARNs": ["arn:aws-us-gov:sns:us-gov-west-1:111122223333:ops"],
            "Parameters": [{"ParameterKey": "Zones", "ParameterValue": "a,b"}, {"ParameterKey": "Undeclared", "ParameterValue": "x"}],
        });
        let parameters = json!({"Zones": {"Type": "List<AWS::EC2::AvailabilityZone::Name>"}});
        resolved(
            json!({"Stack": stack, "TemplateBody": {"Parameters": parameters, "Resources": resources}, "StackResources": live, "NestedStacks": {NESTED: {"Outputs": outputs}}}),
            expression,
        )
    }

    #[test]
    fn pseudo_parameters_are_the_stacks_own() {
        for (name, value) in [
            ("AWS::AccountId", json!("111122223333")),
            ("AWS::Region", json!("us-gov-west-1")),
            ("AWS::Partition", json!("aws-us-gov")),
            ("AWS::URLSuffix", json!("amazonaws.com")),
            ("AWS::StackName", json!("app")),
            ("AWS::StackId", json!("arn:aws-us-gov:cloudformation:us-gov-west-1:111122223333:stack/app/1")),
            ("AWS::NotificationARNs", json!(["arn:aws-us-gov:sns:us-gov-west-1:111122223333:ops"])),
            ("AWS::NoValue", Value::Null),
            ("AWS::Unheard", Unresolved::Reference.mark()),
        ] {
            assert_eq!(of(&json!({"Ref": name})), value, "{name}");
        }
    }

    #[test]
    fn names_are_parameters_or_resources_that_exist() {
        assert_eq!(of(&json!({"Ref": "Zones"})), json!(["a", "b"]));
        assert_eq!(of(&json!({"Ref": "Undeclared"})), json!("x"));
        assert_eq!(of(&json!({"Ref": "Vpc"})), json!("vpc-1"));
        for name in ["Gone", "Later", "Nowhere"] {
            assert_eq!(of(&json!({"Ref": name})), Unresolved::Reference.mark(), "{name}");
        }
        assert_eq!(of(&json!({"Ref": ["Vpc"]})), Unresolved::Function.mark());
    }

    #[test]
    fn attributes_are_named_in_either_form() {
        assert_eq!(of(&json!({"Fn::GetAtt": "Vpc.VpcId"})), json!("vpc-1"));
        assert_eq!(of(&json!({"Fn::GetAtt": ["Vpc", {"Fn::Sub": "VpcId"}]})), json!("vpc-1"));
        assert_eq!(of(&json!({"Fn::GetAtt": ["Vpc"]})), Unresolved::Function.mark());
        assert_eq!(of(&json!({"Fn::GetAtt": ["Nowhere", "Arn"]})), Unresolved::Reference.mark());
        assert_eq!(of(&json!({"Fn::GetAtt": ["Later", "Arn"]})), Unresolved::Attribute.mark());
    }

    #[test]
    fn outputs_of_nested_stacks_are_known_where_they_are_given() {
        assert_eq!(of(&json!({"Fn::GetAtt": ["Net", "Outputs.Vpc"]})), json!("vpc-2"));
        assert_eq!(of(&json!({"Fn::Sub": "${Net.Outputs.Vpc}"})), json!("vpc-2"));
        assert_eq!(of(&json!({"Fn::GetAtt": ["Net", "Outputs.Subnet"]})), Unresolved::Attribute.mark());
        assert_eq!(of(&json!({"Fn::GetAtt": ["Net", "Outputs.Token"]})), Unresolved::Attribute.mark());
    }
    #[test]
    fn a_long_chain_of_properties_ends() {
        let link = |index: u32| {
            let next = json!({"Fn::GetAtt": [format!("P{}", index + 1), "Value"]});
            let nested = (0..40).fold(next, |inner, _| json!({"Fn::Join": ["", [inner]]}));
            (format!("P{index}"), json!({"Type": "AWS::SSM::Parameter", "Properties": {"Value": nested}}))
        };
        let resources: serde_json::Map<_, _> = (0..2_000).map(link).collect();
        let outcome = resolved(json!({"TemplateBody": {"Resources": resources}}), &json!({"Fn::GetAtt": "P0.Value"}));
        assert_eq!(outcome, Unresolved::Function.mark());
    }
    #[test]
    fn values_do_not_grow_from_resource_to_resource() {
        let link = |index: u32| {
            let value = json!([{"Fn::GetAtt": [format!("P{:05}", index.saturating_sub(1)), "Value"]}, "x"]);
            (format!("P{index:05}"), json!({"Type": "AWS::SSM::Parameter", "Properties": {"Value": value}}))
        };
        let resources: serde_json::Map<_, _> = (0..20_000).map(link).collect();
        let all: Value = (0..20_000).map(|index| json!({"Fn::GetAtt": [format!("P{index:05}"), "Value"]})).collect();
        let outcome = resolved(json!({"TemplateBody": {"Resources": resources}}), &json!({"all": {"a": all}}));
        assert_eq!(outcome, json!({"all": {"a": Unresolved::Attribute.mark()}}));
    }
}
