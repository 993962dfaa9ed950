//! A function that does nothing, with the clients of `detect` and the secret that it reads: what `detect`'s cold start is
//! measured against.

use std::process::ExitCode;

use driftwire_runtime::quarantine::Sqs;
use driftwire_runtime::{Failure, Function, Invocation, Secrets as _, SecretsManager, Settings, StartError};
use driftwire_runtime::{aws_config, serve};
use driftwire_store::DynamoDb;
use serde_json::Value;

struct Hello {
    _store: DynamoDb,
    _outside: Sqs,
}

impl Function for Hello {
    type Event = Value;
    type Answer = Value;

    async fn handle(&self, _: Value, _: &Invocation) -> Result<Value, Failure> {
        Ok(Value::Null)
    }
}

fn main() -> ExitCode {
    serve("hello", async |settings: &mut Settings| {
        let name = settings.text_or("HASH_KEY_SECRET", "key");
        let aws = aws_config().await;
        let secret = SecretsManager::new(&aws).secret(&name).await;
        secret.map_err(|error| StartError::Missing(error.to_string()))?;
        Ok(Hello { _store: DynamoDb::with(&aws, "table"), _outside: Sqs::new(&aws, "queue") })
    })
}
