//! A question as SQL. What people say is only ever bound to a statement, never part of its text.

use driftwire_report::v1::{Finding, Severity};
use jiff::Timestamp;
use rusqlite::{Connection, params_from_iter, types::Value};

use super::damage::Damage;
use super::from_json;
use crate::filter::{Filter, Order, Page, PageRequest};
use crate::model::FindingStanding;

/// A page of the findings that are asked for, as they stand.
pub(super) fn findings(connection: &Connection, filter: &Filter, page: &PageRequest) -> Result<Page<Finding>, Damage> {
    let mut question = Question::of(filter);
    question.page(page)?;
    let mut statement = connection.prepare_cached(&question.text)?;
    let mut rows = statement.query(params_from_iter(question.values))?;
    let mut items: Vec<Finding> = Vec::new();
    let mut next = None;
    while let Some(row) = rows.next()? {
        // One more than the page holds was asked for: it tells that there is more.
        if page.limit.is_some_and(|limit| items.len() >= limit) {
            next = items.last().map(|last| format!("{}|{}", time(last.when.event_time), last.id));
            break;
        }
        let id = row.get_ref(0)?.as_str()?;
        let finding: Finding = from_json(row.get_ref(1)?.as_str()?, || format!("finding `{id}`"))?;
        let standing: FindingStanding = from_json(row.get_ref(2)?.as_str()?, || format!("how finding `{id}` stands"))?;
        items.push(standing.of(finding));
    }
    Ok(Page { items, next })
}

/// A time as text that sorts as time does.
pub(super) fn time(at: Timestamp) -> String {
    format!("{at:.9}")
}

/// A severity as a number: a higher one is greater.
pub(super) fn rank(severity: Severity) -> i64 {
    match severity {
        Severity::Info => 0,
        Severity::Low => 1,
        Severity::Medium => 2,
        Severity::High => 3,
        Severity::Critical => 4,
    }
}

/// A statement in the making.
struct Question {
    text: String,
    values: Vec<Value>,
}

impl Question {
    fn of(filter: &Filter) -> Self {
        let Filter { resource, actor, account, region, severity, kind, status, since, until } = filter;
        let mut question =
            Self { text: "SELECT id, finding, standing FROM findings WHERE true".to_owned(), values: Vec::new() };
        let by_name = "(resource = ? OR arn = ? OR id IN (SELECT finding FROM addresses WHERE address = ?))";
        question.ask(by_name, 3, resource.clone());
        question.ask("(actor = ? OR principal = ?)", 2, actor.clone());
        question.ask("account = ?", 1, account.clone());
        question.ask("region = ?", 1, region.clone());
        question.ask("severity >= ?", 1, severity.map(rank));
        question.ask("kind = ?", 1, kind.map(|it| it.as_str().to_owned()));
        if let Some(status) = status {
            // Written out, so that the index of what is open is used; the words are ours.
            question.text.push_str(&format!(" AND status = '{status}'"));
        }
        question.ask("time >= ?", 1, since.map(time));
        question.ask("time < ?", 1, until.map(time));
        question
    }

    /// Adds a condition, and its one value as often as the condition has a place for it.
    fn ask(&mut self, condition: &str, places: usize, value: Option<impl Into<Value>>) {
        let Some(value) = value.map(Into::into) else { return };
        self.text.push_str(" AND ");
        self.text.push_str(condition);
        self.values.extend(std::iter::repeat_n(value, places));
    }

    fn page(&mut self, page: &PageRequest) -> Result<(), Damage> {
        let (behind, direction) = match page.order {
            Order::OldestFirst => ("(time, id) > (?, ?)", "ASC"),
            Order::NewestFirst => ("(time, id) < (?, ?)", "DESC"),
        };
        if let Some(after) = &page.after {
            let key = after.split_once('|').filter(|(at, _)| at.parse::<Timestamp>().is_ok());
            let Some((at, id)) = key else {
                return Err(Damage::Other(format!("`{after}` is not where a page of this store ended")));
            };
            self.text.push_str(&format!(" AND {behind}"));
            self.values.extend([Value::from(at.to_owned()), Value::from(id.to_owned())]);
        }
        self.text.push_str(&format!(" ORDER BY time {direction}, id {direction}"));
        if let Some(limit) = page.limit {
            self.text.push_str(" LIMIT ?");
            self.values.push(Value::from(i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX)));
        }
        Ok(())
    }
}
