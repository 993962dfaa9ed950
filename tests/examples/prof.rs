//! tmp
#![expect(clippy::print_stdout, clippy::expect_used, reason = "tmp")]
use driftwire_cloudtrail::*;
use driftwire_drift::*;
use std::time::Instant;
fn main() {
    let redactor = driftwire_declared::Redactor::new(b"x");
    let mut ds = Vec::new();
    for s in ["network", "app"] {
        let p = format!("examples/acme/state/{s}/terraform.tfstate");
        ds.extend(driftwire_declared::read(&std::fs::read(&p).expect("x"), &p, &redactor).expect("x").declarations);
    }
    let index = Index::new(ds);
    let rules = Rules::shipped();
    let context = Context { index: &index, rules: &rules, redactor: &redactor };
    let mut recs: Vec<Vec<u8>> = Vec::new();
    let mut stack = vec![std::path::PathBuf::from("examples/acme/trail")];
    while let Some(p) = stack.pop() {
        if p.is_dir() {
            for e in std::fs::read_dir(&p).expect("x") {
                stack.push(e.expect("x").path());
            }
            continue;
        }
        let f = std::fs::File::open(&p).expect("x");
        for_each_in(f, &Limits::default(), &mut |r| {
            if let Ok(r) = r {
                recs.push(r.raw.as_bytes().to_vec())
            }
        })
        .expect("x");
    }
    let mut rows = Vec::new();
    for r in &recs {
        let mut name = String::new();
        let mut v = String::new();
        let n: usize = std::env::args().nth(1).and_then(|it| it.parse().ok()).unwrap_or(300);
        for_each_record(r, &mut |r| {
            let j = judge(r.expect("x"), context);
            name = j.event_name.clone();
            v = format!("{:?} {:?} f{}", j.outcomes[0].verdict, j.outcomes[0].reason, j.outcomes[0].facets.len());
        });
        let t = Instant::now();
        for _ in 0..n {
            for_each_record(r, &mut |r| {
                std::hint::black_box(judge(r.expect("x"), context));
            });
        }
        let a = t.elapsed().as_secs_f64() * 1e6 / n as f64;
        let t = Instant::now();
        for _ in 0..n {
            std::hint::black_box(serde_json::from_slice::<serde_json::Value>(r).ok());
        }
        let b = t.elapsed().as_secs_f64() * 1e6 / n as f64;
        let t = Instant::now();
        for _ in 0..n {
            for_each_record(r, &mut |r| {
                let c = Call::new(r.expect("x"));
                std::hint::black_box(c);
            });
        }
        let c = t.elapsed().as_secs_f64() * 1e6 / n as f64;
        rows.push((a, b, c, name, v));
    }
    rows.sort_by(|x, y| y.0.total_cmp(&x.0));
    for r in &rows {
        println!("{:8.1} parse {:6.1} call {:6.1} {} {}", r.0, r.1, r.2, r.3, r.4);
    }
}
