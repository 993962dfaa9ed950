//! The store in SQLite does what every store has to do, and keeps it in its file.
#![expect(clippy::unwrap_used, reason = "test code")]

mod suite;

use std::path::{Path, PathBuf};

use driftwire_drift::Named;
use driftwire_report::v1::Finding;
use driftwire_store::{
    Drift, Filter, History, Mark, Notices as _, Origins as _, PageRequest, RecordWrite, ResourceWrite, Sqlite,
    StoreError, Stored, verify,
};
use pollster::block_on;
use rusqlite::Connection;
use suite::declared::{log_group, state};
use tempfile::TempDir;

/// A folder for one store, gone after the test.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("drift.db")
    }

    fn open(&self) -> Sqlite {
        Sqlite::open(&self.path()).unwrap()
    }

    /// What a store says of a file, with the folder's path replaced.
    fn refused(&self, opened: Result<Sqlite, StoreError>) -> String {
        let error = opened.unwrap_err();
        assert!(matches!(error, StoreError::Permanent { .. }), "{error}");
        error.to_string().replace(&self.0.path().display().to_string(), "[dir]")
    }
}

/// Everything that a store answers.
#[derive(Debug, PartialEq)]
struct Everything {
    findings: Vec<Finding>,
    histories: Vec<(Named, String, Vec<driftwire_store::Entry>)>,
    marks: std::collections::BTreeMap<String, Mark>,
}

fn everything(store: &Sqlite) -> Everything {
    let findings = block_on(store.findings(&Filter::default(), &PageRequest::default())).unwrap().items;
    let resources = block_on(store.resources()).unwrap();
    let history = |named: Named| {
        let (head, entries) = (block_on(store.head(&named)).unwrap(), block_on(store.history(&named)).unwrap());
        (named, head, entries)
    };
    Everything { findings, histories: resources.into_iter().map(history).collect(), marks: store.marks().unwrap() }
}

/// A store with a morning in it.
fn kept(folder: &Folder) -> Everything {
    let store = folder.open();
    block_on(suite::a_repeat_writes_nothing(&store));
    everything(&store)
}

/// The resources whose history does not hold together, and where.
fn broken(store: &Sqlite) -> Vec<(String, u64)> {
    let everything = everything(store);
    let check = |(named, head, entries): &(Named, String, Vec<_>)| verify(named, entries, head).err();
    everything.histories.iter().filter_map(check).map(|it| (it.resource.id, it.entry)).collect()
}

fn tamper(path: &Path, statement: &str) {
    assert_eq!(Connection::open(path).unwrap().execute(statement, []).unwrap(), 1, "{statement}");
}

#[test]
fn findings_are_those_of_a_replay_in_any_order() {
    for order in suite::orders() {
        block_on(suite::findings_are_those_of_a_replay(&Folder::new().open(), &order));
    }
}

#[test]
fn what_was_told_is_known() {
    let folder = Folder::new();
    block_on(suite::notices::what_was_told_is_known(&folder.open()));
    assert!(block_on(folder.open().is_told("slack#C1", "n-3")).unwrap());
}

#[test]
fn a_repeat_writes_nothing() {
    block_on(suite::a_repeat_writes_nothing(&Folder::new().open()));
}

#[test]
fn a_write_that_meets_another_is_not_made() {
    block_on(suite::a_write_that_meets_another_is_not_made(&Folder::new().open()));
}

#[test]
fn questions_are_answered_page_by_page() {
    block_on(suite::questions_are_answered_page_by_page(&Folder::new().open()));
}

/// A test of each check about declared state.
macro_rules! tests {
    ($($check:ident)*) => {
        $(#[test]
        fn $check() {
            block_on(suite::declared::$check(&Folder::new().open()));
        })*
    };
}
suite::declared::every_check!(tests);

#[test]
fn opening_again_finds_everything() {
    let folder = Folder::new();
    let before = kept(&folder);
    assert!(!before.findings.is_empty() && !before.histories.is_empty() && !before.marks.is_empty());
    assert_eq!(everything(&folder.open()), before);
    assert_eq!(everything(&Sqlite::open_existing(&folder.path()).unwrap()), before);
}

