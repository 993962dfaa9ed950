//! How much a finding matters, and what a team has said to hold, to ignore or to judge otherwise.
//!
//! [`Rules`] are the shipped rules and a team's rules file. [`Rules::judge`] gives a finding its severity: the highest
//! among the rules that fire, or that of its kind where none does. Judging reads no clock, file or network and changes
//! nothing: PURE-CORE.
//!
//! # How several changes are judged
//!
//! Each change is judged by itself, with `changes` holding that one alone, and the finding gets the highest outcome. So
//! no further change can lower a severity, whatever the conditions say. A condition that combines several changes
//! (`changes.exists(…) && changes.exists(…)`) is also asked of all of them together.
//!
//! A rule with `final = true` decides a change alone where it fires, before all others and without modifiers: it is how
//! a change in the safer direction, or a whole sandbox account, is kept low. It never speaks for another change.
//!
//! # Conditions
//!
//! CEL over the finding in its published shape: `resource`, `changes`, `who`, `when`, `call`, `kind`, `evidence`,
//! `status`. Times are texts. Names that no finding has are refused when the file is read. What is missing in one
//! finding is null, and null is neither equal to a text nor less than a number; `has(x.y)` asks whether it is there.

mod condition;
mod context;
mod file;
mod functions;
mod glob;
mod parts;
mod path;
mod refusal;
mod rules;
mod selftest;
mod severity;
mod value;
mod view;

pub use file::{IgnoreRule, PipelineMatch};
pub use refusal::RulesError;
pub use rules::{Rules, SHIPPED};
pub use selftest::{ExampleOutcome, RuleOutcome, TestReport, test};
pub use severity::{Fired, Judgement, Modifier, Problem};
