//! Decides whether two texts name the same network.
//!
//! False positive removed: EC2 stores `10.1.2.3/16` as `10.1.0.0/16` and writes IPv6 in its short form. By hand:
//! declare `2001:DB8:0:0::/32` in a template and read the group back.
//!
//! It must not hide another prefix length: `10.0.0.0/8` contains `10.0.0.0/16` and is not it.

use std::net::IpAddr;

use ipnet::IpNet;

/// Whether both texts are networks and name the same one.
pub(super) fn same(left: &str, right: &str) -> bool {
    network(left).is_some_and(|network_| network(right) == Some(network_))
}

/// The network that a text names, without host bits; an address alone is a network of one.
pub(super) fn network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    let network = match text.parse::<IpNet>() {
        Ok(network) => network,
        Err(_) => IpNet::from(text.parse::<IpAddr>().ok()?),
    };
    Some(network.trunc())
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn one_network_has_many_spellings() {
        for (left, right) in [
            ("10.1.2.3/16", "10.1.0.0/16"),
            ("2001:DB8:0:0::/32", "2001:db8::/32"),
            ("192.0.2.7", "192.0.2.7/32"),
            ("2001:db8::1", "2001:db8:0::1/128"),
        ] {
            assert!(same(left, right) && same(right, left), "{left} {right}");
        }
    }

    #[test]
    fn another_prefix_length_is_another_network() {
        assert!(!same("10.0.0.0/8", "10.0.0.0/16"));
        assert!(!same("10.0.0.0", "10.0.0.0/8"));
        assert!(!same("::/0", "0.0.0.0/0"));
        assert!(!same("10.0.0", "10.0.0"));
    }
}
