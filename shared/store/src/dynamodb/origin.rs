//! Puts what an origin declares now in the place of what it declared before, item by item.
//!
//! A state may have tens of thousands of blocks, so this is no transaction. Whoever syncs claims the origin first; each of
//! its writes holds only while no later claim wrote the same item, so of two that meet, the later claim wins whole. Names
//! lead to a declaration before it is there and until it is gone: what a name leads to is looked at again by whoever reads
//! it, so a crash leaves nothing wrong, and the next sync writes what is still missing.
//!
//! Declarations of one resource may come from several origins (a bucket here, its policy there) and be known by different
//! names. Each name of one leads to the others, too: a sync writes its names, then its declarations, then looks at what else
//! the names lead to, so of two at once the later one sees the earlier one's.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use driftwire_drift::Named;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use sha2::{Digest as _, Sha256};

use super::DynamoDb;
use super::body::Body;
use super::declared::Pointer;
use super::entity::{json, names};
use super::key::{Attributes, Key, ORIGINS, number, read_number, read_text, text};
use super::known::Known;
use super::link::{Links, links};
use crate::StoreError;
use crate::chain::hex;
use crate::declared::{Item, Moved, OriginHead, OriginState, Replaced, Whereabouts};

/// How many requests are under way at once.
const AT_ONCE: usize = 32;

pub(super) const CLAIM: &str = "claim";
const HEAD: &str = "head";
/// The claim that the head is of.
const HEAD_CLAIM: &str = "head_claim";
/// There from the claim until what moved was judged again.
const UNFINISHED: &str = "unfinished";
/// What the claimed state says, as a digest, and the first claim of an unbroken row with it.
const CONTENT: &str = "content";
const SINCE: &str = "since";
pub(super) const DIGEST: &str = "says";
pub(super) const NAMES: &str = "names";
pub(super) const POINTER: &str = "pointer";

/// An origin, taken for a sync.
struct Claim {
    number: u64,
    /// The first of an unbroken row of claims with this very state: a sync that is cut off again and again gets further.
    since: u64,
    /// Whether the sync before ended early.
    is_unfinished: bool,
}

/// What has to be written of one declaration.
pub(super) struct Change<'s> {
    pub(super) key: &'s str,
    pub(super) item: &'s Item,
    pub(super) pointer: Pointer,
    pub(super) known: Option<Known>,
    /// Whether an earlier sync with the same state has written it, and its names, already.
    pub(super) is_written: bool,
}

impl DynamoDb {
    pub(super) async fn replace_origin(&self, state: &OriginState) -> Result<Replaced, StoreError> {
        let new = state.items();
        let Claim { number: claim, since, is_unfinished } = match self.claim(state, &content(&new)).await? {
            Ok(claim) => claim,
            Err(newer) => return Ok(Replaced::Older(newer)),
        };
        let mut known = self.known(&state.origin).await?;
        let whereabouts = Whereabouts::of(state.declarations.iter()).or_places(known.values().flat_map(Known::places));
        let mut left = if is_unfinished { self.read_left(&state.origin).await? } else { BTreeSet::new() };
        let mut moved = Moved { resources: left.clone(), ..Moved::default() };
        let mut changes = Vec::new();
        for (key, item) in &new {
            let known = known.remove(key.as_str());
            let mut is_written = false;
            match &known {
                Some(known) if known.digest == item.digest => {
                    moved.unchanged += 1;
                    if !is_unfinished {
                        continue;
                    }
                    // Whoever began with another state may still be writing, but not over what this state wrote since.
                    is_written = known.claim >= since;
                }
                Some(_) => moved.changed += 1,
                None => moved.added += 1,
            }
            let resources = whereabouts.resources(item.reach());
            if let Some(known) = &known {
                moved.leaves(&mut left, whereabouts.resources(&known.reach()), Some(&resources));
            }
            moved.resources.extend(resources);
            let pointer =
                Pointer { origin: state.origin.clone(), key: key.clone(), places: item.reach().places.clone() };
            changes.push(Change { key, item, pointer, known, is_written });
        }
        moved.removed = known.len() as u64;
        for gone in known.values() {
            moved.leaves(&mut left, whereabouts.resources(&gone.reach()), None);
        }
        self.keep_left(&state.origin, &left).await?;
        self.write_changes(state, claim, &changes, &new, is_unfinished).await?;
        self.remove_all(&state.origin, claim, &known).await?;
        self.release(state, claim).await?;
        Ok(Replaced::Done(moved))
    }

    /// Keeps which resources lose a declaration, before they do: nothing else leads to them, should this sync end early.
    /// What an earlier sync kept stays until another one has something to keep; it costs a look too many, at most.
    async fn keep_left(&self, origin: &str, left: &BTreeSet<Named>) -> Result<(), StoreError> {
        if left.is_empty() {
            return Ok(());
        }
        let key = Key::left(origin);
        let mut item = key.attributes();
        let mut items = Body::new(json(left)).put(&key, &mut item);
        items.push(item);
        self.put_all(&items).await
    }

