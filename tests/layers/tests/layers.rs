//! Which crate may see which, as DESIGN section 1 has it, over `cargo metadata`.
//!
//! The metadata carry the features of the whole workspace together, and every target's
//! dependencies: what they show may be more than one build links, never less.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The members that each member may name, as a dependency of any kind. Those under `tests/`
/// may name all, and nobody may name them, save for tests of their own.
const MEMBERS: &[(&str, &[&str])] = &[
    ("qadam-domain", &[]),
    ("qadam-protocol", &["qadam-domain"]),
    ("qadam-engine", &["qadam-domain", "qadam-protocol"]),
    ("qadam-texts", &["qadam-domain"]),
    ("qadam-ffi", &["qadam-domain", "qadam-engine", "qadam-texts"]),
    ("qadam-backend", &["qadam-domain", "qadam-protocol", "qadam-vendors"]),
    ("qadam-bindgen", &[]),
];

/// What a member may not reach over normal dependencies, however far.
const NEVER: &[(&str, &[&str])] = &[
    ("qadam-domain", &["tokio", "rusqlite", "reqwest", "axum", "uniffi", "chrono", "rand", "getrandom"]),
    ("qadam-protocol", &["rusqlite", "uniffi", "tokio"]),
    ("qadam-engine", &["uniffi", "axum", "qadam-backend"]),
    ("qadam-texts", &["qadam-domain"]),
    ("qadam-backend", &["uniffi", "qadam-engine", "qadam-vendors"]),
    ("qadam-ffi", &["axum", "qadam-backend"]),
];

/// What a member may not name itself, though it comes with another of its dependencies.
const NOT_DIRECTLY: &[(&str, &[&str])] = &[("qadam-ffi", &["rusqlite", "qadam-protocol"])];

/// What has no place in the domain's source: clocks, and orders that change from run to run.
const NOT_IN_DOMAIN: &[&str] = &["Utc::now", "SystemTime::now", "Instant::now", "HashMap", "HashSet"];

fn checkout() -> PathBuf {
    // As cargo says now, not as it was at compile time: the target folder may be shared by clones.
    PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo runs this")).join("../..")
}

struct Package {
    name: String,
    /// The folder within the checkout, of a member.
    folder: Option<PathBuf>,
    /// (id, whether it is a normal dependency)
    dependencies: Vec<(String, bool)>,
}

struct Graph(BTreeMap<String, Package>);

impl Graph {
    fn read() -> Self {
        // Offline first; a build does not download the crates of other targets, so that may fail.
        let metadata = [&["--offline"][..], &[]]
            .into_iter()
            .find_map(|offline| {
                let output = Command::new(env!("CARGO"))
                    .args(["metadata", "--format-version=1", "--locked"])
                    .args(offline)
                    .current_dir(checkout())
                    .output()
                    .expect("cargo runs");
                if !output.status.success() {
                    eprintln!("{}", String::from_utf8_lossy(&output.stderr));
                    return None;
                }
                Some(serde_json::from_slice::<Value>(&output.stdout).expect("cargo writes JSON"))
            })
            .expect("cargo metadata");

        let root = Path::new(text(&metadata["workspace_root"]));
        let members: Vec<&str> = list(&metadata["workspace_members"]).iter().map(text).collect();
        let mut packages = BTreeMap::new();
        for package in list(&metadata["packages"]) {
            let id = text(&package["id"]);
            let folder = members.contains(&id).then(|| {
                let manifest = Path::new(text(&package["manifest_path"]));
                let folder = manifest.parent().expect("a manifest is in a folder");
                folder.strip_prefix(root).expect("a member is in the workspace").to_path_buf()
            });
            packages.insert(
                id.to_owned(),
                Package { name: text(&package["name"]).to_owned(), folder, dependencies: Vec::new() },
            );
        }
        for node in list(&metadata["resolve"]["nodes"]) {
            let package = packages.get_mut(text(&node["id"])).expect("a node has its package");
            for dependency in list(&node["deps"]) {
                let normal = list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
                package.dependencies.push((text(&dependency["pkg"]).to_owned(), normal));
            }
        }
        Self(packages)
    }

