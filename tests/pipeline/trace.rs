//! One trace follows a picture through every service.

use std::collections::{BTreeMap, BTreeSet};

use stowage_tests::fixtures;

use crate::world::World;

/// The rows of a picture's scan, import and rendering carry the same trace id.
pub(crate) async fn one_trace_follows_a_picture(world: World) {
    world.import(&fixtures::plain(3)).await;

    let jobs = world
        .library
        .rows()
        .texts("select kind, trace from job")
        .await;

    let mut traces: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for job in &jobs {
        let trace: serde_json::Value = serde_json::from_str(&job[1]).expect("a trace is JSON");
        // `00-<trace id>-<span id>-<flags>`
        let parent = trace["traceparent"].as_str().unwrap_or_default();
        let id = parent.split('-').nth(1).unwrap_or_default();
        assert_eq!(id.len(), 32, "a {} job without a trace: {trace}", job[0]);
        traces
            .entry(job[0].clone())
            .or_default()
            .insert(id.to_owned());
    }
    let of = |kind: &str| traces.get(kind).cloned().unwrap_or_default();
    let imports = of("import-object");
    assert_eq!(imports.len(), 1, "{traces:?}");
    assert_eq!(of("render-asset"), imports, "{traces:?}");
    assert!(of("scan-storage").is_superset(&imports), "{traces:?}");
}
