//! Decides whether two texts are the same span of time.
//!
//! False positive removed: Synthetics answers `rate(1 hour)` where `rate(60 minutes)` was declared. By hand: create a
//! canary with that schedule. Where a service keeps the text, the other spelling still runs as often.
//!
//! It must not hide another rate, and leaves `cron(…)` as text.

/// Whether both texts are rates of the same length.
pub(super) fn same(left: &str, right: &str) -> bool {
    minutes(left).is_some_and(|length| minutes(right) == Some(length))
}

/// The minutes of `rate(5 minutes)`.
fn minutes(text: &str) -> Option<u64> {
    let inner = text.trim().strip_prefix("rate(")?.strip_suffix(')')?;
    let (count, unit) = inner.trim().split_once(' ')?;
    let unit = match unit.trim() {
        "minute" | "minutes" => 1,
        "hour" | "hours" => 60,
        "day" | "days" => 24 * 60,
        _ => return None,
    };
    count.parse::<u64>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn a_rate_is_its_length() {
        assert!(same("rate(60 minutes)", "rate(1 hour)"));
        assert!(same("rate(24 hours)", "rate(1 day)"));
    }

    #[test]
    fn another_length_or_another_form_differs() {
        assert!(!same("rate(60 minutes)", "rate(2 hours)"));
        assert!(!same("rate(1 hour)", "cron(0 * * * ? *)"));
        assert!(!same("rate(1 fortnight)", "rate(1 fortnight)"));
    }
}
