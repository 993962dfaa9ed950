//! Whether a conversation about a resource goes on: whether anything is open on it. The store knows, whatever the order in
//! which notices came.

use std::future::Future;

use driftwire_report::v1::{Finding, Status};
use driftwire_store::{Filter, History, Order, PageRequest, StoreError};

/// How many findings of a resource are looked at.
const LOOKED_AT: usize = 100;

/// Knows what is open.
pub(crate) trait Standing {
    /// Whether something is open on the resource of a finding.
    fn goes_on(&self, finding: &Finding) -> impl Future<Output = Result<bool, StoreError>>;
}

impl<S: History> Standing for S {
    async fn goes_on(&self, finding: &Finding) -> Result<bool, StoreError> {
        let resource = &finding.resource;
        let page = PageRequest { limit: Some(LOOKED_AT), after: None, order: Order::NewestFirst };
        let mut filter = Filter {
            resource: Some(resource.id.clone()),
            account: Some(resource.account.clone()),
            region: Some(resource.region.clone()),
            status: Some(Status::Open),
            ..Filter::default()
        };
        let open = self.findings(&filter, &page).await?.items;
        if open.iter().any(|it| it.resource.kind == resource.kind && is_live(it)) {
            return Ok(true);
        }
        if !is_live(finding) {
            return Ok(false);
        }
        filter.status = None;
        Ok(is_believed(finding, &self.findings(&filter, &page).await?.items))
    }
}

/// Whether a finding is open, and nothing overtook it.
fn is_live(finding: &Finding) -> bool {
    finding.status == Status::Open && finding.superseded_by.is_none()
}

/// Whether a notice of an open finding holds: the store says nothing else. It may not have it in its index yet.
fn is_believed(finding: &Finding, known: &[Finding]) -> bool {
    known.iter().filter(|it| it.id == finding.id).all(is_live)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::tests::{notice, opened};

    #[test]
    fn a_late_notice_of_what_was_closed_since_is_not_believed() {
        let finding = |id: &str, status: &str| {
            let mut finding = opened(id);
            finding["status"] = status.into();
            notice(&finding).finding
        };
        let open = finding("dw1-a", "open");
        assert!(is_believed(&open, &[]));
        assert!(is_believed(&open, &[finding("dw1-b", "restored")]));
        assert!(!is_believed(&open, &[finding("dw1-a", "restored")]));
        let overtaken = Finding { superseded_by: Some("e".to_owned()), ..open.clone() };
        assert!(is_live(&open) && !is_live(&overtaken) && !is_live(&finding("dw1-a", "gone")));
    }
}
