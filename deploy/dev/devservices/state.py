"""What this clone has running: `target/dev/state.json`, behind a lock.

    services.<name>.ports      chosen once, kept over restarts so that a test can restart a server
    services.<name>.secrets    passwords made at the first start
    services.<name>.folder     its data
    services.<name>.processes  pid and start time of each process it needs
    kept                       true after `up`: a `run` that ends leaves the servers alone
    runs                       the `run` commands under way; the last to end stops the servers
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator

from . import paths
from .processes import Process


class State:
    """The file's content, and the only way to change it."""

    def __init__(self, content: dict):
        self.services: dict[str, dict] = content.get("services", {})
        self.kept: bool = content.get("kept", False)
        self.runs: list[Process] = [Process(**run) for run in content.get("runs", [])]

    def save(self) -> None:
        content = {
            "services": self.services,
            "kept": self.kept,
            "runs": [run.as_dict() for run in self.runs],
        }
        draft = paths.STATE.with_suffix(".new")
        # Holds passwords, even if only those of throw-away servers.
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(content, file, indent=2)
        draft.replace(paths.STATE)

    def live_runs(self) -> list[Process]:
        """Returns the runs under way; one that was killed outright never signed off."""
        return [run for run in self.runs if run.is_alive()]


def read() -> State:
    """Reads without the lock: a look at what is there, never the base of a change."""
    try:
        return State(json.loads(paths.STATE.read_text()))
    except FileNotFoundError:
        return State({})
    except ValueError:
        paths.say(f"{paths.STATE} is damaged; starting from an empty one")
        return State({})


@contextlib.contextmanager
def locked() -> Iterator[State]:
    """Holds the clone's lock: starting and stopping happens one command at a time."""
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    with open(paths.LOCK, "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            paths.say("waiting for another `services` command in this clone …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        state = read()
        try:
            yield state
        finally:
            # A half-done start is recorded too, or its processes could never be stopped.
            state.save()
