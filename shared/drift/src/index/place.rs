//! Whether a resource may be where a call says that it is. What either side does not say contradicts nothing.

use driftwire_catalog::is_global;

use super::Resource;

pub(super) fn agrees(one: Option<&str>, other: Option<&str>) -> bool {
    one.is_none() || other.is_none() || one == other
}

/// How well a resource's place agrees with a record's; `None` if it contradicts it. More is better.
pub(super) fn agreement(resource: &Resource, account: &str, region: &str) -> Option<u8> {
    let account = match resource.account.as_deref() {
        Some(declared) if !account.is_empty() && declared != account => return None,
        Some(_) => 2,
        None => 0,
    };
    let region = match resource.region.as_deref() {
        _ if is_global(&resource.kind) => 1,
        Some(declared) if !region.is_empty() && declared != region => return None,
        Some(_) => 1,
        None => 0,
    };
    Some(account + region)
}
