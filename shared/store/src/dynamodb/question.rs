//! Answers questions: findings from one or several queries, merged by time, a page at a time.
//!
//! A page ends after a finding, so where the next begins is that finding's place in time and nothing else: whatever is
//! written between two pages, none is shown twice and none is left out.

use std::collections::VecDeque;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use driftwire_report::v1::{Finding, Severity, Status};

use super::DynamoDb;
use super::entity::{names, read_at, read_standing};
use super::key::{AT, Attributes, BY_ACCOUNT, BY_ACTOR, BY_RESOURCE, BY_SEVERITY, Index, Items, Key, Name, PK, SK};
use super::key::{at, bounded, lane, name, text, time};
use crate::StoreError;
use crate::filter::{Filter, Order, Page, PageRequest};

/// How many findings are read at once, at least and at most.
const CHUNK: (usize, usize) = (10, 100);
/// Before and after all times.
const EVER: (&str, &str) = ("-", ":");

/// One query of several, and what it has answered so far.
struct Source {
    index: Option<Index>,
    partition: String,
    ahead: VecDeque<String>,
    /// The places in time that it still has to look at, both included.
    from: String,
    to: String,
    /// The last that was read: the next request begins there.
    last: Option<String>,
    is_done: bool,
}

impl Source {
    fn new(index: Option<Index>, partition: String) -> Self {
        let (from, to) = EVER;
        let (from, to) = (from.to_owned(), to.to_owned());
        Self { index, partition, ahead: VecDeque::new(), from, to, last: None, is_done: false }
    }

    /// The queries that together find all that a question asks for.
    fn of(filter: &Filter) -> Vec<Self> {
        let index = |index: Index, partition: &str| Self::new(Some(index), bounded(partition));
        if let Some(resource) = &filter.resource {
            return vec![index(BY_RESOURCE, resource), Self::new(None, name(Name::Resource, resource))];
        }
        if let Some(actor) = &filter.actor {
            return vec![index(BY_ACTOR, actor), Self::new(None, name(Name::Actor, actor))];
        }
        if let Some(account) = &filter.account {
            return vec![index(BY_ACCOUNT, account)];
        }
        let is_wanted = |severity: &&Severity| filter.severity.is_none_or(|least| **severity >= least);
        let is_standing =
            |status: &Status| filter.status.is_none_or(|it| (it == Status::Open) == (*status == Status::Open));
        let standings: Vec<Status> = [Status::Open, Status::Gone].into_iter().filter(is_standing).collect();
        Severity::ALL
            .iter()
            .filter(is_wanted)
            .flat_map(|severity| standings.iter().map(|status| index(BY_SEVERITY, &lane(*status, *severity))))
            .collect()
    }

    /// Takes what a request answered; the first may be the last of the request before.
    fn take(&mut self, items: &[Attributes], is_last: bool, order: Order) {
        for found in items.iter().filter_map(|item| read_at(item, self.index)) {
            if self.last.as_deref() != Some(found) {
                self.ahead.push_back(found.to_owned());
                self.last = Some(found.to_owned());
            }
        }
        if let Some(last) = &self.last {
            match order {
                Order::OldestFirst => self.from.clone_from(last),
                Order::NewestFirst => self.to.clone_from(last),
            }
        }
        self.is_done |= is_last;
    }
}

