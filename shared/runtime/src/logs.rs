//! Logs as Lambda takes them: one JSON object a line, on standard output. What others log is heard from warnings on only,
//! since they may log what they were sent; a panic is told by its place, since its words may hold a value.

use std::panic::{self, PanicHookInfo};

use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::settings::Settings;

/// How much is logged, as `LOG_LEVEL` says.
pub(crate) fn level(settings: &mut Settings) -> Option<Level> {
    let level = settings.text_or("LOG_LEVEL", "info");
    let parsed = level.parse().ok();
    if parsed.is_none() {
        settings.problem("LOG_LEVEL", format!("`{level}`: expected `error`, `warn`, `info`, `debug` or `trace`"));
    }
    parsed
}

/// Starts logging; once in a process.
pub(crate) fn start(name: &str, level: Level) {
    let ours = Targets::new().with_default(LevelFilter::WARN).with_target("driftwire", level).with_target(name, level);
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_span_list(false);
    // Another subscriber is there in tests only.
    drop(tracing_subscriber::registry().with(ours).with(lines).try_init());
    panic::set_hook(Box::new(panicked));
}

fn panicked(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(|it| format!("{}:{}", it.file(), it.line())).unwrap_or_default();
    tracing::error!(error_type = "panic", place, "the code panicked");
}
