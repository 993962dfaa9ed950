//! Decides whether two security-group rules are the same rule, whatever wrote them.
//!
//! EC2, Terraform and CloudFormation group the sources of rules in different ways; here every rule is one [`Tuple`]:
//! direction, protocol, ports, one source. False positives removed: `6` for `tcp`, `all` for `-1`, ports beside a
//! protocol that has none, host bits in a network, `owner/sg-…` for `sg-…`, `self` for the group's own id. By hand:
//! declare two networks in one block and authorize one of them again in the console.
//!
//! It must not hide a wider port range, another network or another direction. What names no source that can be read is
//! counted in [`Read::unread`], never dropped.

mod api;
mod code;

use serde::Serialize;
use serde_json::{Map, Value};

pub use api::{RuleItem, from_modification, from_permissions, from_rule_set};
pub use code::{from_cloudformation, from_terraform_block, from_terraform_rule, from_terraform_single_rule};

use super::{cidr, names, scalar};

/// Which way the traffic goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To the group's members.
    Ingress,
    /// From them.
    Egress,
}

impl Direction {
    /// `ingress` or `egress`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }
}

/// The other end of a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A network, without host bits, IPv6 in its short form; text that is none stays as it is.
    Cidr(String),
    /// A prefix list's id.
    PrefixList(String),
    /// Another group, or the group itself.
    Group {
        /// `sg-…`
        id: String,
        /// The account that owns it, when it is named; no part of the rule's identity, as ids are unique.
        owner: Option<String>,
    },
    /// A group by its name, as only the oldest calls do.
    GroupName(String),
}

/// One rule with one source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tuple {
    /// Which way.
    pub direction: Direction,
    /// `tcp`, `udp`, `icmp`, `icmpv6`, `-1` for all, or a number.
    pub protocol: String,
    /// The first port, or the ICMP type; none where the protocol has no ports.
    pub from_port: Option<i64>,
    /// The last port, or the ICMP code; none where the protocol has no ports.
    pub to_port: Option<i64>,
    /// The other end.
    pub source: Source,
    /// What people wrote beside it; no part of the rule's identity.
    pub description: Option<String>,
}

/// Rules that were read, and how many parts could not be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// One for each source.
    pub tuples: Vec<Tuple>,
    /// Permissions without a source, or with one that is hidden or not resolved.
    pub unread: usize,
}

impl Tuple {
    /// What makes it this rule and no other: everything but the description and the owner of a group.
    #[must_use]
    pub fn key(&self) -> String {
        let Self { direction, protocol, from_port, to_port, source, description: _ } = self;
        let port = |port: &Option<i64>| port.map_or_else(|| "*".to_owned(), |port| port.to_string());
        let source = match source {
            Source::Cidr(network) => format!("cidr {network}"),
            Source::PrefixList(id) => format!("prefix_list {id}"),
            Source::Group { id, owner: _ } => format!("source_group {id}"),
            Source::GroupName(name) => format!("source_group_name {name}"),
        };
        format!("{} {protocol} {} {} {source}", direction.as_str(), port(from_port), port(to_port))
    }

    /// The element as findings show it; ports are `null` where the protocol has none.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let Self { direction: _, protocol, from_port, to_port, source, description } = self;
        let (name, text) = match source {
            Source::Cidr(network) => ("cidr", network),
            Source::PrefixList(id) => ("prefix_list", id),
            Source::Group { id, owner: _ } => ("source_group", id),
            Source::GroupName(group) => ("source_group_name", group),
        };
        let mut element =
            serde_json::json!({"protocol": protocol, "from_port": from_port, "to_port": to_port, name: text});
        if let (Some(description), Some(members)) = (description, element.as_object_mut()) {
            members.insert("description".to_owned(), Value::from(description.as_str()));
        }
        element
    }

    /// Whether both are the same rule; the descriptions may differ.
    #[must_use]
    pub fn is_same_rule(&self, other: &Self) -> bool {
        let Self { direction, protocol, from_port, to_port, source, description: _ } = self;
        let is_same_source = match (source, &other.source) {
            (Source::Group { id, owner: _ }, Source::Group { id: other, owner: _ }) => id == other,
            (one, other) => one == other,
        };
        is_same_source
            && *direction == other.direction
            && *protocol == other.protocol
            && (*from_port, *to_port) == (other.from_port, other.to_port)
    }
}

