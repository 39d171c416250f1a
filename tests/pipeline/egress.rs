//! Nobody uses this server to reach what only this server can reach.
//!
//! In a network where every address answers, hundreds of ways to name an address of the house, a
//! metadata service or nobody's are given to *Test connection* and to storages: not one of them may
//! be dialled. Addresses that may be dialled are, which shows that the trap sees it.

mod vectors;

use std::{
    collections::BTreeSet,
    net::{IpAddr, SocketAddr},
};

use serde_json::{Value, json};
use stowage_egress::{AddressClass, classify};
use stowage_tests::{
    Library, Mode, Options, Stowage,
    house::{self, Names, Trap},
};

use vectors::{ALLOWED, ALLOWED_NAME, Place};

/// Common doors of a house, and where HTTP and FTP are expected.
const PORTS: [u16; 11] = [21, 22, 80, 443, 990, 2375, 5432, 6379, 8080, 9000, 9200];

/// What answers sends whoever asks on to a metadata service.
const REDIRECT: &str = "HTTP/1.1 307 Temporary Redirect\r\n\
    Location: http://169.254.169.254/latest/meta-data/\r\n\
    Content-Length: 0\r\nConnection: close\r\n\r\n";

struct Inside {
    trap: Trap,
    library: Library,
    _names: Names,
    _stowage: Stowage,
}

impl Inside {
    async fn new() -> Self {
        let trap = Trap::set(&PORTS, REDIRECT).await;
        let names = Names::serve(vectors::names()).await;
        let allow = format!("[\"{ALLOWED_NAME}\"]");
        let options = Options::default()
            .with("STOWAGE_EGRESS__ALLOW_PRIVATE", "false")
            .with("STOWAGE_EGRESS__ALLOW", &allow);
        let started = Stowage::start(Mode::Embedded, &options).await;
        let mut stowage = started.expect("one process needs no server");
        let library = Library::set_up(&mut stowage).await;
        Self {
            trap,
            library,
            _names: names,
            _stowage: stowage,
        }
    }

    /// Tests a connection, and returns whether it was good and what was said.
    async fn test(&self, place: &Place) -> (bool, String) {
        let tested = self
            .library
            .try_post("/storages/test", place.new_storage())
            .await;
        match tested {
            Ok(report) => (report["ok"] == json!(true), report["steps"].to_string()),
            Err(refused) => {
                assert!(refused.contains(": 400 "), "{place:?}: {refused}");
                (false, refused)
            }
        }
    }

    /// Returns what was dialled and must not be.
    fn forbidden(&self) -> BTreeSet<IpAddr> {
        let dialled = self.trap.take();
        dialled
            .iter()
            .map(SocketAddr::ip)
            .filter(|&address| address != ALLOWED && classify(address) != AddressClass::Public)
            .collect()
    }
}

/// Runs a test inside a house; outside, that is another process.
fn inside<F: Future<Output = ()>>(name: &str, test: impl FnOnce(Inside) -> F) {
    if !house::is_inside(&format!("egress::{name}")) {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime can be built");
    runtime.block_on(async { test(Inside::new().await).await });
}

#[test]
fn a_connection_test_reaches_no_address_of_the_house() {
    inside(
        "a_connection_test_reaches_no_address_of_the_house",
        async |inside| {
            let vectors = vectors::all();
            assert!(vectors.len() >= 200, "only {} vectors", vectors.len());
            for place in &vectors {
                let (is_good, said) = inside.test(place).await;
                assert!(!is_good, "{place:?} counts as a storage: {said}");
                let forbidden = inside.forbidden();
                assert!(
                    forbidden.is_empty(),
                    "{place:?} dialled {forbidden:?}: {said}"
                );
            }
            println!("{} vectors, no connection", vectors.len());
        },
    );
}

#[test]
fn what_may_be_reached_is_reached_and_its_redirects_are_not_followed() {
    inside(
        "what_may_be_reached_is_reached_and_its_redirects_are_not_followed",
        async |inside| {
            for (place, address) in vectors::reachable() {
                inside.test(&place).await;
                let dialled: BTreeSet<IpAddr> =
                    inside.trap.take().iter().map(SocketAddr::ip).collect();
                assert_eq!(dialled, BTreeSet::from([address]), "{place:?}");
            }
        },
    );
}

#[test]
fn a_storage_reaches_no_address_of_the_house_when_it_is_scanned() {
    inside(
        "a_storage_reaches_no_address_of_the_house_when_it_is_scanned",
        async |inside| {
            for place in vectors::for_storages() {
                let saved = inside
                    .library
                    .try_post("/storages", place.new_storage())
                    .await;
                // What cannot be meant is not saved at all.
                let Ok(storage) = saved else { continue };
                let id = storage["id"].as_str().expect("a storage has an id");
                let scan = inside.library.next_scan(id, &[]).await;
                assert_ne!(scan["state"], "complete", "{place:?}: {scan}");
                let forbidden = inside.forbidden();
                assert!(forbidden.is_empty(), "{place:?} dialled {forbidden:?}");
            }
        },
    );
}

/// Whether something is behind an address or a folder must not show in the answer.
#[test]
fn a_connection_test_tells_nothing_about_what_it_must_not_reach() {
    inside(
        "a_connection_test_tells_nothing_about_what_it_must_not_reach",
        async |inside| {
            let open = Place::at("https://10.1.2.3:9000");
            let closed = Place::at("https://10.1.2.3:9001");
            assert_eq!(
                without_times(&inside.test(&open).await.1),
                without_times(&inside.test(&closed).await.1)
            );
            let there = Place::folder("/etc");
            let nowhere = Place::folder("/etd");
            assert_eq!(
                without_times(&inside.test(&there).await.1).replace("/etc", "…"),
                without_times(&inside.test(&nowhere).await.1).replace("/etd", "…")
            );
            assert_eq!(inside.forbidden(), BTreeSet::new());
        },
    );
}

fn without_times(steps: &str) -> String {
    let mut steps: Value = serde_json::from_str(steps).expect("the test ran and told its steps");
    for step in steps.as_array_mut().expect("steps are a list") {
        step["milliseconds"] = Value::Null;
    }
    steps.to_string()
}
