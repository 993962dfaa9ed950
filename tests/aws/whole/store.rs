//! What the table holds, through the store that the functions use.

use std::collections::{BTreeMap, BTreeSet};

use aws_config::{BehaviorVersion, Region};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use driftwire_aws_tests::Stack;
use driftwire_aws_tests::stack::STATES;
use driftwire_report::v1::Finding;
use driftwire_store::{DynamoDb, Filter, History, Order, PageRequest, verify};
use serde_json::Value;

/// A finding, as far as it has to agree with another.
pub(crate) type Summary = (String, String, String, String);

/// The table, and something to wait for it with.
pub(crate) struct Table {
    runtime: tokio::runtime::Runtime,
    pub(crate) store: DynamoDb,
}

impl Table {
    #[expect(deprecated, reason = "its new name is of a crate that nothing else here needs")]
    pub(crate) fn of(stack: &Stack) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        use aws_config::profile::profile_file::{ProfileFileKind, ProfileFiles};
        let keys = "[default]\naws_access_key_id = test\naws_secret_access_key = test\n";
        let anybody = ProfileFiles::builder().with_contents(ProfileFileKind::Credentials, keys).build();
        let config = runtime.block_on(
            aws_config::defaults(BehaviorVersion::latest())
                .region(Region::from_static("us-east-1"))
                .endpoint_url(format!("http://{}", stack.authority()))
                .profile_files(anybody)
                .http_client(Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https())
                .load(),
        );
        let store = DynamoDb::with(&config, stack.output("TableName"));
        Self { runtime, store }
    }

    pub(crate) fn wait<T>(&self, asked: impl Future<Output = T>) -> T {
        self.runtime.block_on(asked)
    }

    /// All findings.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let page = PageRequest { order: Order::OldestFirst, ..PageRequest::default() };
        self.wait(self.store.findings(&Filter::default(), &page)).unwrap().items
    }

    /// All findings, in short.
    pub(crate) fn summaries(&self) -> BTreeSet<Summary> {
        self.findings().iter().map(summary).collect()
    }

    /// How many entries the history of each resource has; every chain is checked.
    pub(crate) fn histories(&self) -> BTreeMap<String, usize> {
        let resources = self.wait(self.store.resources()).unwrap();
        let history = |resource| {
            let entries = self.wait(self.store.history(resource)).unwrap();
            verify(resource, &entries, &self.wait(self.store.head(resource)).unwrap()).unwrap();
            entries.len()
        };
        resources.iter().map(|it| (format!("{it:?}"), history(it))).collect()
    }

    /// Which version of a state is in the table, once everything it moved was judged again.
    pub(crate) fn declared(&self, key: &str) -> Option<(Option<u64>, String)> {
        use driftwire_store::Origins as _;
        let origin = format!("s3://{STATES}/{key}");
        let heads = self.wait(self.store.origins()).unwrap();
        heads.into_iter().find(|it| it.origin == origin && it.finished).map(|it| (it.serial, it.version))
    }
}

pub(crate) fn summary(finding: &Finding) -> Summary {
    (finding.id.clone(), finding.title.clone(), finding.severity.to_string(), finding.status.as_str().to_owned())
}

/// The same of a finding in JSON.
pub(crate) fn read(finding: &Value) -> Summary {
    let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    (text("id"), text("title"), text("severity"), text("status"))
}
