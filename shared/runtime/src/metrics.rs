//! Metrics in CloudWatch's Embedded Metric Format: JSON lines that CloudWatch makes metrics of, without a request.
//!
//! What an invocation counts is written once, at its end, one line for each set of dimensions. Nothing is written that
//! CloudWatch would refuse: at most 100 metrics a line, 100 values a metric, 30 dimensions, ASCII dimension values.

mod name;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

pub use name::{Name, Unit};

/// How many metrics one line may define.
const METRICS: usize = 100;
/// How many values one metric may have in one line.
const VALUES: usize = 100;
/// How many dimensions a set may have, with the function's own.
const DIMENSIONS: usize = 30;
/// How long the value of a dimension may be, in characters.
const LONGEST: usize = 250;

/// A set of dimensions, by name.
type Set = BTreeMap<&'static str, String>;

/// What one invocation counts.
#[derive(Debug, Default)]
pub struct Metrics {
    counted: Mutex<BTreeMap<Set, BTreeMap<Name, Measured>>>,
}

#[derive(Debug)]
enum Measured {
    Count(u64),
    Values(Unit, Vec<f64>),
}

impl Metrics {
    /// Counts. The dimensions tell apart what is counted: a verdict, a reason, a sink.
    pub fn count(&self, name: Name, times: u64, dimensions: &[(&'static str, &str)]) {
        let mut counted = self.counted();
        let metric = counted.entry(set(dimensions)).or_default().entry(name).or_insert(Measured::Count(0));
        match metric {
            Measured::Count(count) => *count = count.saturating_add(times),
            // Measured before: each count is a value.
            #[expect(clippy::cast_precision_loss, reason = "counts of an invocation are small")]
            Measured::Values(_, values) => values.push(times as f64),
        }
    }

    /// Measures. What is no number is left out.
    pub fn value(&self, name: Name, unit: Unit, value: f64) {
        if !value.is_finite() {
            return;
        }
        let mut counted = self.counted();
        let new = Measured::Values(unit, Vec::new());
        let metric = counted.entry(set(&[])).or_default().entry(name).or_insert(new);
        match metric {
            Measured::Values(_, values) => values.push(value),
            Measured::Count(_) => {}
        }
    }

    /// Writes what was counted, and forgets it. Writes nothing where nothing was.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, out: &mut impl Write, namespace: &str, function: &str, at: Timestamp) -> io::Result<()> {
        let counted = std::mem::take(&mut *self.counted());
        for (mut dimensions, metrics) in counted {
            dimensions.insert("Function", clean(function));
            for line in lines(&metrics) {
                writeln!(out, "{}", document(namespace, &dimensions, &line, at))?;
            }
        }
        out.flush()
    }

    fn counted(&self) -> MutexGuard<'_, BTreeMap<Set, BTreeMap<Name, Measured>>> {
        // What was counted before a panic still counts.
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn set(dimensions: &[(&'static str, &str)]) -> Set {
    dimensions.iter().take(DIMENSIONS - 1).map(|(name, value)| (*name, clean(value))).collect()
}

/// A dimension's value as CloudWatch takes it.
fn clean(value: &str) -> String {
    let plain = |it: char| if it.is_ascii_graphic() || it == ' ' { it } else { '?' };
    let cleaned: String = value.trim().chars().take(LONGEST).map(plain).collect();
    if cleaned.is_empty() { "none".to_owned() } else { cleaned }
}

/// A metric in a line.
type Line = Vec<(Name, Unit, Value)>;

/// As many lines as it takes.
fn lines(metrics: &BTreeMap<Name, Measured>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for (name, measured) in metrics {
        let values: Vec<(Unit, Value)> = match measured {
            Measured::Count(count) => vec![(Unit::Count, json!(count))],
            Measured::Values(unit, values) => values.chunks(VALUES).map(|chunk| (*unit, json!(chunk))).collect(),
        };
        // A line holds one value, or one list, of a metric.
        for (at, (unit, value)) in values.into_iter().enumerate() {
            if lines.len() <= at {
                lines.resize_with(at + 1, Vec::new);
            }
            if let Some(line) = lines.get_mut(at) {
                line.push((*name, unit, value));
            }
        }
    }
    lines.iter().flat_map(|line| line.chunks(METRICS)).map(<[_]>::to_vec).collect()
}

fn document(namespace: &str, dimensions: &Set, line: &Line, at: Timestamp) -> Value {
    let definition = |(name, unit, _): &(Name, Unit, Value)| json!({"Name": name.as_str(), "Unit": unit.as_str()});
    let mut document: Map<String, Value> =
        dimensions.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    document.insert(
        "_aws".to_owned(),
        json!({
            "Timestamp": at.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": namespace,
                "Dimensions": [dimensions.keys().collect::<Vec<_>>()],
                "Metrics": line.iter().map(definition).collect::<Vec<_>>(),
            }],
        }),
    );
    document.extend(line.iter().map(|(name, _, value)| (name.as_str().to_owned(), value.clone())));
    Value::Object(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(metrics: &Metrics) -> Vec<Value> {
        let mut out = Vec::new();
        metrics.write(&mut out, "Driftwire", "detect", "2026-11-20T10:05:00Z".parse().unwrap()).unwrap();
        String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_set_of_dimensions_is_a_line() {
        let metrics = Metrics::default();
        metrics.count(Name::Records, 2, &[]);
        metrics.count(Name::Records, 1, &[]);
        metrics.value(Name::DetectionLatency, Unit::Milliseconds, 4120.0);
        metrics.value(Name::DetectionLatency, Unit::Milliseconds, f64::NAN);
        metrics.count(Name::Outcomes, 3, &[("Verdict", "drifted"), ("Reason", "")]);
        let lines = written(&metrics);
        assert_eq!(lines.len(), 2);
        insta::assert_snapshot!(lines[0], @r#"{"DetectionLatency":[4120.0],"Function":"detect","Records":3,"_aws":{"CloudWatchMetrics":[{"Dimensions":[["Function"]],"Metrics":[{"Name":"Records","Unit":"Count"},{"Name":"DetectionLatency","Unit":"Milliseconds"}],"Namespace":"Driftwire"}],"Timestamp":1795169100000}}"#);
        insta::assert_snapshot!(lines[1], @r#"{"Function":"detect","Outcomes":3,"Reason":"none","Verdict":"drifted","_aws":{"CloudWatchMetrics":[{"Dimensions":[["Function","Reason","Verdict"]],"Metrics":[{"Name":"Outcomes","Unit":"Count"}],"Namespace":"Driftwire"}],"Timestamp":1795169100000}}"#);
        assert!(written(&metrics).is_empty());
    }

    #[test]
    fn many_values_take_many_lines() {
        let metrics = Metrics::default();
        metrics.count(Name::Records, 250, &[]);
        for value in 0..250 {
            metrics.value(Name::DetectionLatency, Unit::Milliseconds, f64::from(value));
        }
        let lines = written(&metrics);
        let counts: Vec<usize> = lines.iter().map(|it| it["DetectionLatency"].as_array().map_or(0, Vec::len)).collect();
        assert_eq!(counts, [100, 100, 50]);
        assert_eq!(lines.iter().filter(|it| it.get("Records").is_some()).count(), 1);
    }

    #[test]
    fn what_cloudwatch_would_refuse_is_made_plain() {
        let metrics = Metrics::default();
        metrics.count(Name::Outcomes, 1, &[("Reason", "böse\n"), ("Verdict", &"x".repeat(5_000))]);
        let line = &written(&metrics)[0];
        assert_eq!(line["Reason"], "b?se");
        assert_eq!(line["Verdict"].as_str().unwrap().len(), LONGEST);
    }
}
