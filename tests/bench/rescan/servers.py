"""The two servers of the benchmark: rclone's S3 over a folder, and the all-in-one over a catalog."""

import collections
import contextlib
import http.cookiejar
import json
import os
import pathlib
import re
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
import uuid

PATIENCE = 3600  # seconds; only a hang takes that long
TICKS = os.sysconf("SC_CLK_TCK")
ACCESS_KEY, SECRET_KEY = "benchmark", "benchmark-secret"
FAR = 4_102_444_800_000_000  # 2100, in microseconds

# Counts what a scan writes, also where the value stays the same. A trigger that does not fire costs
# nothing, and nothing in the program knows of these.
COUNTERS = """
create table bench_written (what text primary key, count integer not null);
insert into bench_written values ('rows', 0), ('jobs', 0);
create trigger bench_object_insert after insert on remote_object
  begin update bench_written set count = count + 1 where what = 'rows'; end;
create trigger bench_object_update after update on remote_object
  begin update bench_written set count = count + 1 where what = 'rows'; end;
create trigger bench_object_delete after delete on remote_object
  begin update bench_written set count = count + 1 where what = 'rows'; end;
create trigger bench_asset_insert after insert on asset
  begin update bench_written set count = count + 1 where what = 'rows'; end;
create trigger bench_asset_update after update on asset
  begin update bench_written set count = count + 1 where what = 'rows'; end;
create trigger bench_job_insert after insert on job when new.kind <> 'scan-storage'
  begin update bench_written set count = count + 1 where what = 'jobs'; end;
"""


def free_port():
    with contextlib.closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def clean_environment(**extra):
    """What this shell has set for either program would change what is measured."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("STOWAGE_", "RCLONE_"))
    }
    return kept | extra


def wait_until(is_true, process, what):
    until = time.monotonic() + PATIENCE
    while not is_true():
        if process.poll() is not None:
            raise SystemExit(f"{what}: the server ended with {process.returncode}; see its log")
        if time.monotonic() > until:
            raise SystemExit(f"{what}: not within {PATIENCE} s; see the server's log")
        time.sleep(0.02)


def stop(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise SystemExit("a server had to be killed; see its log") from None


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class S3:
    """`rclone serve s3`; its log tells which calls came in."""

    def __init__(self, rclone, folder, log):
        self.log = log
        port = free_port()
        self.endpoint = f"http://127.0.0.1:{port}"
        argv = [rclone, "serve", "s3", folder, "--config", "", "--addr", f"127.0.0.1:{port}"]
        argv += ["--auth-key", f"{ACCESS_KEY},{SECRET_KEY}", "--vfs-cache-mode", "off"]
        # Folders are read once, so that a listing costs the same each time.
        argv += ["--dir-cache-time", "24h", "-vv"]
        with open(log, "wb") as sink:
            self.process = subprocess.Popen(
                argv, env=clean_environment(), stdout=sink, stderr=sink
            )
        wait_until(self._answers, self.process, "rclone serve s3")

    def _answers(self):
        try:
            port = int(self.endpoint.rpartition(":")[2])
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return False
        return True

    def mark(self):
        """Returns where its log and its processor time stand."""
        return os.path.getsize(self.log), cpu_seconds(self.process.pid)

    def since(self, mark):
        """Returns the listing's calls and the others since the mark, and the processor time."""
        offset, cpu = mark
        with open(self.log, "rb") as log:
            log.seek(offset)
            text = log.read().decode()
        calls = collections.Counter(re.findall(r"serve s3: ([A-Z][A-Z ]+)$", text, re.MULTILINE))
        del calls["LIST BUCKET"]
        sizes = re.findall(r"page: \{.*MaxKeys:(\d+)\}$", text, re.MULTILINE)
        calls["list of one key"] = sizes.count("1")
        return len(sizes) - sizes.count("1"), calls, cpu_seconds(self.process.pid) - cpu