#[test]
fn connections_that_write_at_once_lose_nothing() {
    let folder = Folder::new();
    let orders = suite::orders();
    std::thread::scope(|scope| {
        for order in &orders {
            // Each opens the new file itself, and after its last record must see all of the morning.
            scope.spawn(|| block_on(suite::findings_are_those_of_a_replay(&folder.open(), order)));
        }
    });
    assert_eq!(broken(&folder.open()), []);
}

#[test]
fn a_write_that_fails_midway_leaves_nothing() {
    let folder = Folder::new();
    let before = kept(&folder);
    let trigger = "CREATE TRIGGER fails BEFORE INSERT ON marks BEGIN SELECT RAISE(ABORT, 'on purpose'); END";
    Connection::open(folder.path()).unwrap().execute_batch(trigger).unwrap();
    let store = folder.open();
    let resource = before.histories[0].0.clone();
    let stored = block_on(store.load(std::slice::from_ref(&resource))).unwrap().remove(0).unwrap();
    let mark = Mark { identity: "another".to_owned(), ..before.marks.values().next().unwrap().clone() };
    let write = |resource: Named, version: u64| ResourceWrite {
        resource,
        stored: Stored { version, ..Stored::default() },
        found: Vec::new(),
        standings: Vec::new(),
        entries: Vec::new(),
        keep: Vec::new(),
        forget: Vec::new(),
    };
    let new = Named { id: "another".to_owned(), ..resource.clone() };
    let writes = vec![write(resource.clone(), stored.version + 1), write(new.clone(), 1)];
    let error = block_on(store.write(&RecordWrite { mark, resources: writes })).unwrap_err();
    assert!(error.to_string().contains("on purpose"), "{error}");
    assert_eq!(everything(&store), before);
    assert_eq!(block_on(store.load(&[resource, new])).unwrap(), [Some(stored), None]);
}

#[test]
fn an_entry_that_was_changed_is_found() {
    let folder = Folder::new();
    kept(&folder);
    assert_eq!(broken(&folder.open()), []);
    tamper(
        &folder.path(),
        "UPDATE history SET entry = replace(entry, 'alice', 'mallory') WHERE number = 1
             AND resource = (SELECT key FROM resources WHERE id = 'web')",
    );
    assert_eq!(broken(&folder.open()), [("web".to_owned(), 1)]);
}

/// What is read back has the hash that was written: each number keeps all of its digits.
#[test]
fn numbers_with_decimals_do_not_break_a_history() {
    let folder = Folder::new();
    let before = kept(&folder);
    let (resource, _, entries) = before.histories.first().unwrap();
    let entry = entries.iter().find(|entry| entry.finding.is_some()).unwrap();
    for step in 1..2_000_u32 {
        let mut entry = entry.clone();
        let change = entry.finding.as_mut().unwrap().changes.first_mut().unwrap();
        change.actual = Some((f64::from(step) / 7.0 * 1e-5).into());
        let text = serde_json::to_string(&entry).unwrap();
        assert_eq!(serde_json::from_str::<driftwire_store::Entry>(&text).unwrap(), entry, "{} of {resource:?}", step);
    }
}

#[test]
fn an_end_that_was_cut_off_is_found() {
    let folder = Folder::new();
    let before = kept(&folder);
    let (_, _, entries) = before.histories.iter().find(|(named, ..)| named.id == "api").unwrap();
    let last = entries.len() as u64;
    tamper(
        &folder.path(),
        &format!(
            "DELETE FROM history WHERE number = {last} AND resource = (SELECT key FROM resources WHERE id = 'api')"
        ),
    );
    assert_eq!(broken(&folder.open()), [("api".to_owned(), last)]);
}

#[test]
fn a_history_that_was_taken_away_is_found() {
    let folder = Folder::new();
    kept(&folder);
    Connection::open(folder.path()).unwrap().execute("DELETE FROM history", []).unwrap();
    let all: Vec<String> = block_on(folder.open().resources()).unwrap().into_iter().map(|it| it.id).collect();
    assert_eq!(broken(&folder.open()), all.into_iter().map(|id| (id, 1)).collect::<Vec<_>>());
}

