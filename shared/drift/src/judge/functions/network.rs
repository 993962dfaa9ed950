//! Functions on addresses and ports: whether a rule lets the world in, and where.
//!
//! Reads a rule element in any vocabulary: `cidr`, `cidr_blocks`, `CidrIp`, `cidrIpv6`; ports as numbers or texts.

use ipnet::IpNet;

use crate::judge::path::same_name;
use crate::judge::view::{Fields, View};

/// Whether the value is, or holds, a range no smaller than a good part of the internet.
pub(super) fn is_any_cidr(value: View<'_, '_>) -> bool {
    match value {
        View::Text(text) => text.trim().parse().is_ok_and(is_world),
        View::List(items) => items.iter().any(is_any_cidr),
        View::Object(fields) => fields.any(|name, value| is_cidr_name(name) && is_any_cidr(value)),
        View::Null | View::Bool(_) | View::Number(_) | View::Other => false,
    }
}

/// The widest private ranges are `10.0.0.0/8` and `fc00::/7`; anything wider is the world, also when it is written as
/// two halves (`0.0.0.0/1` and `128.0.0.0/1`).
fn is_world(range: IpNet) -> bool {
    match range {
        IpNet::V4(range) => range.prefix_len() < 8,
        IpNet::V6(range) => range.prefix_len() < 7,
    }
}

fn is_cidr_name(name: &str) -> bool {
    ["cidr", "ipv6_cidr", "ipv6cidr"]
        .iter()
        .any(|start| name.get(..start.len()).is_some_and(|leading| leading.eq_ignore_ascii_case(start)))
}

/// Whether the element opens the port for the protocol. An element that says no protocol is not read as all.
pub(super) fn opens_port(value: View<'_, '_>, protocol: &str, port: f64) -> bool {
    let View::Object(fields) = value else { return false };
    match said_protocol(fields) {
        Some(Protocol::All) => true,
        Some(Protocol::One(name)) => {
            let (from, to) = ports(fields);
            name.eq_ignore_ascii_case(protocol)
                && from.is_none_or(|from| from <= port)
                && to.is_none_or(|to| port <= to)
        }
        None => false,
    }
}

/// Whether the element opens every port of a protocol, or every protocol.
pub(super) fn opens_all_ports(value: View<'_, '_>) -> bool {
    let View::Object(fields) = value else { return false };
    match said_protocol(fields) {
        Some(Protocol::All) => true,
        Some(Protocol::One("tcp" | "udp")) => {
            let (from, to) = ports(fields);
            from.is_none_or(|from| from <= 1.0) && to.is_none_or(|to| to >= 65_535.0)
        }
        Some(Protocol::One(_)) | None => false,
    }
}

/// Whether a security-group change lets traffic in rather than out: by its own words, its declaration or the call.
pub(super) fn inbound(change: Fields<'_>, resource: View<'_, '_>, call: View<'_, '_>) -> bool {
    let by_path = || change.paths().is_some_and(|paths| paths.contain("egress"));
    let by_value = || ["declared", "actual"].into_iter().any(|side| change.field(side).is_some_and(is_egress));
    let by_call = || text_of(call, "name").is_some_and(says_egress);
    !(by_path() || by_value() || by_call() || declared_egress(change, resource))
}

fn says_egress(text: &str) -> bool {
    text.as_bytes().windows("egress".len()).any(|part| part.eq_ignore_ascii_case(b"egress"))
}

fn text_of<'a>(object: View<'a, '_>, name: &str) -> Option<&'a str> {
    object.fields()?.field(name)?.text()
}

fn is_egress(element: View<'_, '_>) -> bool {
    let View::Object(fields) = element else { return false };
    fields.any(|name, value| match value {
        View::Text(text) => {
            (same_name(name, "direction") || same_name(name, "type")) && text.eq_ignore_ascii_case("egress")
        }
        View::Bool(flag) => flag && (same_name(name, "egress") || same_name(name, "is_egress")),
        View::Null | View::Number(_) | View::List(_) | View::Object(_) | View::Other => false,
    })
}

