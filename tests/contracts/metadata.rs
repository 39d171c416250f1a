//! The workspace as cargo sees it.

use std::{collections::BTreeMap, path::PathBuf, process::Command};

use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    packages: Vec<Package>,
    workspace_members: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    id: String,
    pub(crate) name: String,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    name: String,
    /// None for ordinary ones, `dev` and `build` for the others.
    kind: Option<String>,
}

/// Returns the repository's root.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

impl Metadata {
    pub(crate) fn read() -> Self {
        let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--locked"])
            .args(["--filter-platform", &platform])
            .current_dir(root())
            .output()
            .expect("cargo runs");
        let problem = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "cargo metadata failed: {problem}");
        serde_json::from_slice(&output.stdout).expect("cargo writes JSON")
    }

    /// Returns the packages of the workspace, and what each imports outside of tests.
    pub(crate) fn members(&self) -> BTreeMap<&str, Member<'_>> {
        let is_member = |package: &&Package| self.workspace_members.contains(&package.id);
        self.packages
            .iter()
            .filter(is_member)
            .map(|package| (package.name.as_str(), Member(package)))
            .collect()
    }

    pub(crate) fn has_package(&self, name: &str) -> bool {
        self.packages.iter().any(|package| package.name == name)
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Member<'a>(&'a Package);

impl<'a> Member<'a> {
    pub(crate) fn imports(self) -> impl Iterator<Item = &'a str> {
        self.0
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind.is_none())
            .map(|dependency| dependency.name.as_str())
    }

    /// Returns whether it lives in this folder of the repository.
    pub(crate) fn is_in(self, folder: &str) -> bool {
        let root = root().canonicalize().expect("the repository is there");
        let manifest = self
            .0
            .manifest_path
            .canonicalize()
            .expect("the manifest is there");
        manifest.starts_with(root.join(folder))
    }
}
