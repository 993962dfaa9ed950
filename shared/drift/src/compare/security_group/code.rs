//! Reads rules as infrastructure code declares them. Names are read in any case, so Pulumi's inputs pass as Terraform's.

use serde_json::{Map, Value};

use super::super::names;
use super::{Direction, Ports, Read, Source, group, is_known, member, network, text};

/// Reads one element of `ingress` or `egress` of `aws_security_group`; `own_id` is what `self` means.
#[must_use]
pub fn from_terraform_block(direction: Direction, own_id: &str, members: &Map<String, Value>) -> Read {
    let mut read = Read::default();
    let Some(ports) = Ports::read(direction, members) else { return Read { unread: 1, ..read } };
    let description = text(members, &["description"]);
    let mut push = |source: Option<Source>| match source {
        Some(source) => read.tuples.push(ports.with(source, description.clone())),
        None => read.unread += 1,
    };
    for cidr in texts(members, "cidrblocks").into_iter().chain(texts(members, "ipv6cidrblocks")) {
        push(cidr.as_deref().map(network));
    }
    texts(members, "prefixlistids").into_iter().for_each(|id| push(id.map(Source::PrefixList)));
    for id in texts(members, "securitygroups").into_iter().chain(texts(members, "sourcesecuritygroupid")) {
        push(id.as_deref().map(|id| group(id, None)));
    }
    if member(members, "self") == Some(&Value::Bool(true)) {
        push(Some(Source::Group { id: own_id.to_owned(), owner: None }));
    }
    // `self = true` is stored beside the group's own id.
    read.tuples.sort();
    read.tuples.dedup_by(|one, other| one.is_same_rule(other));
    read.or_unread()
}

/// Reads the attributes of `aws_security_group_rule`, which says its own direction and group.
#[must_use]
pub fn from_terraform_rule(attributes: &Map<String, Value>) -> Read {
    let direction = match text(attributes, &["type"]).as_deref() {
        Some("ingress") => Direction::Ingress,
        Some("egress") => Direction::Egress,
        Some(_) | None => return Read { unread: 1, ..Read::default() },
    };
    from_terraform_block(direction, &text(attributes, &["securitygroupid"]).unwrap_or_default(), attributes)
}

/// Reads the attributes of `aws_vpc_security_group_ingress_rule` or `…_egress_rule`.
#[must_use]
pub fn from_terraform_single_rule(direction: Direction, attributes: &Map<String, Value>) -> Read {
    single(direction, attributes, "referencedsecuritygroupid", &["cidripv4", "cidripv6"], &["prefixlistid"])
}

/// Reads an element of `SecurityGroupIngress` or `SecurityGroupEgress`, or the properties of a standalone rule.
#[must_use]
pub fn from_cloudformation(direction: Direction, properties: &Map<String, Value>) -> Read {
    let (ours, prefix) = match direction {
        Direction::Ingress => ("sourcesecuritygroupid", "sourceprefixlistid"),
        Direction::Egress => ("destinationsecuritygroupid", "destinationprefixlistid"),
    };
    single(direction, properties, ours, &["cidrip", "cidripv6"], &[prefix, "sourceprefixlistid"])
}

/// Reads a rule that has one source.
fn single(
    direction: Direction,
    members: &Map<String, Value>,
    by_group: &str,
    cidrs: &[&str],
    prefix_lists: &[&str],
) -> Read {
    let mut read = Read::default();
    let Some(ports) = Ports::read(direction, members) else { return Read { unread: 1, ..read } };
    let owner = || text(members, &["sourcesecuritygroupownerid"]);
    let known = |names: &[&str]| text(members, names).filter(|text| is_known(text));
    let sources = [
        cidrs.iter().find_map(|name| known(&[name])).as_deref().map(network),
        known(prefix_lists).map(Source::PrefixList),
        known(&[by_group, "sourcesecuritygroupname"]).as_deref().map(|id| group(id, owner())),
    ];
    let description = text(members, &["description"]);
    read.tuples.extend(sources.into_iter().flatten().map(|source| ports.with(source, description.clone())));
    read.or_unread()
}

impl Read {
    /// Itself, or one unread part when there is nothing in it.
    fn or_unread(self) -> Self {
        if self.tuples.is_empty() && self.unread == 0 { Self { unread: 1, ..self } } else { self }
    }
}

