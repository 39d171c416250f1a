//! A program under test: started, killed, started again, never left behind.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

/// Lines of a log that a failing test shows.
const SHOWN: usize = 60;

/// How long a program may take to end after it was asked to.
const ENDING: Duration = Duration::from_secs(30);

/// One program with its arguments and variables, running or not.
#[derive(Debug)]
pub struct Process {
    name: String,
    program: PathBuf,
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    log: PathBuf,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    guard: Guard,
}

impl Process {
    /// Describes a program; its output goes to a file in `logs`.
    pub fn new(name: &str, program: PathBuf, logs: &Path) -> Self {
        Self {
            name: name.to_owned(),
            program,
            arguments: Vec::new(),
            variables: Vec::new(),
            log: logs.join(format!("{name}.log")),
            running: None,
        }
    }

    /// Describes a program of this workspace, which must have been built.
    pub fn of_workspace(name: &str, binary: &str, logs: &Path) -> Self {
        Self::new(name, built(binary), logs)
    }

    pub fn arguments<T: Into<String>>(mut self, arguments: impl IntoIterator<Item = T>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    pub fn variables(mut self, variables: &[(String, String)]) -> Self {
        self.variables.extend_from_slice(variables);
        self
    }

    /// Sets a variable for the next start.
    pub fn set_variable(&mut self, name: &str, value: &str) {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Replaces an argument for the next start.
    pub fn replace_argument(&mut self, old: &str, new: &str) {
        for argument in &mut self.arguments {
            if argument == old {
                new.clone_into(argument);
            }
        }
    }

    pub fn start(&mut self) {
        assert!(self.running.is_none(), "{} runs already", self.name);
        let log = OpenOptions::new().create(true).append(true).open(&self.log);
        let log = log.unwrap_or_else(|error| panic!("no log {}: {error}", self.log.display()));
        let copy = |log: &File| log.try_clone().expect("a file can be opened twice");
        let child = Command::new(&self.program)
            .args(&self.arguments)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(copy(&log))
            .stderr(copy(&log))
            .spawn()
            .unwrap_or_else(|error| panic!("could not start {}: {error}", self.program.display()));
        let guard = Guard::of(&child);
        self.running = Some(Running { child, guard });
    }

    /// Runs the program to its end, and fails unless it ends well.
    pub fn run_to_end(&mut self) {
        self.start();
        let mut running = self.running.take().expect("it was just started");
        let status = running.child.wait().expect("a child can be waited for");
        running.guard.release();
        assert!(
            status.success(),
            "{} ended with {status}:\n{}",
            self.name,
            self.last_words()
        );
    }

    /// Returns whether it is still there.
    pub fn is_running(&mut self) -> bool {
        let running = self.running.as_mut();
        running.is_some_and(|running| matches!(running.child.try_wait(), Ok(None)))
    }

    /// Ends it as the kernel would: at once, with nothing written.
    pub fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            let _ = running.child.kill();
            let _ = running.child.wait();
            running.guard.release();
        }
    }

    /// Freezes it where it stands.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// Asks it to end, waits for that, and returns whether it ended well.
    pub fn stop(&mut self) -> bool {
        self.signal(Signal::TERM);
        let Some(mut running) = self.running.take() else {
            return true;
        };
        let since = Instant::now();
        let status = loop {
            if let Ok(Some(status)) = running.child.try_wait() {
                break Some(status);
            }
            if since.elapsed() > ENDING {
                let _ = running.child.kill();
                let _ = running.child.wait();
                break None;
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        running.guard.release();
        status.is_some_and(|status| status.success())
    }

    fn signal(&self, signal: Signal) {
        let Some(running) = &self.running else { return };
        let id = i32::try_from(running.child.id())
            .ok()
            .and_then(Pid::from_raw);
        // Fails only when it ended by itself, which whoever waits for it will see.
        let _ = id.map(|id| kill_process(id, signal));
    }

    /// Returns all that it said so far, over all its lives.
    pub fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn last_words(&self) -> String {
        let said = self.said();
        let lines: Vec<&str> = said.lines().collect();
        lines[lines.len().saturating_sub(SHOWN)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!(
                "---- the last words of {}:\n{}",
                self.name,
                self.last_words()
            );
        }
        self.kill();
    }
}

/// Returns the path of a program that cargo built beside this test.
pub(crate) fn built(binary: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this program has a path");
    let folder = test
        .parent()
        .and_then(Path::parent)
        .expect("tests lie in target/debug/deps");
    let program = folder.join(binary);
    assert!(
        program.exists(),
        "{} is not built; run `cargo build --workspace --all-targets` first",
        program.display()
    );
    program
}

/// Kills a program whose test ended without saying so.
#[derive(Debug)]
struct Guard {
    shell: Child,
    over: Option<ChildStdin>,
}

impl Guard {
    fn of(child: &Child) -> Self {
        // A line means that the program is gone already; the end of the pipe, that the test is.
        let mut shell = Command::new("sh")
            .args([
                "-c",
                "read -r over || kill -9 \"$1\"",
                "guard",
                &child.id().to_string(),
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell can be started");
        let over = shell.stdin.take();
        Self { shell, over }
    }

    fn release(&mut self) {
        if let Some(mut over) = self.over.take() {
            let _ = over.write_all(b"over\n");
        }
        let _ = self.shell.wait();
    }
}
