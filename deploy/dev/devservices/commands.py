"""What each sub-command does."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time

from . import chromium, packages, paths, state
from .catalogue import CHROMIUM, NAMES, SERVICES, environment, is_provided
from .errors import DevError
from .processes import Process, wait_until
from .service import Service, is_root
from .state import State


def up(names: list[str]) -> None:
    """Starts what is not running, and keeps it until `down`."""
    with state.locked() as now:
        _start(now, names)
        now.kept = True


def start(names: list[str]) -> None:
    """Starts servers that `stop` has stopped: same ports, same passwords."""
    with state.locked() as now:
        _start(now, names)


def stop(names: list[str], kill: bool, wipe: bool) -> None:
    with state.locked() as now:
        for service in _services(names):
            if record := now.services.get(service.name):
                service.stop(record, kill)
                if wipe:
                    service.wipe(record)
                paths.say(f"{service.name}: {'killed' if kill else 'stopped'}{' and wiped' if wipe else ''}")


def down() -> None:
    """Stops everything and deletes its data; logs and installed tools stay."""
    with state.locked() as now:
        _down(now)


def env() -> None:
    for key, value in environment(state.read()).items():
        print(f"export {key}={shlex.quote(value)}")


def status() -> None:
    now = state.read()
    for service in SERVICES.values():
        record = now.services.get(service.name)
        if is_provided(service, now):
            word = f"provided by {service.variable}"
        elif not record:
            word = "down"
        else:
            ports = ", ".join(f"{name} {port}" for name, port in record["ports"].items())
            is_running = service.is_running(record)
            is_ready = is_running and service.is_ready(record)
            word = f"{'ready' if is_ready else 'not answering' if is_running else 'stopped':14} {ports}"
        print(f"{service.name:10} {word}")
    print(f"{CHROMIUM:10} {chromium.environment().get(chromium.VARIABLE, 'not installed')}")
    print(f"logs       {paths.LOGS}")


def run(names: list[str], command: list[str]) -> int:
    """Runs a command with the servers up, and takes them down however it ends."""
    # SIGTERM and SIGHUP leave through the `finally` below, as Ctrl-C does anyway.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    me = Process.of(os.getpid())
    try:
        with state.locked() as now:
            now.runs = [*now.live_runs(), me]
            now.save()  # Should this one be killed outright, the next `run` or `down` cleans up.
            _start(now, names)
            variables = environment(now)
        return _wait_for(command, variables)
    finally:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        with state.locked() as now:
            now.runs = [other for other in now.live_runs() if other != me]
            if not now.kept and not now.runs:
                _down(now)


def _leave(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def _wait_for(command: list[str], variables: dict[str, str]) -> int:
    try:
        child = subprocess.Popen(command, env=os.environ | variables)
    except OSError as error:
        raise DevError(f"cannot run `{command[0]}`: {error.strerror}", 127) from error

    def pass_on(number: int, _frame: object) -> None:
        child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)
    # The terminal sends Ctrl-C to the command as well; a second one would make it drop everything.
    signal.signal(signal.SIGINT, lambda *_: None)
    code = child.wait()
    return code if code >= 0 else 128 - code


def _start(now: State, names: list[str]) -> None:
    if not sys.platform.startswith("linux"):
        raise DevError("the test servers need Linux; set the STOWAGE_TEST_* variables to servers of your own")
    wanted = [service for service in _services(names) if not is_provided(service, now)]
    if not names and not is_root():
        for service in wanted:
            if service.needs_root:
                paths.say(f"{service.name}: left out, it has to be started by root; its tests are skipped")
        wanted = [service for service in wanted if not service.needs_root]
    _install(names, wanted)
    begun = []
    try:
        for service in wanted:
            record = now.services.setdefault(service.name, {})
            if not _is_well(service, record):
                begun.append((service, record, time.monotonic()))
                service.begin(record)
                now.save()
        for service, record, since in begun:
            service.finish(record)
            ports = ", ".join(f"{name} {port}" for name, port in record["ports"].items())
            paths.say(f"{service.name}: ready after {time.monotonic() - since:.1f} s ({ports})")
    except BaseException:
        for service, record, _ in begun:
            service.stop(record, kill=True)
        raise


def _is_well(service: Service, record: dict) -> bool:
    """A process may live and yet be stuck; on a busy machine it gets some time to prove otherwise."""
    return service.is_running(record) and wait_until(lambda: service.is_ready(record), 15)


def _install(names: list[str], wanted: list[Service]) -> None:
    missing = [package for service in wanted for package in service.missing_packages()]
    if (not names or CHROMIUM in names) and not os.environ.get(chromium.VARIABLE):
        missing += chromium.missing_packages()
    if not names:
        missing += packages.missing_tools()
    packages.install(sorted(set(missing)))
    if any(service.needs_venv for service in wanted):
        packages.ensure_venv()


def _down(now: State) -> None:
    stopped = []
    for service in SERVICES.values():
        if record := now.services.get(service.name):
            service.stop(record, kill=service.may_be_killed_for_good)
            service.wipe(record)
            del now.services[service.name]
            now.save()
            stopped.append(service.name)
    # Data of a server whose state was lost.
    for name in SERVICES:
        shutil.rmtree(paths.DEV / name, ignore_errors=True)
    now.kept = False
    paths.say(f"down: {', '.join(stopped)}" if stopped else "nothing was up")


def _services(names: list[str]) -> list[Service]:
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise DevError(f"unknown: {', '.join(unknown)}; known are {', '.join(NAMES)}", 64)
    return [service for name, service in SERVICES.items() if not names or name in names]