#[test]
fn text_that_is_no_entry_is_an_error_that_says_where() {
    let folder = Folder::new();
    kept(&folder);
    tamper(
        &folder.path(),
        "UPDATE history SET entry = '{' WHERE number = 1
             AND resource = (SELECT key FROM resources WHERE id = 'web')",
    );
    let store = folder.open();
    let web = block_on(store.resources()).unwrap().into_iter().find(|it| it.id == "web").unwrap();
    let error = block_on(store.history(&web)).unwrap_err().to_string();
    assert!(error.contains("the file is damaged: entry 1 of the history of AWS::Logs::LogGroup `web`"), "{error}");
}

#[test]
fn a_file_that_is_no_store_is_refused() {
    let folder = Folder::new();
    let path = folder.path();
    insta::assert_snapshot!(folder.refused(Sqlite::open_existing(&path)), @"sqlite:[dir]/drift.db: no such file; `driftwire replay … --store` makes one");
    assert!(!path.exists());
    insta::assert_snapshot!(folder.refused(Sqlite::open(&folder.0.path().join("no/drift.db"))), @"sqlite:[dir]/no/drift.db: there is no folder `[dir]/no`; make it first");
    insta::assert_snapshot!(folder.refused(Sqlite::open(folder.0.path())), @"sqlite:[dir]: this is a folder; expected a file");
    std::fs::write(&path, "what people write down\n".repeat(100)).unwrap();
    insta::assert_snapshot!(folder.refused(Sqlite::open(&path)), @"sqlite:[dir]/drift.db: the file is no store of driftwire; give another name");
    insta::assert_snapshot!(folder.refused(Sqlite::open_existing(&path)), @"sqlite:[dir]/drift.db: the file is no store of driftwire; give another name");
    std::fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE shopping (item TEXT)").unwrap();
    insta::assert_snapshot!(folder.refused(Sqlite::open(&path)), @"sqlite:[dir]/drift.db: the file is no store of driftwire; give another name");
}

#[test]
fn a_file_of_a_newer_version_is_refused() {
    let folder = Folder::new();
    kept(&folder);
    Connection::open(folder.path()).unwrap().pragma_update(None, "user_version", 3).unwrap();
    insta::assert_snapshot!(folder.refused(Sqlite::open(&folder.path())), @"sqlite:[dir]/drift.db: the file is of version 3, and this driftwire knows versions up to 2; use a newer driftwire");
}

/// A file of version 1, with the morning of another store in it.
fn of_version_1(folder: &Folder) -> (Folder, Everything) {
    let (new, old) = (kept(folder), Folder::new());
    let connection = Connection::open(old.path()).unwrap();
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(())).unwrap();
    connection.execute_batch(include_str!("suite/version1.sql")).unwrap();
    connection.pragma_update(None, "application_id", 0x4452_4654).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    connection.execute("ATTACH ?1 AS new", [folder.path().display().to_string()]).unwrap();
    for table in ["resources", "history", "findings", "addresses", "marks"] {
        let statement = format!("INSERT INTO main.{table} SELECT * FROM new.{table}");
        assert!(connection.execute(&statement, []).unwrap() > 0, "{table}");
    }
    (old, new)
}

fn version(folder: &Folder) -> i64 {
    Connection::open(folder.path()).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

#[test]
fn a_file_of_version_1_keeps_what_it_has_and_can_be_synced() {
    let (old, before) = of_version_1(&Folder::new());
    // A question leaves it as it is.
    let asked = Sqlite::open_existing(&old.path()).unwrap();
    assert_eq!((everything(&asked), version(&old)), (before, 1));
    let error = block_on(asked.origins()).unwrap_err().to_string();
    assert!(
        error.ends_with(
            "the file is of an older version, without declared state; `driftwire sync --store` brings it up to date"
        ),
        "{error}"
    );
    drop(asked);
    let (old, before) = of_version_1(&Folder::new());
    let store = old.open();
    assert_eq!((everything(&store), version(&old)), (before, 2));
    block_on(suite::declared::a_part_in_another_state_comes_along(&store));
    assert_eq!(block_on(old.open().origins()).unwrap().len(), 2);
}

#[test]
fn connections_that_bring_a_file_up_to_date_at_once_do_it_once() {
    let (old, before) = of_version_1(&Folder::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(everything(&old.open()), before));
        }
    });
    assert_eq!(version(&old), 2);
}

