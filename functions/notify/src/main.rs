//! Findings from the bus to people: Slack, webhooks, SNS, GitHub issues.

mod config;
mod deliver;
mod handler;
mod notice;
mod sink;
mod standing;
mod words;

use std::process::ExitCode;

use driftwire_runtime::http::Http;
use driftwire_runtime::quarantine::Sqs;
use driftwire_runtime::{SecretsManager, Settings, StartError, aws_config, serve};
use driftwire_store::DynamoDb;

use config::Config;
use handler::Notify;
use sink::Outside;
use sink::sns::Sns;

type Deployed = Notify<DynamoDb, Sqs, SecretsManager, Sns>;

fn main() -> ExitCode {
    serve("notify", async |settings: &mut Settings| -> Result<Deployed, StartError> {
        let Config { table, quarantine, sinks } = settings.read(Config::read)?;
        let aws = aws_config().await;
        let outside = Outside { http: Http::default(), secrets: SecretsManager::new(&aws), topics: Sns::new(&aws) };
        Ok(Notify { store: DynamoDb::with(&aws, table), queues: Sqs::new(&aws, quarantine), outside, sinks })
    })
}
