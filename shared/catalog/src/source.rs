//! Which event source a service's calls are logged under, and a resource type's.

use crate::packed;
use crate::table::{self, Slot, Table, table, texts};

/// Event sources, without their domain.
type Sources = &'static [&'static str];

pub(crate) static SERVICES: Table = table!("services");
static OF_SERVICES: [Slot<Sources>; SERVICES.len()] = [const { Slot::new() }; SERVICES.len()];
pub(crate) static NAMESPACES: Table = table!("namespaces");
static OF_NAMESPACES: [Slot<Sources>; NAMESPACES.len()] = [const { Slot::new() }; NAMESPACES.len()];

/// The event sources of a service, by botocore's name (`elbv2` → `elasticloadbalancing`). Empty: nobody knows.
#[must_use]
pub fn event_sources(service: &str) -> &'static [&'static str] {
    of(&SERVICES, &OF_SERVICES, service)
}

/// The event sources of a CloudFormation type's namespace (`AWS::ElasticLoadBalancingV2::Listener` →
/// `elasticloadbalancing`). Empty: nobody knows.
#[must_use]
pub fn sources_of_type(kind: &str) -> &'static [&'static str] {
    kind.split("::").nth(1).map(|namespace| of(&NAMESPACES, &OF_NAMESPACES, namespace)).unwrap_or_default()
}

fn of(table: &Table, slots: &'static [Slot<Sources>], name: &str) -> Sources {
    let make = |_, numbers: Vec<packed::Text>| texts(numbers);
    table.find((name, ""), |_| None).and_then(|at| table::row(table, slots, at, make)).copied().unwrap_or_default()
}