    async fn read_left(&self, origin: &str) -> Result<BTreeSet<Named>, StoreError> {
        let key = Key::left(origin);
        let loaded = self.texts(self.get(BTreeSet::from([key.clone()])).await?).await?;
        let Some((_, text)) = loaded.get(&key) else { return Ok(BTreeSet::new()) };
        serde_json::from_str(text).map_err(|_| self.damaged(&key.pk))
    }

    /// Takes an origin for a sync; or says which later state of it is known.
    async fn claim(&self, state: &OriginState, content: &str) -> Result<Result<Claim, OriginHead>, StoreError> {
        let key = Key::origin(&state.origin);
        let item = self.get(BTreeSet::from([key.clone()])).await?.remove(&key).unwrap_or_default();
        if let Some(known) = read_head(&item).filter(|known| state.is_older_than(known)) {
            return Ok(Err(known));
        }
        let before = read_number(&item, CLAIM).unwrap_or(0);
        let is_same = item.contains_key(UNFINISHED) && read_text(&item, CONTENT) == Some(content);
        let since = read_number(&item, SINCE).filter(|_| is_same).unwrap_or(before + 1);
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .update_expression("SET #claim = :next, #unfinished = :true, #content = :content, #since = :since")
            .condition_expression("attribute_not_exists(#claim) OR #claim = :before")
            .set_expression_attribute_names(Some(names(&[
                ("#claim", CLAIM),
                ("#unfinished", UNFINISHED),
                ("#content", CONTENT),
                ("#since", SINCE),
            ])))
            .expression_attribute_values(":content", text(content))
            .expression_attribute_values(":since", number(since))
            .expression_attribute_values(":true", AttributeValue::Bool(true))
            .expression_attribute_values(":next", number(before + 1))
            .expression_attribute_values(":before", number(before));
        match update.send().await {
            Ok(_) => Ok(Ok(Claim { number: before + 1, since, is_unfinished: item.contains_key(UNFINISHED) })),
            Err(error) if is_condition(error.as_service_error()) => Err(self.met(&state.origin)),
            Err(error) => Err(self.failed("claiming a state", &error)),
        }
    }