impl DynamoDb {
    pub(super) async fn answer(&self, filter: &Filter, page: &PageRequest) -> Result<Page<Finding>, StoreError> {
        let after = page.after.as_deref().map(|token| self.place(token)).transpose()?;
        let mut sources = Source::of(filter);
        for source in &mut sources {
            if let Some(since) = filter.since {
                source.from = time(since);
            }
            if let Some(until) = filter.until {
                source.to = time(until);
            }
            if let Some(after) = &after {
                source.last = Some(after.clone());
                match page.order {
                    Order::OldestFirst => source.from = after.max(&source.from).clone(),
                    Order::NewestFirst => source.to = after.min(&source.to).clone(),
                }
            }
        }
        let wanted = page.limit.map_or(usize::MAX, |limit| limit.saturating_add(1));
        let mut items: Vec<Finding> = Vec::new();
        while items.len() < wanted {
            let chunk = (wanted - items.len()).clamp(CHUNK.0, CHUNK.1);
            let places = self.merged(&mut sources, chunk, page.order).await?;
            if places.is_empty() {
                break;
            }
            items.extend(self.findings_at(&places).await?.into_iter().filter(|finding| filter.takes(finding)));
        }
        let limit = page.limit.unwrap_or(usize::MAX);
        let is_more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| is_more).map(|last| URL_SAFE_NO_PAD.encode(at(last)));
        Ok(Page { items, next })
    }

    /// Where a page ended, as this store said.
    fn place(&self, token: &str) -> Result<String, StoreError> {
        let decoded = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let is_place =
            |place: &String| place.split_once('#').is_some_and(|(time, id)| time.ends_with('Z') && !id.is_empty());
        decoded
            .filter(is_place)
            .ok_or_else(|| self.permanent(format!("`{token}` is not a page of this store; ask from the beginning")))
    }

    /// The next places in time, from all sources.
    async fn merged(&self, sources: &mut [Source], count: usize, order: Order) -> Result<Vec<String>, StoreError> {
        let mut places: Vec<String> = Vec::new();
        while places.len() < count {
            for source in sources.iter_mut() {
                while source.ahead.is_empty() && !source.is_done {
                    self.look(source, count, order).await?;
                }
            }
            let heads = sources.iter().filter_map(|source| source.ahead.front());
            let next = match order {
                Order::OldestFirst => heads.min(),
                Order::NewestFirst => heads.max(),
            };
            let Some(next) = next.cloned() else { break };
            for source in sources.iter_mut() {
                if source.ahead.front() == Some(&next) {
                    source.ahead.pop_front();
                }
            }
            places.push(next);
        }
        Ok(places)
    }

    /// Asks a source for more.
    async fn look(&self, source: &mut Source, count: usize, order: Order) -> Result<(), StoreError> {
        if source.from > source.to {
            source.is_done = true;
            return Ok(());
        }
        let (pk, sk) = source.index.map_or((PK, SK), |index| (index.partition, AT));
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .set_index_name(source.index.map(|index| index.name.to_owned()))
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :from AND :to")
            .projection_expression("#sk")
            .set_expression_attribute_names(Some(names(&[("#pk", pk), ("#sk", sk)])))
            .expression_attribute_values(":pk", text(&source.partition))
            .expression_attribute_values(":from", text(&source.from))
            .expression_attribute_values(":to", text(&source.to))
            .scan_index_forward(order == Order::OldestFirst)
            // One more, for the last of the request before.
            .limit(i32::try_from(count + 1).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| self.failed("asking", &error))?;
        let is_last = answer.last_evaluated_key().is_none_or(Attributes::is_empty);
        source.take(answer.items(), is_last, order);
        if source.ahead.is_empty() && !source.is_done {
            return Err(self.transient("asking: the answer was empty, and not the last"));
        }
        Ok(())
    }

    /// Findings as they stand, in the order of their places. A name may lead to one that is not there, or was there before
    /// more became known of it: it is left out.
    async fn findings_at(&self, places: &[String]) -> Result<Vec<Finding>, StoreError> {
        let key = |place: &String| Some(Key::finding(place.split_once('#')?.1));
        let items: Items = self.get(places.iter().filter_map(key).collect()).await?;
        let texts = self.texts(items).await?;
        let mut findings = Vec::with_capacity(texts.len());
        for place in places {
            let Some((item, text)) = key(place).and_then(|key| texts.get(&key)) else { continue };
            let finding: Finding = serde_json::from_str(text).map_err(|_| self.damaged(place))?;
            if at(&finding) != *place {
                continue;
            }
            let standing = read_standing(item, &finding.id);
            findings.push(standing.map_or_else(|| finding.clone(), |standing| standing.of(finding.clone())));
        }
        Ok(findings)
    }
}
