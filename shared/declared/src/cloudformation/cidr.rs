//! `Fn::Cidr`: cuts a network into smaller ones. Refuses what CloudFormation would.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// CloudFormation gives no more networks than this.
const MOST: u32 = 256;

/// A network: its address, with no bit set past the prefix, and how long the prefix is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    bits: u128,
    prefix: u32,
    width: u32,
}

impl Network {
    /// Reads a network as `10.0.0.0/16` or `2001:db8::/56`; bits past the prefix are dropped, as EC2 does.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (address, prefix) = text.trim().split_once('/')?;
        let prefix: u32 = prefix.parse().ok()?;
        let (bits, width): (u128, u32) = match address.parse::<IpAddr>().ok()? {
            IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
            IpAddr::V6(address) => (address.to_bits(), 128),
        };
        let host = width.checked_sub(prefix)?;
        let bits = bits.checked_shr(host).unwrap_or_default().checked_shl(host).unwrap_or_default();
        Some(Self { bits, prefix, width })
    }

    /// Returns the first `count` networks in it that have `host_bits` bits each to number hosts with.
    pub(super) fn cut(self, count: u32, host_bits: u32) -> Option<Vec<Self>> {
        let prefix = self.width.checked_sub(host_bits).filter(|prefix| host_bits > 0 && *prefix >= self.prefix)?;
        let room = 1_u128.checked_shl(prefix - self.prefix).unwrap_or(u128::MAX);
        if count == 0 || count > MOST || u128::from(count) > room {
            return None;
        }
        // The first network may be all there is, and then the next one's address need not exist.
        let step = |index: u32| u128::from(index).checked_shl(host_bits).unwrap_or_default();
        Some((0..count).map(|index| Self { bits: self.bits | step(index), prefix, ..self }).collect())
    }

    /// Writes the network as EC2 does.
    pub(super) fn text(self) -> String {
        let address = match u32::try_from(self.bits) {
            Ok(bits) if self.width == 32 => IpAddr::V4(Ipv4Addr::from_bits(bits)),
            _ => IpAddr::V6(Ipv6Addr::from_bits(self.bits)),
        };
        format!("{address}/{}", self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(network: &str, count: u32, host_bits: u32) -> Option<Vec<String>> {
        Some(Network::read(network)?.cut(count, host_bits)?.into_iter().map(Network::text).collect())
    }

    #[test]
    fn networks_are_cut_one_after_the_other() {
        assert_eq!(cut("192.168.0.0/24", 3, 5).unwrap(), ["192.168.0.0/27", "192.168.0.32/27", "192.168.0.64/27"]);
        assert_eq!(cut("10.0.0.0/16", 2, 8).unwrap(), ["10.0.0.0/24", "10.0.1.0/24"]);
        assert_eq!(
            cut("2001:db8:1234:1a00::/56", 2, 64).unwrap(),
            ["2001:db8:1234:1a00::/64", "2001:db8:1234:1a01::/64"]
        );
        assert_eq!(cut("10.0.0.0/24", 1, 8).unwrap(), ["10.0.0.0/24"]);
        assert_eq!(cut("0.0.0.0/0", 1, 32).unwrap(), ["0.0.0.0/0"]);
        assert_eq!(cut("::/0", 2, 127).unwrap(), ["::/1", "8000::/1"]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (network, count, host_bits) in [
            ("10.0.0.0/24", 2, 8),
            ("10.0.0.0/24", 1, 9),
            ("10.0.0.0/16", 257, 4),
            ("10.0.0.0/16", 0, 8),
            ("10.0.0.0/16", 1, 0),
            ("10.0.0.0/16", 1, 33),
            ("10.0.0.0/33", 1, 8),
            ("10.0.0.0", 1, 8),
            ("network/8", 1, 8),
        ] {
            assert_eq!(cut(network, count, host_bits), None, "{network} {count} {host_bits}");
        }
    }

    proptest! {
        #[test]
        fn what_is_cut_lies_inside_in_order_and_apart(address in any::<u32>(), prefix in 0_u32..=32, count in 0_u32..300, host_bits in 0_u32..40) {
            let network = Network::read(&format!("{}/{prefix}", Ipv4Addr::from_bits(address))).unwrap();
            let cut = network.cut(count, host_bits).unwrap_or_default();
            for pair in cut.windows(2) {
                prop_assert_eq!(pair[1].bits - pair[0].bits, 1 << host_bits);
            }
            for part in &cut {
                prop_assert_eq!(part.bits >> (32 - prefix), network.bits >> (32 - prefix));
                prop_assert_eq!(Network::read(&part.text()), Some(*part));
            }
        }

        #[test]
        fn any_ipv6_network_is_cut_or_refused(address in any::<u128>(), prefix in 0_u32..=128, count in 0_u32..300, host_bits in 0_u32..140) {
            let network = Network::read(&format!("{}/{prefix}", Ipv6Addr::from_bits(address))).unwrap();
            for part in network.cut(count, host_bits).unwrap_or_default() {
                prop_assert_eq!(Network::read(&part.text()), Some(part));
            }
        }
    }
}
