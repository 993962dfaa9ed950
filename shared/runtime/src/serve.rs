//! Starts a function: settings and clients first, then one invocation after the other. Metrics are written and errors
//! logged here, once.

use std::error::Error;
use std::future::Future;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use jiff::Timestamp;
use lambda_runtime::{Diagnostic, LambdaEvent, Runtime, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error as ThisError;
use tokio::time::Instant;
use tracing::{Instrument as _, Level};

use crate::logs;
use crate::metrics::Metrics;
use crate::settings::{Settings, SettingsError};

/// What is kept back of the time of an invocation: to settle, to write metrics, to answer.
const KEPT_BACK: Duration = Duration::from_millis(1_500);

/// A function of Lambda.
pub trait Function {
    /// What wakes it.
    type Event: DeserializeOwned;
    /// What it answers.
    type Answer: Serialize;

    /// Handles one event.
    ///
    /// # Errors
    /// When the whole invocation has to be made again.
    fn handle(
        &self,
        event: Self::Event,
        invocation: &Invocation,
    ) -> impl Future<Output = Result<Self::Answer, Failure>>;
}

/// One invocation of a function.
#[derive(Debug)]
pub struct Invocation {
    /// What Lambda calls it.
    pub request_id: String,
    /// The name of the function's crate: `detect`.
    pub function: String,
    /// What is counted while it runs.
    pub metrics: Metrics,
    deadline: Instant,
}

impl Invocation {
    /// One that has this much time.
    #[must_use]
    pub fn lasting(time: Duration) -> Self {
        Self {
            request_id: String::new(),
            function: "test".to_owned(),
            metrics: Metrics::default(),
            deadline: Instant::now() + time,
        }
    }

    /// When its work has to be done; what is left after it is for settling and answering.
    #[must_use]
    pub fn last_moment(&self) -> Instant {
        self.deadline.checked_sub(KEPT_BACK).unwrap_or(self.deadline)
    }

    /// How much time its work still has.
    #[must_use]
    pub fn time_left(&self) -> Duration {
        self.last_moment().saturating_duration_since(Instant::now())
    }
}

/// Why an invocation failed, as Lambda is told. It is made again.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
#[error("{message}")]
pub struct Failure {
    /// From a closed list: alarms key on it.
    pub error_type: &'static str,
    /// For people.
    pub message: String,
}

impl Failure {
    /// A failure of a kind, with its whole chain of causes.
    pub fn new(error_type: &'static str, error: &(dyn Error + 'static)) -> Self {
        let mut message = error.to_string();
        let mut next = error.source();
        while let Some(cause) = next {
            message = format!("{message}: {cause}");
            next = cause.source();
        }
        Self { error_type, message }
    }
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        Self { error_type: failure.error_type.to_owned(), error_message: failure.message }
    }
}

/// Why a function did not start.
#[derive(Debug, ThisError)]
pub enum StartError {
    /// Its settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Something that it needs is not there: a secret.
    #[error("{0}")]
    Missing(String),
}

/// Runs a function until Lambda ends it. `start` reads the settings and makes the clients.
///
/// ```no_run
/// # use driftwire_runtime::{Failure, Function, Invocation, Settings, StartError, serve};
/// # struct Echo;
/// # impl Function for Echo {
/// #     type Event = String;
/// #     type Answer = String;
/// #     async fn handle(&self, event: String, _: &Invocation) -> Result<String, Failure> { Ok(event) }
/// # }
/// fn main() -> std::process::ExitCode {
///     serve("echo", async |settings: &mut Settings| -> Result<Echo, StartError> {
///         let _table = settings.read(|it| it.text("TABLE"))?;
///         Ok(Echo)
///     })
/// }
/// ```
pub fn serve<F, S>(name: &'static str, start: S) -> ExitCode
where
    F: Function,
    S: AsyncFnOnce(&mut Settings) -> Result<F, StartError>,
{
    let variables =
        std::env::vars_os().filter_map(|(name, it)| Some((name.into_string().ok()?, it.into_string().ok()?)));
    let mut settings = Settings::new(variables);
    let namespace = settings.text_or("METRICS_NAMESPACE", "Driftwire");
    let level = settings.read(logs::level);
    logs::start(name, *level.as_ref().unwrap_or(&Level::INFO));
    // One invocation at a time, on one thread: a function waits much more than it computes.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    runtime.block_on(async {
        if let Err(error) = level {
            return failed(&error);
        }
        // Boxed, here and below: futures within futures grow beyond what the compiler follows.
        match Box::pin(start(&mut settings)).await {
            Ok(function) => Box::pin(run(name, &namespace, &function)).await,
            Err(error) => failed(&error),
        }
    })
}

async fn run<F: Function>(name: &'static str, namespace: &str, function: &F) -> ExitCode {
    let service = service_fn(async |event: LambdaEvent<F::Event>| -> Result<F::Answer, Failure> {
        let LambdaEvent { payload, context } = event;
        let invocation = Invocation {
            request_id: context.request_id,
            function: name.to_owned(),
            metrics: Metrics::default(),
            deadline: deadline(context.deadline),
        };
        let span = tracing::info_span!(target: "driftwire", "invocation", request_id = invocation.request_id);
        let answer = Box::pin(function.handle(payload, &invocation)).instrument(span).await;
        if let Err(Failure { error_type, message }) = &answer {
            tracing::error!(request_id = invocation.request_id, error_type, error = message, "the invocation failed");
        }
        if let Err(error) = invocation.metrics.write(&mut io::stdout().lock(), namespace, name, Timestamp::now()) {
            tracing::warn!(error = %error, "the metrics were not written");
        }
        answer
    });
    match Runtime::new(service).run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(error.as_ref()),
    }
}

/// When an invocation ends, by the clock that is waited with.
fn deadline(epoch_ms: u64) -> Instant {
    let now = u64::try_from(Timestamp::now().as_millisecond()).unwrap_or(0);
    Instant::now() + Duration::from_millis(epoch_ms.saturating_sub(now))
}

fn failed(error: &dyn Error) -> ExitCode {
    tracing::error!(error_type = "start", error = %error, "the function does not start");
    ExitCode::FAILURE
}
