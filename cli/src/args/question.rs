//! What can be asked of a store. Knows nothing of how it is answered.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use driftwire_report::v1::{FindingKind, Severity, Status};
use driftwire_store::Filter;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, civil};

use super::Format;
use crate::store::StoreName;

pub(super) const HISTORY: &str = "\
Examples:
  driftwire history --store sqlite:drift.db --since 7d
  driftwire history --store sqlite:drift.db aws_security_group.web --format json
  driftwire history --store sqlite:drift.db --account 111122223333 --severity high --limit 20
  driftwire history --store sqlite:drift.db --verify
  driftwire history --store dynamodb:driftwire --since 7d

Exit codes: 0 answered, and no history is broken; 1 error, or a history is broken.";

pub(super) const OPEN: &str = "\
Examples:
  driftwire open --store sqlite:drift.db
  driftwire open --store sqlite:drift.db --severity high --region eu-west-1

Exit codes: 0 no drift, 2 drift is open, 1 error.";

pub(super) const WHO: &str = "\
Examples:
  driftwire who --store sqlite:drift.db alice@example.com
  driftwire who --store sqlite:drift.db arn:aws:iam::111122223333:user/deploy --since 2026-11-01 --format json";

/// What every question can be narrowed by.
#[derive(Debug, Args)]
pub(crate) struct NarrowArgs {
    /// Where findings are kept: `sqlite:FILE`, `dynamodb:TABLE`
    #[arg(long, value_name = "STORE")]
    pub(crate) store: StoreName,
    /// Only of this account
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<String>,
    /// Only of this region, or `global`
    #[arg(long)]
    pub(crate) region: Option<String>,
    /// Only of this severity or a higher one
    #[arg(long, value_parser = words(Severity::ALL, Severity::as_str))]
    pub(crate) severity: Option<Severity>,
    /// Only of this kind
    #[arg(long, value_parser = words(FindingKind::ALL, FindingKind::as_str))]
    pub(crate) kind: Option<FindingKind>,
    /// Not before this time: a date, a time (RFC 3339), or how long ago (`7d`, `12h`)
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) since: Option<Timestamp>,
    /// Before this time: a date, a time (RFC 3339), or how long ago (`7d`, `12h`)
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) until: Option<Timestamp>,
    /// At most so many findings
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
    /// How to print findings
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

impl NarrowArgs {
    fn filter(&self) -> Filter {
        Filter {
            account: self.account.clone(),
            region: self.region.clone(),
            severity: self.severity,
            kind: self.kind,
            since: self.since,
            until: self.until,
            ..Filter::default()
        }
    }
}

/// What `history` needs.
#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// Only of this resource: its id, its ARN, or the address of a block that declares it
    pub(crate) resource: Option<String>,
    /// Only by this actor: a name, or the ARN that AWS authorized
    #[arg(long, value_name = "NAME")]
    pub(crate) actor: Option<String>,
    /// Only those that stand so
    #[arg(long, value_parser = words(Status::ALL, Status::as_str))]
    pub(crate) status: Option<Status>,
    /// Check that the history of every resource is whole and as it was written, and print what is not
    #[arg(long, conflicts_with_all = ["resource", "actor", "status", "account", "region", "severity", "kind", "since", "until", "limit", "format"])]
    pub(crate) verify: bool,
    #[command(flatten)]
    pub(crate) narrow: NarrowArgs,
}

impl HistoryArgs {
    pub(crate) fn filter(&self) -> Filter {
        let (resource, actor) = (self.resource.clone(), self.actor.clone());
        Filter { resource, actor, status: self.status, ..self.narrow.filter() }
    }
}

/// What `open` needs.
#[derive(Debug, Args)]
pub(crate) struct OpenArgs {
    /// Only of this resource: its id, its ARN, or the address of a block that declares it
    pub(crate) resource: Option<String>,
    /// Only by this actor: a name, or the ARN that AWS authorized
    #[arg(long, value_name = "NAME")]
    pub(crate) actor: Option<String>,
    #[command(flatten)]
    pub(crate) narrow: NarrowArgs,
}

impl OpenArgs {
    pub(crate) fn filter(&self) -> Filter {
        let (resource, actor) = (self.resource.clone(), self.actor.clone());
        Filter { resource, actor, status: Some(Status::Open), ..self.narrow.filter() }
    }
}

/// What `who` needs.
#[derive(Debug, Args)]
pub(crate) struct WhoArgs {
    /// Who: a name as findings show it, or the ARN that AWS authorized
    pub(crate) name: String,
    /// Only those that stand so
    #[arg(long, value_parser = words(Status::ALL, Status::as_str))]
    pub(crate) status: Option<Status>,
    #[command(flatten)]
    pub(crate) narrow: NarrowArgs,
}

impl WhoArgs {
    pub(crate) fn filter(&self) -> Filter {
        Filter { actor: Some(self.name.clone()), status: self.status, ..self.narrow.filter() }
    }
}

/// Takes the published words of a list, and no others.
fn words<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    word: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let parser = PossibleValuesParser::new(all.iter().map(|it| word(*it)));
    parser.try_map(move |text| all.iter().copied().find(|it| word(*it) == text).ok_or("no such word"))
}

/// Reads a time: of the clock, or how long ago. Dates and times without an offset are UTC.
fn time(text: &str) -> Result<Timestamp, String> {
    time_before(text, Timestamp::now())
}

fn time_before(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    let utc = |at: civil::DateTime| at.to_zoned(TimeZone::UTC).ok().map(|it| it.timestamp());
    let ago = |span: Span| now.to_zoned(TimeZone::UTC).checked_sub(span.abs()).ok().map(|it| it.timestamp());
    let read = text.parse().ok();
    let read = read.or_else(|| text.parse().ok().and_then(utc));
    let read = read.or_else(|| text.parse().ok().and_then(ago));
    read.ok_or_else(|| {
        "expected a date (`2026-11-20`), a time (`2026-11-20T10:00:00Z`) or how long ago (`7d`, `12h`)".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_dates_instants_or_spans() {
        let now = "2026-11-20T10:05:00Z".parse().unwrap();
        for (text, expected) in [
            ("2026-11-20", Some("2026-11-20T00:00:00Z")),
            ("2026-11-20T10:00", Some("2026-11-20T10:00:00Z")),
            ("2026-11-20T10:00:00.5Z", Some("2026-11-20T10:00:00.5Z")),
            ("2026-11-20T10:00:00+02:00", Some("2026-11-20T08:00:00Z")),
            ("7d", Some("2026-11-13T10:05:00Z")),
            ("12h", Some("2026-11-19T22:05:00Z")),
            ("1h 30m", Some("2026-11-20T08:35:00Z")),
            ("2 weeks ago", Some("2026-11-06T10:05:00Z")),
            ("P1M", Some("2026-10-20T10:05:00Z")),
            ("yesterday", None),
            ("7", None),
            ("2026-13-01", None),
            ("99999y", None),
            ("", None),
        ] {
            let expected = expected.map(|it| it.parse::<Timestamp>().unwrap());
            assert_eq!(time_before(text, now).ok(), expected, "{text}");
        }
    }
}