/// What the sources of one permission have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Ports {
    direction: Direction,
    protocol: String,
    from: Option<i64>,
    to: Option<i64>,
}

impl Ports {
    /// Reads protocol and ports; none where the protocol is missing.
    fn read(direction: Direction, members: &Map<String, Value>) -> Option<Self> {
        let protocol = protocol(&text(members, &["ipprotocol", "protocol"])?);
        let (from, to) = (number(members, "fromport"), number(members, "toport"));
        let (from, to) = match protocol.as_str() {
            "tcp" | "udp" => (from.filter(|port| *port >= 0), to.filter(|port| *port >= 0)),
            // Type and code; -1 is every one.
            "icmp" | "icmpv6" => (Some(from.unwrap_or(-1)), Some(to.unwrap_or(-1))),
            _ => (None, None),
        };
        Some(Self { direction, protocol, from, to })
    }

    /// The rule with this source.
    fn with(&self, source: Source, description: Option<String>) -> Tuple {
        let Self { direction, protocol, from, to } = self.clone();
        let description = description.filter(|text| !text.is_empty());
        Tuple { direction, protocol, from_port: from, to_port: to, source, description }
    }
}

/// A protocol in one spelling.
fn protocol(text: &str) -> String {
    let text = text.trim().to_ascii_lowercase();
    let one = match text.as_str() {
        "-1" | "all" | "any" => "-1",
        "1" | "icmp" => "icmp",
        "6" | "tcp" => "tcp",
        "17" | "udp" => "udp",
        "58" | "icmpv6" | "ipv6-icmp" => "icmpv6",
        "igmp" => "2",
        "ipv4" | "ipip" | "ip-in-ip" => "4",
        "egp" => "8",
        "ipv6" => "41",
        "rsvp" => "46",
        "gre" => "47",
        "esp" => "50",
        "ah" => "51",
        "eigrp" => "88",
        "ospf" | "ospfigp" => "89",
        "pim" => "103",
        "vrrp" => "112",
        "l2tp" => "115",
        "sctp" => "132",
        "udplite" => "136",
        other => other,
    };
    one.to_owned()
}

/// A network in one spelling.
fn network(text: &str) -> Source {
    Source::Cidr(cidr::network(text).map_or_else(|| text.trim().to_owned(), |network| network.to_string()))
}

/// A group by id, `owner/id`, or name.
fn group(text: &str, owner: Option<String>) -> Source {
    let (owner, id) = match text.split_once('/') {
        Some((before, id)) if id.starts_with("sg-") => (Some(before.to_owned()), id),
        _ => (owner, text),
    };
    if id.starts_with("sg-") {
        Source::Group { id: id.to_owned(), owner }
    } else {
        Source::GroupName(id.rsplit('/').next().unwrap_or(id).to_owned())
    }
}

/// A member by its folded name.
fn member<'a>(members: &'a Map<String, Value>, folded: &str) -> Option<&'a Value> {
    members
        .iter()
        .find(|(name, _)| names::is_folded(name, folded))
        .map(|(_, value)| value)
        .filter(|value| !value.is_null())
}

/// The first of these members that is a text or a number.
fn text(members: &Map<String, Value>, folded: &[&str]) -> Option<String> {
    folded.iter().find_map(|name| {
        let text = scalar::text(member(members, name)?)?;
        (!text.is_empty()).then(|| text.into_owned())
    })
}

