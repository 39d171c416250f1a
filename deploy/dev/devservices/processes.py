"""Processes and ports: spawn detached, tell whether alive, kill with all children.

Needs Linux's /proc: the test servers are Debian's anyway.
"""

import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

# Settings of the caller that would reach into a private server.
FOREIGN_PREFIXES = ("PG", "RABBITMQ_", "ERL_", "RCLONE_", "MOTO_", "AWS_", "STOWAGE_")

_children: list[subprocess.Popen] = []


@dataclass(frozen=True)
class Process:
    """A process by id *and* start time: ids come round again, and a stale one may be somebody else."""

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> "Process":
        stat = _stat(pid)
        return cls(pid, stat.started if stat else 0)

    def is_alive(self) -> bool:
        stat = _stat(self.pid)
        # A zombie is dead: in a container whose first process reaps nobody it stays for ever.
        return stat is not None and stat.started == self.started and stat.state not in "ZX"

    def as_dict(self) -> dict:
        return asdict(self)


@dataclass(frozen=True)
class _Stat:
    state: str
    parent: int
    started: int


def _stat(pid: int) -> _Stat | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The second field is the program's name in brackets and may hold spaces and brackets itself.
    fields = text.rpartition(")")[2].split()
    return _Stat(state=fields[0], parent=int(fields[1]), started=int(fields[19]))


def with_descendants(root: Process) -> list[Process]:
    """Returns the process and everything below it. PostgreSQL's backends and Erlang's helpers each open
    a session of their own, so signalling the process group would miss them."""
    if not root.is_alive():
        return []
    children: dict[int, list[int]] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() and (stat := _stat(int(entry.name))):
            children.setdefault(stat.parent, []).append(int(entry.name))
    family, todo = [], [root.pid]
    while todo:
        pid = todo.pop()
        family.append(Process.of(pid))
        todo += children.get(pid, [])
    return family


def own_environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN_PREFIXES)}


def processes_in(folder: Path, program: str) -> list[Process]:
    """Returns the processes of a program that work in the folder."""
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                place, executable = os.readlink(f"{entry.path}/cwd"), os.readlink(f"{entry.path}/exe")
            except OSError:
                continue  # Ended meanwhile, or somebody else's.
            if Path(place) == folder and Path(executable).name == program:
                found.append(Process.of(int(entry.name)))
    return found


def spawn(
    argv: list[str], log: Path, env: dict[str, str] | None = None, user: str | None = None
) -> Process:
    """Starts a server that outlives this command, deaf to the terminal's Ctrl-C."""
    with open(log, "a") as output:
        child = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=own_environment() | (env or {}),
            cwd="/",
            start_new_session=True,
            **as_user(user),
        )
    _children.append(child)
    return Process.of(child.pid)


def as_user(user: str | None) -> dict:
    """Arguments for `subprocess` that change to the user, or nothing."""
    return {"user": user, "group": user, "extra_groups": []} if user else {}


def send(processes: Iterable[Process], number: signal.Signals) -> None:
    for process in processes:
        if process.is_alive():
            try:
                os.kill(process.pid, number)
            except ProcessLookupError:
                pass  # It ended by itself in between.


def wait_gone(processes: Iterable[Process], seconds: float) -> bool:
    def gone() -> bool:
        for child in _children:
            child.poll()  # Collects it if it has ended, so that `run` leaves no zombies while it lasts.
        return not any(process.is_alive() for process in processes)

    return wait_until(gone, seconds)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def spare_port(taken: Iterable[int] = ()) -> int:
    """Returns a free port below the range that the kernel hands to outgoing connections. Above it, any
    client on the machine could sit on a server's port while a test has that server stopped."""
    first_ephemeral = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    lowest, highest = (12_000, first_ephemeral - 1) if first_ephemeral > 16_000 else (20_000, 60_000)
    for _ in range(1000):
        port = random.randint(lowest, highest)
        if port not in taken and is_port_free(port):
            return port
    raise OSError("no free port on 127.0.0.1")


def is_port_free(port: int) -> bool:
    with socket.socket() as probe:
        # Servers set it too: connections of an earlier life in TIME_WAIT do not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def tail(log: Path, lines: int = 30) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return "(nothing was logged)"