#[test]
fn a_sync_that_fails_midway_leaves_nothing() {
    let folder = Folder::new();
    block_on(suite::declared::only_what_changed_is_written(&folder.open()));
    let trigger = "CREATE TRIGGER fails BEFORE INSERT ON names WHEN new.name LIKE '%jobs%'
        BEGIN SELECT RAISE(ABORT, 'on purpose'); END";
    Connection::open(folder.path()).unwrap().execute_batch(trigger).unwrap();
    let store = folder.open();
    let before = block_on(store.origins()).unwrap();
    let counts = || -> (i64, i64) {
        let count = "SELECT (SELECT count(*) FROM declarations), (SELECT count(*) FROM names)";
        Connection::open(folder.path()).unwrap().query_row(count, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    };
    let (kept, state) = (counts(), state("a.tfstate", 9, &[log_group("api", 1), log_group("jobs", 3)]));
    let error = block_on(store.replace(&state)).unwrap_err().to_string();
    assert!(error.contains("on purpose"), "{error}");
    assert_eq!((block_on(store.origins()).unwrap(), counts()), (before, kept));
}

#[test]
fn syncs_at_once_leave_one_of_them_whole() {
    let folder = Folder::new();
    std::thread::scope(|scope| {
        for serial in 1..=4 {
            let folder = &folder;
            scope.spawn(move || {
                let groups: Vec<_> = (0..serial).map(|at| log_group(&format!("group-{at}"), 7)).collect();
                block_on(folder.open().replace(&state("a.tfstate", serial, &groups))).unwrap();
            });
        }
    });
    let heads = block_on(folder.open().origins()).unwrap();
    assert_eq!((heads.len(), heads[0].serial, heads[0].declarations), (1, Some(4), 4));
    let names: i64 = Connection::open(folder.path())
        .unwrap()
        .query_row("SELECT count(*) FROM declarations", [], |row| row.get(0))
        .unwrap();
    assert_eq!(names, 4);
}

#[test]
fn a_file_that_is_read_only_answers_and_is_not_written_to() {
    let folder = Folder::new();
    let before = kept(&folder);
    let mut permissions = std::fs::metadata(folder.path()).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(folder.path(), permissions).unwrap();
    insta::assert_snapshot!(folder.refused(Sqlite::open(&folder.path())), @"sqlite:[dir]/drift.db: the file is read-only; what is recorded has to be written to it");
    assert_eq!(everything(&Sqlite::open_existing(&folder.path()).unwrap()), before);
}

#[test]
fn a_damaged_file_is_said_to_be_damaged() {
    let folder = Folder::new();
    kept(&folder);
    let mut bytes = std::fs::read(folder.path()).unwrap();
    let first_page = 4096;
    bytes[first_page..].fill(0x5a);
    std::fs::write(folder.path(), bytes).unwrap();
    let asked = Sqlite::open_existing(&folder.path())
        .and_then(|store| block_on(store.findings(&Filter::default(), &PageRequest::default())).map(|_| store));
    let said = folder.refused(asked);
    assert!(said.starts_with("sqlite:[dir]/drift.db: the file is damaged: "), "{said}");
}

#[test]
fn a_page_of_another_store_is_refused() {
    let store = Folder::new().open();
    let page = PageRequest { after: Some("elsewhere".to_owned()), ..PageRequest::default() };
    let error = block_on(store.findings(&Filter::default(), &page)).unwrap_err();
    assert!(error.to_string().ends_with("`elsewhere` is not where a page of this store ended"), "{error}");
}
