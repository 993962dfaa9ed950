//! What every function shares: configuration, logs, metrics, batches, retry or quarantine, secrets, HTTP.
//!
//! A function is a [`Function`] that [`serve()`] starts. It reads its [`Settings`] once, counts in the [`Metrics`] of its
//! [`Invocation`], and says of each message of a batch how it was [`Handled`]. Nothing here knows what a record or a
//! finding is, and nothing here writes down what it was given.

pub mod settings;

pub mod metrics;

mod logs;

pub mod message;

pub mod batch;

pub mod quarantine;

pub mod secrets;

pub mod http;

mod aws;

mod serve;

pub use aws::{aws_config, said};
pub use batch::{Handled, guarded, settle};
pub use message::{Batch, BatchAnswer, Failed, Message};
pub use metrics::{Metrics, Name};
pub use secrets::{Secret, Secrets, SecretsManager};
pub use serve::{Failure, Function, Invocation, StartError, serve};
pub use settings::{Settings, SettingsError};