/// A member as a whole number, also when it is written as text.
fn number(members: &Map<String, Value>, folded: &str) -> Option<i64> {
    match member(members, folded)? {
        Value::Number(number) => number.as_i64().or_else(|| number.to_string().strip_suffix(".0")?.parse().ok()),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Whether a text says what it means: neither hidden nor unresolved.
fn is_known(text: &str) -> bool {
    super::mask::of_text(text).is_none()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Direction, Read, from_permissions, from_terraform_block};

    fn api(permission: &serde_json::Value) -> Read {
        let parameters = json!({"ipPermissions": {"items": [permission]}});
        from_permissions(Direction::Ingress, parameters.as_object().unwrap())
    }

    fn keys(read: &Read) -> Vec<String> {
        assert_eq!(read.unread, 0);
        read.tuples.iter().map(super::Tuple::key).collect()
    }

    fn one(protocol: &serde_json::Value, from: &serde_json::Value, to: &serde_json::Value) -> Vec<String> {
        keys(&api(
            &json!({"ipProtocol": protocol, "fromPort": from, "toPort": to, "ipRanges": {"items": [{"cidrIp": "10.0.0.0/8"}]}}),
        ))
    }

    #[test]
    fn a_protocol_has_a_name_and_a_number() {
        assert_eq!(one(&json!("6"), &json!("443"), &json!(443)), one(&json!("TCP"), &json!(443), &json!(443)));
        assert_eq!(one(&json!(58), &json!(-1), &json!(-1)), one(&json!("icmpv6"), &json!(null), &json!(null)));
        assert_eq!(one(&json!("50"), &json!(0), &json!(0)), one(&json!("esp"), &json!(-1), &json!(-1)));
        assert_ne!(one(&json!("tcp"), &json!(53), &json!(53)), one(&json!("udp"), &json!(53), &json!(53)));
    }

    #[test]
    fn ports_mean_nothing_beside_all_protocols() {
        let absent = one(&json!("-1"), &json!(null), &json!(null));
        assert_eq!(one(&json!("all"), &json!(0), &json!(0)), absent);
        assert_eq!(one(&json!("-1"), &json!(-1), &json!(-1)), absent);
        assert_ne!(one(&json!("tcp"), &json!(0), &json!(65535)), absent);
    }

    #[test]
    fn icmp_has_a_type_and_a_code() {
        assert_ne!(one(&json!("icmp"), &json!(8), &json!(0)), one(&json!("icmp"), &json!(-1), &json!(-1)));
        assert_eq!(one(&json!("icmp"), &json!(-1), &json!(-1)), one(&json!(1), &json!(null), &json!(null)));
    }

    #[test]
    fn a_network_has_no_host_bits() {
        let cidr = |text: &str| keys(&api(&json!({"ipProtocol": "-1", "ipRanges": {"items": [{"cidrIp": text}]}})));
        assert_eq!(cidr("10.1.2.3/16"), cidr("10.1.0.0/16"));
        assert_ne!(cidr("10.1.0.0/16"), cidr("10.1.0.0/24"));
        assert_eq!(cidr("2001:DB8:0:0::/32"), cidr("2001:db8::/32"));
    }

    #[test]
    fn a_group_is_the_same_with_its_owner() {
        let block = |groups: serde_json::Value| {
            let block = json!({"protocol": "-1", "from_port": 0, "to_port": 0, "security_groups": groups});
            keys(&from_terraform_block(Direction::Ingress, "sg-0aaa", block.as_object().unwrap()))
        };
        assert_eq!(block(json!(["111122223333/sg-0bbb"])), block(json!(["sg-0bbb"])));
        assert_ne!(block(json!(["sg-0bbb"])), block(json!(["sg-0ccc"])));
    }

    #[test]
    fn a_rule_is_itself_whatever_its_description() {
        let described = |text: &str| {
            api(
                &json!({"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": {"items": [{"cidrIp": "10.0.0.0/8", "description": text}]}}),
            )
        };
        let (old, new) = (described("old"), described("new"));
        assert!(old.tuples[0].is_same_rule(&new.tuples[0]) && old != new);
    }

    #[test]
    fn an_element_shows_one_source_and_its_ports() {
        let read = api(
            &json!({"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}}),
        );
        assert_eq!(
            read.tuples[0].to_json(),
            json!({"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr": "0.0.0.0/0"})
        );
        let read =
            api(&json!({"ipProtocol": "-1", "groups": {"items": [{"groupId": "sg-0bbb", "description": "all"}]}}));
        let expected = json!({"protocol": "-1", "from_port": null, "to_port": null, "source_group": "sg-0bbb", "description": "all"});
        assert_eq!(read.tuples[0].to_json(), expected);
        assert_eq!(read.tuples[0].key(), "ingress -1 * * source_group sg-0bbb");
    }
}
