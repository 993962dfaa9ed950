//! What every store has to do about what people were told.
#![expect(clippy::unwrap_used, reason = "test code")]

use driftwire_store::{Notices, Told};

fn told(sink: &str, notice: &str, thread: Option<&str>) -> Told {
    Told {
        sink: sink.to_owned(),
        notice: notice.to_owned(),
        subject: "111122223333#eu-west-1#AWS::Logs::LogGroup#api".to_owned(),
        thread: thread.map(str::to_owned),
        at: "2026-11-20T10:00:00Z".parse().unwrap(),
    }
}

/// ONCE and NOTHING-LOST: what was told is known, for its sink and its notice only, and a conversation goes on where it
/// was last said to.
pub(crate) async fn what_was_told_is_known(store: &impl Notices) {
    let one = told("slack#C1", "n-1", Some("1.2"));
    assert!(!store.is_told(&one.sink, &one.notice).await.unwrap());
    assert_eq!(store.thread(&one.sink, &one.subject).await.unwrap(), None);
    for _ in 0..2 {
        store.tell(&one).await.unwrap();
        assert!(store.is_told("slack#C1", "n-1").await.unwrap());
        assert_eq!(store.thread("slack#C1", &one.subject).await.unwrap().as_deref(), Some("1.2"));
    }
    assert!(!store.is_told("slack#C1", "n-2").await.unwrap());
    assert!(!store.is_told("slack#C2", "n-1").await.unwrap());
    assert_eq!(store.thread("slack#C2", &one.subject).await.unwrap(), None);
    assert_eq!(store.thread("slack#C1", "another").await.unwrap(), None);

    store.tell(&told("slack#C1", "n-2", None)).await.unwrap();
    assert!(store.is_told("slack#C1", "n-2").await.unwrap());
    assert_eq!(store.thread("slack#C1", &one.subject).await.unwrap().as_deref(), Some("1.2"));
    store.tell(&told("slack#C1", "n-3", Some("3.4"))).await.unwrap();
    assert_eq!(store.thread("slack#C1", &one.subject).await.unwrap().as_deref(), Some("3.4"));
}
