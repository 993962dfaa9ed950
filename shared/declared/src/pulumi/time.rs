//! The time that a manifest states. Knows no clock and no zone but the offset that is written.

use std::fmt;

/// A moment after 1970, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time(u64);

const DAY_SECONDS: i64 = 86_400;

impl Time {
    /// Parses `2026-01-02T03:04:05.678901-07:00`. A time before 1970 stands for none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (date, clock) = text.split_once('T')?;
        let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
        let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
        if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        let at = clock.find(['Z', '+', '-'])?;
        let (clock, zone) = clock.split_at_checked(at)?;
        let mut parts = clock.splitn(3, ':');
        let (hour, minute) = (parts.next()?.parse::<i64>().ok()?, parts.next()?.parse::<i64>().ok()?);
        let (second, fraction) = parts.next().map(|it| it.split_once('.').unwrap_or((it, "")))?;
        let milliseconds: String = fraction.chars().chain("000".chars()).take(3).collect();
        let local = days(year, month, day) * DAY_SECONDS + hour * 3600 + minute * 60 + second.parse::<i64>().ok()?;
        let total = (local - offset(zone)?).checked_mul(1000)?.checked_add(milliseconds.parse().ok()?)?;
        u64::try_from(total).ok().map(Self)
    }

    /// Milliseconds since 1970: a later file of a stack has more.
    pub(super) fn milliseconds(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = i64::try_from(self.0 / 1000).unwrap_or_default();
        let (year, month, day) = date(seconds / DAY_SECONDS);
        let clock = seconds % DAY_SECONDS;
        write!(f, "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", clock / 3600, clock / 60 % 60, clock % 60)
    }
}

/// The seconds that a zone is ahead.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let (sign, rest) =
        zone.strip_prefix('-').map(|rest| (-1, rest)).or_else(|| zone.strip_prefix('+').map(|it| (1, it)))?;
    let (hours, minutes) = rest.split_once(':')?;
    Some(sign * (hours.parse::<i64>().ok()? * 3600 + minutes.parse::<i64>().ok()? * 60))
}

/// Days since 1970, counted in years that begin in March, so that a leap day is the last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date of a day since 1970.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_the_same_in_every_zone() {
        let time = Time::parse("2026-03-01T00:30:05.5Z").unwrap();
        assert_eq!(Time::parse("2026-02-28T17:30:05.500999-07:00"), Some(time));
        assert_eq!((time.to_string().as_str(), time.milliseconds()), ("2026-03-01T00:30:05Z", 1_772_325_005_500));
        assert_eq!(Time::parse("2024-02-29T23:59:59Z").unwrap().to_string(), "2024-02-29T23:59:59Z");
        assert_eq!(Time::parse("1970-01-01T00:00:00Z").unwrap().milliseconds(), 0);
    }

    #[test]
    fn no_time_is_none() {
        for text in ["", "0001-01-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00", "é"] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
    }
}