/// Whether the block that owns the change declares an outgoing rule.
fn declared_egress(change: Fields<'_>, resource: View<'_, '_>) -> bool {
    let declarations = resource.fields().and_then(|resource| resource.field("declarations"));
    let Some(View::List(declarations)) = declarations else { return false };
    let Some(owner) = change.field("address").and_then(View::text) else { return false };
    declarations.iter().any(|declaration| {
        text_of(declaration, "address") == Some(owner) && text_of(declaration, "type").is_some_and(says_egress)
    })
}

enum Protocol<'a> {
    All,
    One(&'a str),
}

fn said_protocol(fields: Fields<'_>) -> Option<Protocol<'_>> {
    let is_protocol = |name: &str| same_name(name, "protocol") || same_name(name, "ip_protocol");
    let value = fields.find(|name, value| is_protocol(name).then_some(value))?;
    match value {
        View::Text("-1" | "all" | "ALL" | "-1.0") => Some(Protocol::All),
        View::Text("6") => Some(Protocol::One("tcp")),
        View::Text("17") => Some(Protocol::One("udp")),
        View::Text(name) if name.eq_ignore_ascii_case("tcp") => Some(Protocol::One("tcp")),
        View::Text(name) if name.eq_ignore_ascii_case("udp") => Some(Protocol::One("udp")),
        View::Text(name) => Some(Protocol::One(name)),
        View::Number(_) => match value.number()? {
            number if number < 0.0 => Some(Protocol::All),
            6.0 => Some(Protocol::One("tcp")),
            17.0 => Some(Protocol::One("udp")),
            _ => None,
        },
        View::Null | View::Bool(_) | View::List(_) | View::Object(_) | View::Other => None,
    }
}

fn ports(fields: Fields<'_>) -> (Option<f64>, Option<f64>) {
    let port = |wanted: &str| {
        let value = fields.find(|name, value| same_name(name, wanted).then_some(value))?;
        value.number().filter(|port| *port >= 0.0)
    };
    (port("from_port"), port("to_port"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn any(value: &Value) -> bool {
        is_any_cidr(View::of_json(value))
    }

    #[test]
    fn the_world_is_recognized_in_every_vocabulary() {
        for value in [
            json!("0.0.0.0/0"),
            json!("::/0"),
            json!("0:0:0:0:0:0:0:0/0"),
            json!("128.0.0.0/1"),
            json!({"cidr": "0.0.0.0/0"}),
            json!({"CidrIpv6": "::/0"}),
            json!({"cidr_blocks": ["10.0.0.0/8", "0.0.0.0/0"]}),
            json!({"ipv6_cidr_blocks": ["::/0"]}),
        ] {
            assert!(any(&value), "{value}");
        }
        for value in
            [json!("10.0.0.0/8"), json!("0.0.0.0"), json!("fc00::/7"), json!(null), json!({"description": "0.0.0.0/0"})]
        {
            assert!(!any(&value), "{value}");
        }
    }

    #[test]
    fn ports_are_read_as_numbers_and_texts() {
        let opens = |value: Value, port: f64| opens_port(View::of_json(&value), "tcp", port);
        assert!(opens(json!({"protocol": "tcp", "from_port": 22, "to_port": 22}), 22.0));
        assert!(opens(json!({"IpProtocol": "TCP", "FromPort": "20", "ToPort": "30"}), 22.0));
        assert!(opens(json!({"protocol": "-1", "from_port": 0, "to_port": 0}), 22.0));
        assert!(!opens(json!({"protocol": "tcp", "from_port": 443, "to_port": 443}), 22.0));
        assert!(!opens(json!({"protocol": "udp", "from_port": 22, "to_port": 22}), 22.0));
        assert!(!opens(json!("0.0.0.0/0"), 22.0));
        let all = |value: Value| opens_all_ports(View::of_json(&value));
        assert!(all(json!({"ip_protocol": "-1"})));
        assert!(all(json!({"protocol": "6", "from_port": 0, "to_port": 65535})));
        assert!(!all(json!({"protocol": "tcp", "from_port": 0, "to_port": 1024})));
        assert!(!all(json!({"protocol": "icmp", "from_port": -1, "to_port": -1})));
    }
}
