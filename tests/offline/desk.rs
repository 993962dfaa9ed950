//! A desk: declarations, rules and a key, in memory.

use driftwire_cloudtrail::for_each_record;
use driftwire_declared::{Declaration, Redactor};
use driftwire_drift::{Context, Index, Judged, Rules, Waiting, judge};
use serde_json::Value;

pub(crate) struct Desk {
    pub(crate) index: Index,
    pub(crate) rules: Rules,
    pub(crate) redactor: Redactor,
}

impl Desk {
    pub(crate) fn new(declarations: Vec<Declaration>) -> Self {
        Self { index: Index::new(declarations), rules: Rules::shipped(), redactor: key() }
    }

    pub(crate) fn with_rules(mut self, text: &str) -> Self {
        self.rules = Rules::parse(text, "rules.toml").expect("valid rules");
        self
    }

    pub(crate) fn context(&self) -> Context<'_> {
        Context::new(&self.index, &self.rules, &self.redactor)
    }

    pub(crate) fn judge(&self, record: &Value) -> Judged {
        self.judge_in(record, self.context())
    }

    /// Judges a record once its holds are over.
    pub(crate) fn judge_settled(&self, record: &Value) -> Judged {
        self.judge_in(record, Context { waiting: Waiting::Over, ..self.context() })
    }

    fn judge_in(&self, record: &Value, context: Context<'_>) -> Judged {
        let bytes = serde_json::to_vec(record).expect("a value");
        let mut judged = None;
        for_each_record(&bytes, &mut |record| judged = Some(judge(record.expect("a record"), context)));
        judged.expect("one record")
    }
}

pub(crate) fn key() -> Redactor {
    Redactor::new(b"a key for tests only")
}

/// A Terraform state around resources of `[type, name, attributes]`, read as any other.
pub(crate) fn declared(resources: &[(&str, &str, Value)]) -> Vec<Declaration> {
    let resources: Vec<Value> = resources
        .iter()
        .map(|(kind, name, attributes)| {
            serde_json::json!({
                "mode": "managed", "type": kind, "name": name, "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
                "instances": [{"schema_version": 0, "attributes": attributes}],
            })
        })
        .collect();
    let state = serde_json::json!({"version": 4, "terraform_version": "1.13.0", "serial": 1, "lineage": "l", "outputs": {}, "resources": resources});
    driftwire_declared::read(&serde_json::to_vec(&state).expect("a value"), "terraform.tfstate", &key())
        .expect("a state")
        .declarations
}