/// The texts of a list; none for those that are hidden or not resolved.
fn texts(members: &Map<String, Value>, folded: &str) -> Vec<Option<String>> {
    let elements = member(members, folded).map(names::elements).unwrap_or_default();
    let known = |element: &Value| element.as_str().filter(|text| is_known(text)).map(str::to_owned);
    elements.into_iter().filter(|element| element.as_str() != Some("")).map(known).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::super::{Direction, Read, Tuple, from_permissions};
    use super::{from_cloudformation, from_terraform_block, from_terraform_rule, from_terraform_single_rule};

    fn members(value: &Value) -> &Map<String, Value> {
        value.as_object().unwrap()
    }

    fn keys(read: &Read) -> Vec<String> {
        assert_eq!(read.unread, 0);
        read.tuples.iter().map(Tuple::key).collect()
    }

    #[test]
    fn a_block_is_one_rule_for_each_source() {
        let block = json!({"cidr_blocks": ["10.0.0.0/16", "10.1.0.0/16"], "description": "https", "from_port": 443,
            "ipv6_cidr_blocks": ["2001:DB8::/32"], "prefix_list_ids": ["pl-1"], "protocol": "tcp",
            "security_groups": ["sg-0bbb"], "self": true, "to_port": 443});
        let expected = [
            "ingress tcp 443 443 cidr 10.0.0.0/16",
            "ingress tcp 443 443 cidr 10.1.0.0/16",
            "ingress tcp 443 443 cidr 2001:db8::/32",
            "ingress tcp 443 443 prefix_list pl-1",
            "ingress tcp 443 443 source_group sg-0aaa",
            "ingress tcp 443 443 source_group sg-0bbb",
        ];
        assert_eq!(keys(&from_terraform_block(Direction::Ingress, "sg-0aaa", members(&block))), expected);
    }

    #[test]
    fn one_rule_is_declared_in_five_ways() {
        let expected = ["ingress tcp 443 443 cidr 10.0.0.0/8"];
        let terraform = json!({"type": "ingress", "security_group_id": "sg-0aaa", "protocol": "tcp", "from_port": 443, "to_port": 443,
            "cidr_blocks": ["10.0.0.0/8"], "ipv6_cidr_blocks": null, "self": false, "source_security_group_id": null});
        let pulumi = json!({"type": "ingress", "securityGroupId": "sg-0aaa", "protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/8"]});
        let single = json!({"ip_protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_ipv4": "10.0.0.0/8", "cidr_ipv6": null});
        let template = json!({"IpProtocol": "6", "FromPort": "443", "ToPort": 443, "CidrIp": "10.1.2.3/8"});
        assert_eq!(keys(&from_terraform_rule(members(&terraform))), expected);
        assert_eq!(keys(&from_terraform_rule(members(&pulumi))), expected);
        assert_eq!(keys(&from_terraform_single_rule(Direction::Ingress, members(&single))), expected);
        assert_eq!(keys(&from_cloudformation(Direction::Ingress, members(&template))), expected);
        let call = json!({"ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "ipRanges": {"items": [{"cidrIp": "10.0.0.0/8"}]}}]}});
        assert_eq!(keys(&from_permissions(Direction::Ingress, members(&call))), expected);
    }

    #[test]
    fn the_other_end_may_be_a_group() {
        let expected = ["egress -1 * * source_group sg-0bbb"];
        let template = json!({"GroupId": "sg-0aaa", "IpProtocol": "-1", "DestinationSecurityGroupId": "sg-0bbb"});
        assert_eq!(keys(&from_cloudformation(Direction::Egress, members(&template))), expected);
        let single =
            json!({"ip_protocol": "-1", "from_port": null, "referenced_security_group_id": "111122223333/sg-0bbb"});
        assert_eq!(keys(&from_terraform_single_rule(Direction::Egress, members(&single))), expected);
        let rule = json!({"type": "egress", "protocol": "all", "from_port": 0, "to_port": 0, "security_group_id": "sg-0bbb", "self": true});
        assert_eq!(keys(&from_terraform_rule(members(&rule))), expected);
    }

    #[test]
    fn an_unresolved_source_is_counted() {
        let unread = |properties: Value| from_cloudformation(Direction::Ingress, members(&properties)).unread;
        assert_eq!(
            unread(json!({"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "CidrIp": "{{resolve:ssm:/net}}"})),
            1
        );
        assert_eq!(unread(json!({"CidrIp": "10.0.0.0/8"})), 1);
        let block = json!({"protocol": "-1", "cidr_blocks": ["{{resolve:ssm:/net}}", "10.0.0.0/8"]});
        let read = from_terraform_block(Direction::Egress, "sg-0aaa", members(&block));
        assert_eq!((read.tuples.len(), read.unread), (1, 1));
    }
}
