//! Decides whether two moments fall into one hour.
//!
//! False positive removed: an API key that expires at a second is kept with the hour. By hand: give an `AppSync` API
//! key `Expires: 1784632175` and read `1784631600` back.
//!
//! It must not hide another hour, and only properties that ask for it are compared so.

const HOUR: i64 = 3600;

/// Whether both are seconds since 1970 in one hour.
pub(super) fn same_hour(left: &str, right: &str) -> bool {
    let hour = |text: &str| text.parse::<i64>().ok().map(|seconds| seconds.div_euclid(HOUR));
    hour(left).is_some_and(|hour_of_left| hour(right) == Some(hour_of_left))
}

#[cfg(test)]
mod tests {
    use super::same_hour;

    #[test]
    fn a_moment_is_its_hour() {
        assert!(same_hour("1784632175", "1784631600"));
        assert!(!same_hour("1784632175", "1784635200"));
        assert!(!same_hour("soon", "soon"));
    }
}
