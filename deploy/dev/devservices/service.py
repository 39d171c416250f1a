"""What every test server has in common: ports kept over restarts, start, readiness, stop, wipe."""

import os
import secrets
import shutil
import time
from pathlib import Path

from . import paths
from .errors import DevError
from .processes import Process, is_port_free, send, signal, spare_port, tail, wait_gone, with_descendants

# A loaded machine with two cores boots Erlang slowly. A server that ends early is noticed at once,
# so a long deadline costs time only where something hangs.
READY_SECONDS = 120
STOP_SECONDS = 30
# Another program may take a chosen port before the server binds it.
FIRST_START_ATTEMPTS = 3


class Service:
    """One server. Subclasses say how; this says when.

    `record` is the server's entry in the state file.
    """

    name = ""
    # The variable by which a caller names a server of their own, to be used instead of ours.
    variable = ""
    ports: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    needs_venv = False
    needs_root = False
    # Whether nothing outside its folder stays behind when it is killed and wiped: saves a slow goodbye.
    may_be_killed_for_good = True

    def missing_packages(self) -> list[str]:
        """Returns the Debian packages that are not installed."""
        return []

    def environment(self, record: dict) -> dict[str, str]:
        """Returns the variables that tell tests where the server is."""
        raise NotImplementedError

    def create(self, record: dict) -> None:
        """Makes the data, at the first start and after a wipe."""

    def spawn(self, record: dict) -> None:
        """Starts the processes and puts them into `record["processes"]`."""
        raise NotImplementedError

    def is_ready(self, record: dict) -> bool:
        raise NotImplementedError

    def when_ready(self, record: dict) -> None:
        """Finishes the set-up of new data through the running server."""

    def stop_signal(self) -> signal.Signals:
        return signal.SIGTERM

    def family(self, record: dict) -> list[Process]:
        """Returns every process of the server, for killing."""
        return [member for process in self.processes(record) for member in with_descendants(process)]

    # From here on nothing but the folder's place is overridden.

    @property
    def log(self) -> Path:
        return paths.LOGS / f"{self.name}.log"

    def processes(self, record: dict) -> list[Process]:
        return [Process(**process) for process in record.get("processes", {}).values()]

    def is_running(self, record: dict) -> bool:
        processes = self.processes(record)
        return bool(processes) and all(process.is_alive() for process in processes)

    def begin(self, record: dict) -> None:
        """Starts the server without waiting for it."""
        self.stop(record, kill=True)  # Leftovers of a half-dead server hold its ports.
        if "ports" not in record:
            self._choose(record)
            self.log.unlink(missing_ok=True)  # Each life has a log of its own; restarts add to it.
        has_data = record.get("folder") and Path(record["folder"]).exists()
        was_half_made = record.get("is_new", False)
        if was_half_made or not has_data:
            self.wipe(record)
            record["folder"] = str(self.make_folder())
            record["is_new"] = True
        with open(self.log, "a") as log:
            log.write(f"--- {self.name} started by deploy/dev/services on {time.strftime('%F %T')}\n")
        if record.get("is_new"):
            self.create(record)
        self.spawn(record)

    def finish(self, record: dict) -> None:
        """Waits until the server answers."""
        attempts = FIRST_START_ATTEMPTS if record.get("is_new") else 1
        for attempt in range(1, attempts + 1):
            problem = self._wait_ready(record)
            if problem is None:
                break
            self.stop(record, kill=True)
            port_was_taken = any(not is_port_free(port) for port in record["ports"].values())
            if not port_was_taken or attempt == attempts:
                raise DevError(f"{self.name} {problem}; the end of {self.log}:\n\n{tail(self.log)}")
            paths.say(f"{self.name}: another program took its port; trying others")
            self.wipe(record)
            self._choose(record)
            self.begin(record)
        if record.pop("is_new", False):
            self.when_ready(record)

    def _wait_ready(self, record: dict) -> str | None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if not self.is_running(record):
                return "ended while starting"
            if self.is_ready(record):
                return None
            time.sleep(0.1)
        return f"did not answer within {READY_SECONDS} s"

    def _choose(self, record: dict) -> None:
        record["ports"] = {}
        for port in self.ports:
            record["ports"][port] = spare_port(taken=record["ports"].values())
        record["secrets"] = {secret: secrets.token_hex(12) for secret in self.secrets}

    def make_folder(self) -> Path:
        folder = paths.DEV / self.name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def stop(self, record: dict, kill: bool = False) -> None:
        """Stops the server; with `kill` the way a power cut does: no process of it gets to say goodbye."""
        family = self.family(record)
        if not kill:
            # What was started last leans on what was started before it.
            for process in reversed(self.processes(record)):
                send([process], self.stop_signal())
                if not wait_gone([process], STOP_SECONDS):
                    paths.say(f"{self.name} did not stop within {STOP_SECONDS} s; killing it")
        send(family, signal.SIGKILL)
        if not wait_gone(family, STOP_SECONDS):
            raise DevError(f"{self.name} (process {family[0].pid}) cannot be killed")
        record["processes"] = {}

    def wipe(self, record: dict) -> None:
        """Deletes the data of the stopped server."""
        if record.get("folder"):
            shutil.rmtree(record.pop("folder"), ignore_errors=True)


def is_root() -> bool:
    return os.geteuid() == 0