    /// Says that the origin is as its state says.
    async fn release(&self, state: &OriginState, claim: u64) -> Result<(), StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::origin(&state.origin).attributes()))
            .update_expression("SET #head = :head, #of = :claim")
            .condition_expression("#claim = :claim")
            .set_expression_attribute_names(Some(names(&[("#claim", CLAIM), ("#head", HEAD), ("#of", HEAD_CLAIM)])))
            .expression_attribute_values(":head", text(&json(&state.head())))
            .expression_attribute_values(":claim", number(claim));
        match update.send().await {
            Ok(_) => Ok(()),
            Err(error) if is_condition(error.as_service_error()) => Err(self.met(&state.origin)),
            Err(error) => Err(self.failed("finishing a state", &error)),
        }
    }

    /// Says that what moved was judged again, unless another sync has claimed the origin since.
    pub(super) async fn finish_origin(&self, state: &OriginState) -> Result<(), StoreError> {
        let key = Key::origin(&state.origin);
        let item = self.get(BTreeSet::from([key.clone()])).await?.remove(&key).unwrap_or_default();
        let (Some(head), Some(claim)) = (read_text(&item, HEAD), read_number(&item, CLAIM)) else { return Ok(()) };
        if head != json(&state.head()) || read_number(&item, HEAD_CLAIM) != Some(claim) {
            return Ok(());
        }
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .update_expression("SET #head = :head REMOVE #unfinished")
            .condition_expression("#claim = :claim")
            .set_expression_attribute_names(Some(names(&[
                ("#claim", CLAIM),
                ("#head", HEAD),
                ("#unfinished", UNFINISHED),
            ])))
            .expression_attribute_values(":head", text(&json(&OriginHead { finished: true, ..state.head() })))
            .expression_attribute_values(":claim", number(claim));
        match update.send().await {
            Ok(_) => Ok(()),
            Err(error) if is_condition(error.as_service_error()) => Ok(()),
            Err(error) => Err(self.failed("finishing a state", &error)),
        }
    }

    /// Names first, then what they lead to, then what others wrote meanwhile: of two that write at once about one resource,
    /// whoever looks last finds the other's names and declarations, both.
    async fn write_changes(
        &self,
        state: &OriginState,
        claim: u64,
        changes: &[Change<'_>],
        all: &BTreeMap<String, Item>,
        is_unfinished: bool,
    ) -> Result<(), StoreError> {
        let Links { add, remove } = links(state, changes, all, is_unfinished);
        let mut linked: BTreeSet<Key> = add.keys().map(|name| Key::alias(name)).collect();
        // Whether an earlier sync looked who else is there, nobody knows.
        let written = changes.iter().filter(|it| it.is_written).flat_map(|it| &it.item.reach().names);
        linked.extend(written.map(|name| Key::alias(name)));
        self.link(add).await?;
        let puts = changes.iter().filter(|it| !it.is_written);
        let puts = puts.map(|change| self.put_declaration(&state.origin, claim, change).boxed()).collect();
        several(puts).await?;
        let more = self.foreign(state, changes, linked).await?;
        self.link(more.add).await?;
        if !remove.is_empty() {
            self.still_claimed(&state.origin, claim).await?;
        }
        self.unlink(remove.into_iter().collect()).await
    }

    /// Fails where another sync has claimed the origin since.
    async fn still_claimed(&self, origin: &str, claim: u64) -> Result<(), StoreError> {
        let key = Key::origin(origin);
        let item = self.get(BTreeSet::from([key.clone()])).await?.remove(&key).unwrap_or_default();
        if read_number(&item, CLAIM) == Some(claim) { Ok(()) } else { Err(self.met(origin)) }
    }

    async fn put_declaration(&self, origin: &str, claim: u64, change: &Change<'_>) -> Result<(), StoreError> {
        let key = Key::declaration(origin, change.key);
        let mut item = key.attributes();
        item.insert(CLAIM.to_owned(), number(claim));
        item.insert(DIGEST.to_owned(), text(&change.item.digest));
        item.insert(POINTER.to_owned(), text(&change.pointer.text()));
        if !change.item.reach().names.is_empty() {
            item.insert(NAMES.to_owned(), AttributeValue::Ss(change.item.reach().names.iter().cloned().collect()));
        }
        let parts = Body::new(json(&change.item.declaration)).put(&key, &mut item);
        self.put_all(&parts).await?;
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(#claim) OR #claim <= :claim")
            .expression_attribute_names("#claim", CLAIM)
            .expression_attribute_values(":claim", number(claim));
        match put.send().await {
            Ok(_) => Ok(()),
            Err(error)
                if matches!(error.as_service_error(), Some(PutItemError::ConditionalCheckFailedException(_))) =>
            {
                Err(self.met(origin))
            }
            Err(error) => Err(self.failed("writing a declaration", &error)),
        }
    }

    async fn remove_all(&self, origin: &str, claim: u64, gone: &BTreeMap<String, Known>) -> Result<(), StoreError> {
        let mut links = Links::default();
        for known in gone.values() {
            links.remove(&known.names, &known.pointer);
        }
        let deletes =
            gone.keys().map(|key| self.delete_declaration(Key::declaration(origin, key), claim).boxed()).collect();
        several(deletes).await?;
        self.unlink(links.remove.into_iter().collect()).await
    }

    async fn delete_declaration(&self, key: Key, claim: u64) -> Result<(), StoreError> {
        self.delete(&key, "#it <= :claim", CLAIM, Some((":claim", number(claim)))).await
    }

    /// Deletes an item while a condition on one of its attributes holds; leaves it otherwise.
    pub(super) async fn delete(
        &self,
        key: &Key,
        condition: &str,
        attribute: &str,
        value: Option<(&str, AttributeValue)>,
    ) -> Result<(), StoreError> {
        let mut delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .condition_expression(condition)
            .expression_attribute_names("#it", attribute);
        if let Some((name, value)) = value {
            delete = delete.expression_attribute_values(name, value);
        }
        match delete.send().await {
            Ok(_) => Ok(()),
            Err(error)
                if matches!(error.as_service_error(), Some(DeleteItemError::ConditionalCheckFailedException(_))) =>
            {
                Ok(())
            }
            Err(error) => Err(self.failed("deleting", &error)),
        }
    }

    pub(super) async fn list_origins(&self) -> Result<Vec<OriginHead>, StoreError> {
        let items = self.partition("reading the states", ORIGINS, "").await?;
        Ok(items.values().filter_map(read_head).collect())
    }

    fn met(&self, origin: &str) -> StoreError {
        self.transient(format!("another sync of `{origin}` came between"))
    }
}

/// Makes requests, some at once.
pub(super) async fn several<T>(requests: Vec<BoxFuture<'_, Result<T, StoreError>>>) -> Result<Vec<T>, StoreError> {
    stream::iter(requests).buffer_unordered(AT_ONCE).try_collect().await
}

/// What a state says, as a digest.
fn content(items: &BTreeMap<String, Item>) -> String {
    let mut hash = Sha256::new();
    for (key, item) in items {
        hash.update(key);
        hash.update(&item.digest);
    }
    hex(&hash.finalize())
}

fn read_head(item: &Attributes) -> Option<OriginHead> {
    serde_json::from_str(read_text(item, HEAD)?).ok()
}

fn is_condition(error: Option<&UpdateItemError>) -> bool {
    matches!(error, Some(UpdateItemError::ConditionalCheckFailedException(_)))
}
