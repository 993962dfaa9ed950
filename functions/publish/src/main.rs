//! Findings from the table's stream onto the bus.

mod config;
mod handler;

use std::process::ExitCode;

use driftwire_bus::EventBridge;
use driftwire_runtime::{Settings, StartError, aws_config, serve};
use driftwire_store::DynamoDb;

use config::Config;
use handler::Publish;

fn main() -> ExitCode {
    serve("publish", async |settings: &mut Settings| -> Result<Publish<EventBridge>, StartError> {
        let Config { table, bus } = settings.read(Config::read)?;
        let aws = aws_config().await;
        Ok(Publish { table: DynamoDb::with(&aws, table), bus: EventBridge::new(&aws, bus) })
    })
}
