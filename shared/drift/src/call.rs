//! A parsed record: one API call, with its parameters, its dialect undone.

use std::cell::OnceCell;

use driftwire_cloudtrail::{Record, record::MemberError};
use serde_json::{Map, Value};

use crate::understand::wire::{self, Side};

/// One API call.
#[derive(Debug)]
pub struct Call<'a> {
    /// The record as it was delivered.
    pub record: Record<'a>,
    /// The request's parameters in plain form.
    pub request: Map<String, Value>,
    /// The response's elements in plain form, read when somebody asks: few calls need them.
    response: OnceCell<Map<String, Value>>,
    /// Whether CloudTrail cut the parameters, or they cannot be read.
    pub omitted: bool,
}

impl<'a> Call<'a> {
    /// Reads the parameters of a record.
    #[must_use]
    pub fn new(record: Record<'a>) -> Self {
        let (request, cut_request) = parameters(record.request());
        Self {
            request: wire::plain(record.service(), record.operation(), Side::Request, request),
            response: OnceCell::new(),
            omitted: cut_request,
            record,
        }
    }

    /// The response's elements in plain form. What CloudTrail cut, or cannot be read, is not there.
    #[must_use]
    pub fn response(&self) -> &Map<String, Value> {
        self.response.get_or_init(|| {
            let (response, _) = parameters(self.record.response());
            wire::plain(self.service(), self.operation(), Side::Response, response)
        })
    }

    /// The event source without its domain: `ec2`.
    #[must_use]
    pub fn service(&self) -> &str {
        self.record.service()
    }

    /// The event name without an API date: `UpdateFunctionConfiguration`.
    #[must_use]
    pub fn operation(&self) -> &str {
        self.record.operation()
    }

    /// The account that owns what the call touches; empty when the record does not say.
    #[must_use]
    pub fn account(&self) -> &str {
        self.record.account().unwrap_or_default()
    }

    /// The region that the call was made in; empty when the record does not say.
    #[must_use]
    pub fn region(&self) -> &str {
        self.record.region.as_deref().unwrap_or_default()
    }
}

fn parameters(read: Result<Value, MemberError>) -> (Value, bool) {
    match read {
        Ok(value) if driftwire_cloudtrail::mask(&value).is_some() => (Value::Null, true),
        Ok(value) => (value, false),
        Err(_) => (Value::Null, true),
    }
}
