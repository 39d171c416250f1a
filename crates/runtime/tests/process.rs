//! A whole process: signals, the admin port, exit codes. Each test runs this binary again as a
//! child that does nothing but live.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, ExitCode, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use stowage_config::{Sources, env};
use stowage_runtime::{Service, main_with};

const CHILD: &str = "STOWAGE_RUNTIME_TEST_CHILD";

stowage_config::config! {
    struct Nothing {}
}

/// Not a test: what the children run. `CHILD` says on which port, and how it behaves.
#[test]
fn child() {
    let Some((port, manner)) = env(CHILD).and_then(|words| {
        words
            .split_once(' ')
            .map(|(port, manner)| (port.to_owned(), manner.to_owned()))
    }) else {
        return;
    };
    let mut sources = Sources::empty()
        .with_variable("STOWAGE_ADMIN__LISTEN", &format!("127.0.0.1:{port}"))
        .with_variable("STOWAGE_SHUTDOWN__UNREADY_WAIT", "300ms")
        .with_variable("STOWAGE_SHUTDOWN__GRACE", "60s");
    match manner.as_str() {
        "collector-away" => {
            sources = sources
                .with_variable("STOWAGE_TELEMETRY__OTLP_ENDPOINT", "http://127.0.0.1:1")
                .with_variable("STOWAGE_LOG__FORMAT", "json");
        }
        "misspelt" => sources = sources.with_variable("STOWAGE_ADMIN__LISTN", "x"),
        _ => {}
    }
    let code = main_with("probe", sources, async |_: Nothing, admin| {
        admin.check("always", async || Ok(()));
        let service = Service::new("idle", async move |shutdown| {
            match manner.as_str() {
                "crash" => anyhow::bail!("crashed on purpose"),
                "stubborn" => std::future::pending::<()>().await,
                _ => shutdown.soft.cancelled().await,
            }
            Ok(())
        });
        Ok(vec![service])
    });
    let code = match code {
        code if code == ExitCode::SUCCESS => 0,
        code if code == ExitCode::from(64) => 64,
        _ => 1,
    };
    std::process::exit(code);
}

struct Probe {
    child: Child,
    port: u16,
}

impl Probe {
    fn start(manner: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a port is free")
            .port();
        let child = Command::new(std::env::current_exe().expect("this is a program"))
            .args(["--exact", "child", "--nocapture"])
            .env(CHILD, format!("{port} {manner}"))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the child starts");
        Self { child, port }
    }

    fn get(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        write!(stream, "GET {path} HTTP/1.0\r\nhost: probe\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }

    fn until(&self, path: &str, wanted: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let answer = self.get(path);
            if let Some(answer) = answer.filter(|answer| answer.contains(wanted)) {
                return answer;
            }
            assert!(Instant::now() < deadline, "{path} never said {wanted:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &id])
            .status()
            .expect("there is a kill");
        assert!(sent.success());
    }

    /// Waits for the end; returns how it ended and what was written.
    fn end(mut self) -> (ExitStatus, String) {
        let mut text = String::new();
        self.child
            .stderr
            .take()
            .expect("the child can be asked")
            .read_to_string(&mut text)
            .expect("the child can be asked");
        (self.child.wait().expect("the child can be asked"), text)
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

#[test]
fn answers_on_the_admin_port_and_ends_well_when_asked() {
    let probe = Probe::start("obedient");
    let ready = probe.until("/readyz", "200 OK");
    assert!(ready.contains(r#""name":"always""#), "{ready}");
    assert!(probe.get("/livez").unwrap().contains("200 OK"));
    assert!(probe.get("/metrics").unwrap().contains("200 OK"));

    probe.signal("TERM");

    let stopping = probe.until("/readyz", "503");
    assert!(stopping.contains(r#""phase":"stopping""#), "{stopping}");
    assert_eq!(probe.end().0.code(), Some(0));
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let probe = Probe::start("stubborn");
    probe.until("/readyz", "200 OK");
    probe.signal("TERM");
    probe.until("/readyz", "503");
    let since = Instant::now();

    probe.signal("INT");

    assert_eq!(probe.end().0.code(), Some(1));
    assert!(since.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_crash_is_told_and_exits_with_a_failure() {
    let probe = Probe::start("crash");

    let (status, text) = probe.end();

    assert_eq!(status.code(), Some(1));
    assert!(text.contains("crashed on purpose"), "{text}");
}

#[test]
fn a_collector_that_is_away_delays_nothing() {
    let since = Instant::now();
    let probe = Probe::start("collector-away");
    probe.until("/readyz", "200 OK");
    assert!(since.elapsed() < Duration::from_secs(5));

    probe.signal("TERM");

    assert_eq!(probe.end().0.code(), Some(0));
    assert!(
        since.elapsed() < Duration::from_secs(12),
        "{:?}",
        since.elapsed()
    );
}

#[test]
fn a_misspelt_setting_is_named_and_exits_with_64() {
    let (status, text) = Probe::start("misspelt").end();

    assert_eq!(status.code(), Some(64));
    assert!(text.contains("unknown key `admin.listn`"), "{text}");
}
