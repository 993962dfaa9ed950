//! The whole table, generated and reviewed, against a list of calls whose answers are known: the first line of the list says
//! how it is written. Prints each miss.

use driftwire_catalog::{Target, calls_of_service, targets_of_service};

/// One line of the list.
struct Known<'l> {
    call: &'l str,
    types: Vec<&'l str>,
    terraform: Vec<&'l str>,
    identifiers: Vec<&'l str>,
}

fn known(line: &str) -> Known<'_> {
    let mut columns = line.split('|');
    let call = columns.next().unwrap();
    let mut list = || columns.next().unwrap_or_default().split(',').filter(|it| !["", "*", "-"].contains(it)).collect();
    Known { call, types: list(), terraform: list(), identifiers: list() }
}

/// A path without case, and without the marks of lists.
fn fold(path: &str) -> String {
    path.replace("[]", "").to_ascii_lowercase()
}

/// How many of the lines that know an answer the table answers right.
#[derive(Default)]
struct Score {
    right: usize,
    of: usize,
}

impl Score {
    fn take(&mut self, known: &Known<'_>, wanted: &[&str], given: &[String], right: bool) {
        if wanted.is_empty() {
            return;
        }
        self.of += 1;
        self.right += usize::from(right);
        if !right {
            println!("  {}: {wanted:?}, not {given:?}", known.call);
        }
    }

    fn percent(&self) -> f64 {
        100.0 * self.right as f64 / self.of.max(1) as f64
    }
}

fn texts<'t>(targets: &[&'t Target], list: impl Fn(&'t Target) -> Vec<&'t str>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for text in targets.iter().flat_map(|it| list(it)) {
        if !all.iter().any(|known| known == text) {
            all.push(text.to_owned());
        }
    }
    all
}

#[test]
fn the_table_knows_common_calls() {
    let file = driftwire_tests::corpus().map(|it| it.join("../facts/gold_events.psv")).filter(|it| it.exists());
    let Some(file) = file else {
        println!("skipped: no corpus");
        return;
    };
    let (mut types, mut terraform, mut identifiers) = (Score::default(), Score::default(), Score::default());
    for line in std::fs::read_to_string(file).unwrap().lines().filter(|it| !it.starts_with('#')) {
        let known = known(line);
        let (service, operation) = known.call.split_once(':').unwrap();
        let targets = targets_of_service(service, &calls_of_service(service, operation));
        let all = texts(&targets, |it| it.candidates.iter().map(|it| it.kind).filter(|it| it.contains("::")).collect());
        let given = all.iter().take(2).cloned().collect::<Vec<_>>();
        types.take(&known, &known.types, &given, given.iter().any(|it| known.types.contains(&it.as_str())));
        let given = texts(&targets, |it| it.terraform.to_vec());
        terraform.take(&known, &known.terraform, &given, given.iter().any(|it| known.terraform.contains(&it.as_str())));
        let given = texts(&targets, |it| it.id.iter().flat_map(|path| path.split('|')).collect());
        let right = given.iter().any(|it| known.identifiers.iter().any(|wanted| fold(wanted) == fold(it)));
        identifiers.take(&known, &known.identifiers, &given, right);
    }
    for (what, score, least) in [
        ("type among the first two", types, 98.0),
        ("Terraform type", terraform, 97.0),
        ("identifier", identifiers, 95.0),
    ] {
        println!("{what}: {} of {}, {:.1} %", score.right, score.of, score.percent());
        assert!(score.percent() >= least, "{what}");
    }
}
