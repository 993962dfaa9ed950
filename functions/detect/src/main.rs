//! From a CloudTrail record in the queue to a verdict in the table. Wiring only.

mod config;
mod envelope;
mod handler;
mod rules;

use std::process::ExitCode;

use driftwire_declared::Redactor;
use driftwire_runtime::quarantine::Sqs;
use driftwire_runtime::{Secrets as _, SecretsManager, Settings, StartError, aws_config, serve};
use driftwire_store::DynamoDb;

use config::Config;
use handler::Detect;

fn main() -> ExitCode {
    serve("detect", async |settings: &mut Settings| {
        let config = settings.read(Config::read)?;
        let aws = aws_config().await;
        let secret = SecretsManager::new(&aws).secret(&config.hash_key).await;
        let key = secret.map_err(|error| StartError::Missing(error.to_string()))?;
        let redactor = Redactor::new(key.reveal().as_bytes());
        let store = DynamoDb::with(&aws, &config.table);
        let outside = Sqs::new(&aws, &config.quarantine);
        Ok(Detect::new(store, outside, redactor, config.limits))
    })
}
