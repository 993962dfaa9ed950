//! A finding as the variables of conditions, in the names and shape of its published JSON.
//!
//! Built at most once for a finding, and only where a condition cannot be answered without; `changes` alone is
//! exchanged between one question and the next.

use std::sync::Arc;

use cel::Context;
use cel::common::types::{CelList, CelString};

use super::functions::ENVIRONMENT;
use super::parts::{Facts, Part, evidence_name, kind_name, status_name};
use super::value::{Owned, Record, record};
use crate::finding::Finding;

/// The variables of one finding.
pub(crate) struct Variables {
    context: Context<'static, 'static>,
    changes: Vec<Record>,
    shown: Shown,
}

/// What `changes` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Nothing,
    One(usize),
    All,
}

impl Variables {
    /// The variables of a finding, `changes` still empty.
    pub(crate) fn of(finding: &Finding, changes: &[Facts<'_>]) -> Self {
        let mut context = Context::with_env(Arc::clone(&ENVIRONMENT));
        let when = Record::new([("event_time".to_owned(), text(&finding.event_time.to_string()))]);
        let fixed: [(&str, Owned); 7] = [
            ("resource", Box::new(record(Part::Resource(&finding.resource)))),
            ("who", Box::new(record(Part::Who(&finding.who)))),
            ("when", Box::new(when)),
            ("call", Box::new(record(Part::Call(&finding.call)))),
            ("kind", text(kind_name(finding.kind))),
            ("evidence", text(evidence_name(finding.evidence))),
            ("status", text(status_name(finding.status))),
        ];
        for (name, value) in fixed {
            context.add_variable_as_val(name, value);
        }
        context.add_variable_as_val("changes", Box::new(CelList::default()));
        Self {
            context,
            changes: changes.iter().map(|facts| record(Part::Change(facts))).collect(),
            shown: Shown::Nothing,
        }
    }

    /// With one change as the only one.
    pub(crate) fn with_change(&mut self, index: usize) -> &Context<'static, 'static> {
        self.show(Shown::One(index))
    }

    /// With all changes.
    pub(crate) fn with_all(&mut self) -> &Context<'static, 'static> {
        self.show(Shown::All)
    }

    fn show(&mut self, wanted: Shown) -> &Context<'static, 'static> {
        if self.shown != wanted {
            let some = match wanted {
                Shown::Nothing => &[],
                Shown::One(index) => self.changes.get(index..=index).unwrap_or_default(),
                Shown::All => self.changes.as_slice(),
            };
            let changes: Vec<Owned> = some.iter().map(|change| Box::new(change.clone()) as Owned).collect();
            self.context.add_variable_as_val("changes", Box::new(CelList::from(changes)));
            self.shown = wanted;
        }
        &self.context
    }
}

fn text(text: &str) -> Owned {
    Box::new(CelString::from(text.to_owned()))
}
