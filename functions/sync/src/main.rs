//! Declared state, from where the tools keep it into the table. Wiring only.

mod aws;
mod config;
mod event;
mod handler;
mod source;

use std::process::ExitCode;

use driftwire_declared::Redactor;
use driftwire_runtime::quarantine::Sqs;
use driftwire_runtime::{Secrets as _, SecretsManager, Settings, StartError, aws_config, serve};
use driftwire_store::DynamoDb;

use aws::Aws;
use config::Config;
use handler::Sync;

fn main() -> ExitCode {
    serve("sync", async |settings: &mut Settings| {
        let config = settings.read(Config::read)?;
        let aws = aws_config().await;
        let secret = SecretsManager::new(&aws).secret(&config.hash_key).await;
        let key = secret.map_err(|error| StartError::Missing(error.to_string()))?;
        Ok(Sync {
            store: DynamoDb::with(&aws, &config.table),
            outside: Sqs::new(&aws, &config.quarantine),
            source: Aws::new(&aws),
            redactor: Redactor::new(key.reveal().as_bytes()),
        })
    })
}