    fn members(&self) -> impl Iterator<Item = (&String, &Package)> {
        self.0.iter().filter(|(_, p)| p.folder.is_some())
    }

    fn member(&self, name: &str) -> &str {
        self.members()
            .find(|(_, p)| p.name == name)
            .unwrap_or_else(|| panic!("{name} is not a member of the workspace"))
            .0
    }

    /// The shortest path of names from a package to the one so named, if there is one:
    /// over its own dependencies of any kind if `all`, over normal ones from there on.
    fn path(&self, from: &str, to: &str, all: bool) -> Option<String> {
        let mut seen = BTreeMap::from([(from, None)]);
        let mut queue = VecDeque::from([from]);
        while let Some(id) = queue.pop_front() {
            if id != from && self.0[id].name == to {
                let mut names = Vec::new();
                let mut at = Some(id);
                while let Some(id) = at {
                    names.push(self.0[id].name.as_str());
                    at = seen[id];
                }
                names.reverse();
                return Some(names.join(" -> "));
            }
            for (next, normal) in &self.0[id].dependencies {
                if (*normal || (all && id == from)) && !seen.contains_key(next.as_str()) {
                    seen.insert(next, Some(id));
                    queue.push_back(next);
                }
            }
        }
        None
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn report(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn members_name_only_the_layers_below() {
    let graph = Graph::read();
    let mut faults = Vec::new();
    for (_, package) in graph.members() {
        let folder = package.folder.as_deref().expect("members have one");
        if folder.starts_with("tests") {
            continue;
        }
        let Some((name, may)) = MEMBERS.iter().find(|(name, _)| *name == package.name) else {
            faults.push(format!("{}: has no rule yet, add it here", package.name));
            continue;
        };
        for (id, _) in &package.dependencies {
            let other = &graph.0[id];
            if other.folder.is_some() && !may.contains(&other.name.as_str()) {
                faults.push(format!("{name}: {name} -> {}; rule: of the workspace it names only {may:?}", other.name));
            }
        }
    }
    report(&faults);
}

#[test]
fn members_do_not_reach_what_their_layer_excludes() {
    let graph = Graph::read();
    let mut faults = Vec::new();
    for (name, never) in NEVER {
        for other in *never {
            if let Some(path) = graph.path(graph.member(name), other, false) {
                faults.push(format!("{name}: {path}; rule: never {other}"));
            }
        }
    }
    for (name, never) in NOT_DIRECTLY {
        for (id, _) in &graph.0[graph.member(name)].dependencies {
            let other = &graph.0[id].name;
            if never.contains(&other.as_str()) {
                faults.push(format!("{name}: {name} -> {other}; rule: {other} not directly"));
            }
        }
    }
    report(&faults);
}

#[test]
fn only_tests_see_both_engine_and_backend() {
    let graph = Graph::read();
    let mut faults = Vec::new();
    for (id, package) in graph.members() {
        let folder = package.folder.as_deref().expect("members have one");
        let engine = graph.path(id, "qadam-engine", true);
        let backend = graph.path(id, "qadam-backend", true);
        if let (Some(engine), Some(backend)) = (engine, backend)
            && !folder.starts_with("tests")
        {
            faults.push(format!("{}: {engine} and {backend}; rule: only tests/* see both", package.name));
        }
    }
    report(&faults);
}

#[test]
fn domain_has_no_clock_and_no_order_by_chance() {
    let mut faults = Vec::new();
    let mut folders = vec![checkout().join("core/domain/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the domain's source is there") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(&path).expect("source is UTF-8");
                for (index, line) in source.lines().enumerate() {
                    if line.trim_start().starts_with("//") {
                        continue;
                    }
                    for word in NOT_IN_DOMAIN.iter().filter(|word| line.contains(**word)) {
                        faults.push(format!(
                            "qadam-domain: {}:{}; rule: no {word} in the domain",
                            path.display(),
                            index + 1
                        ));
                    }
                }
            }
        }
    }
    report(&faults);
}