class Stowage:
    """The all-in-one over one data folder, with one bucket as its storage."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.catalog = folder / "data/stowage.db"
        self.log = folder / "stowage.log"
        self.process = None
        self.workspace = self.storage = None
        self.listen = f"127.0.0.1:{free_port()}"
        self.environment = clean_environment(
            STOWAGE_ADMIN__LISTEN=f"127.0.0.1:{free_port()}",
            STOWAGE_GATEWAY__GRPC_LISTEN=f"127.0.0.1:{free_port()}",
            STOWAGE_SHUTDOWN__UNREADY_WAIT="0s",
        )
        self.client = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        )
        folder.mkdir(parents=True)

    def start(self):
        argv = [self.binary, "serve", "--data", self.folder / "data", "--listen", self.listen]
        with open(self.log, "ab") as sink:
            self.process = subprocess.Popen(argv, env=self.environment, stdout=sink, stderr=sink)
        wait_until(self._answers, self.process, "stowage serve")

    def stop(self):
        if self.process is not None:
            process, self.process = self.process, None
            stop(process)

    def _answers(self):
        try:
            self.call("GET", "/setup")
        except (OSError, urllib.error.URLError):
            return False
        return True

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            f"http://{self.listen}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-Stowage": "1", "Content-Type": "application/json"},
        )
        try:
            with self.client.open(request, timeout=60) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            if error.code >= 500:
                raise
            raise SystemExit(f"{method} {path}: {error.code} {error.read().decode()}") from None

    def set_up(self):
        found = []

        def is_printed():
            found[:] = re.findall(r"/setup\?token=(\S+)", self.log.read_text())
            return bool(found)

        wait_until(is_printed, self.process, "the owner's link")
        owner = {
            "token": found[-1],
            "email": "bench@example.com",
            "name": "Bench",
            "password": str(uuid.uuid4()),
            "workspace_name": "Bench",
        }
        me = self.call("POST", "/setup", owner)
        self.workspace = me["workspaces"][0]["id"]

    def connect(self, endpoint, bucket):
        """Connects the bucket, which scans it for the first time."""
        new = {
            "name": bucket,
            "kind": "s3",
            "access": "read_only",
            "scan_interval_seconds": 86_400,
            "settings": {
                "provider": "custom",
                "bucket": bucket,
                "region": "us-east-1",
                "endpoint": endpoint,
                "path_style": True,
            },
            "credentials": {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY},
        }
        storage = self.call("POST", f"/workspaces/{self.workspace}/storages", new)
        self.storage = storage["id"]

    def request_scan(self):
        self.call("POST", f"/workspaces/{self.workspace}/storages/{self.storage}/scan", {})

    # The catalog is watched from outside, so that no question of ours costs the server anything.

    @contextlib.contextmanager
    def open_catalog(self, mode="rw"):
        uri = f"file:{self.catalog}?mode={mode}"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=60)) as catalog:
            catalog.row_factory = sqlite3.Row
            with catalog:
                yield catalog

    def hold_imports(self):
        """Lets no import begin: each queue has only so many places, and these rows take them all."""
        with self.open_catalog() as catalog:
            workspace = catalog.execute("select id from workspace").fetchone()["id"]
            rows = [
                (uuid.uuid4().bytes, workspace, f"hold-{number}", FAR, FAR) for number in range(1000)
            ]
            catalog.executemany(
                "insert into job (id, workspace_id, kind, dedup_key, payload, priority, state, "
                "attempts, due_at, fence, rung_at, trace, created_at, updated_at) values "
                "(?, ?, 'import-object', ?, x'', 9, 'queued', 0, ?, 0, ?, '', 0, 0)",
                rows,
            )

    def drop_imports(self):
        """Takes the first scan's imports for done and counts writes from here on. Not while the
        server runs. Returns how many imports there were."""
        with self.open_catalog() as catalog:
            catalog.execute("delete from job where dedup_key like 'hold-%'")
            done = catalog.execute(
                "update job set state = 'done', rung_at = null, updated_at = ? "
                "where kind = 'import-object' and state = 'queued'",
                [time.time_ns() // 1000],
            )
            assets = catalog.execute("select count(*) from asset").fetchone()[0]
            if assets > 0:
                raise SystemExit(f"{assets} files were imported although imports were held")
            catalog.executescript(COUNTERS)
            return done.rowcount

    def written(self):
        with self.open_catalog("ro") as catalog:
            return dict(map(tuple, catalog.execute("select what, count from bench_written")))

    def scans(self):
        """Returns how many scans have ended."""
        if not self.catalog.exists():
            return 0
        with self.open_catalog("ro") as catalog:
            sql = "select count(*) from scan_run where finished_at is not null"
            return catalog.execute(sql).fetchone()[0]

    def wait_for_scan(self, before):
        """Waits until one more scan has ended, and returns it."""
        wait_until(lambda: self.scans() > before, self.process, "the scan")
        with self.open_catalog("ro") as catalog:
            sql = "select * from scan_run order by finished_at desc limit 1"
            run = dict(catalog.execute(sql).fetchone())
        if run["state"] != "complete":
            raise SystemExit(f"the scan ended {run['state']}: {run['error']}; see {self.log}")
        run["seconds"] = (run["finished_at"] - run["started_at"]) / 1e6
        return run

    def forget_peak(self):
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def status(self, field):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+) kB", text, re.MULTILINE)[1]) / 1024

    def bytes_written(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/io").read_text()
        return int(re.search(r"^write_bytes: (\d+)", text, re.MULTILINE)[1])

    def cpu(self):
        return cpu_seconds(self.process.pid)
