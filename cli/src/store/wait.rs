//! Waits for what a store answers. Stores at hand answer at once; one in an account needs a runtime, which is made when the
//! first is named.

use std::future::Future;

#[cfg(feature = "aws")]
static RUNTIME: std::sync::OnceLock<tokio::runtime::Runtime> = std::sync::OnceLock::new();

/// Makes sure that stores in an account can be waited for.
#[cfg(feature = "aws")]
pub(super) fn connected() -> anyhow::Result<()> {
    if RUNTIME.get().is_none() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        drop(RUNTIME.set(runtime));
    }
    Ok(())
}

/// Waits for an answer.
pub(crate) fn wait<F: Future>(answer: F) -> F::Output {
    #[cfg(feature = "aws")]
    if let Some(runtime) = RUNTIME.get() {
        return runtime.block_on(answer);
    }
    pollster::block_on(answer)
}
