"""Gets what is missing: Debian packages when we may, otherwise the exact commands to type; and the
Python environment of the S3 test servers."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from . import paths
from .errors import EXIT_UNAVAILABLE, DevError
from .processes import own_environment

LOCK_WAIT_SECONDS = 300
OLDEST_NODE = 20
# Programs that tests call, and the packages that bring them.
TOOLS = {"heif-convert": "libheif-examples", "ip": "iproute2", "unshare": "util-linux"}


def missing_tools() -> list[str]:
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
    return [package for tool, package in TOOLS.items() if not shutil.which(tool, path=path)]


def install(packages: list[str]) -> None:
    """Installs Debian packages; without root, says what to type instead."""
    if not packages:
        return
    if not shutil.which("apt-get"):
        raise DevError(
            f"missing on this machine: {', '.join(packages)} (Debian's package names); "
            "there is no apt-get here, so please install them in your system's way",
            EXIT_UNAVAILABLE,
        )
    if os.geteuid() != 0:
        raise DevError(
            "some packages are missing, and installing them needs root. Please run\n\n"
            "    sudo apt-get update\n"
            f"    sudo apt-get install -y --no-install-recommends {' '.join(packages)}\n\nand try again",
            EXIT_UNAVAILABLE,
        )
    paths.say(f"installing {', '.join(packages)} …")
    with _machine_lock(), _no_system_servers():
        _apt("update")
        _apt("install", "-y", "--no-install-recommends", *packages)


def is_installed(package: str) -> bool:
    """Whether Debian's package is there, also where its name grew a suffix (`libwrap0t64`)."""
    status = subprocess.run(["dpkg-query", "-W", package, f"{package}t64"], capture_output=True, text=True)
    return any("\t" in line and line.split("\t")[1].strip() for line in status.stdout.splitlines())


def unpack(names: tuple[str, ...], folder: Path) -> None:
    """Fetches Debian packages and unpacks them into a folder, without installing them."""
    paths.say(f"fetching {', '.join(names)} …")
    archives = folder / "archives"
    archives.mkdir(parents=True, exist_ok=True)
    archives.chmod(0o777)  # apt fetches as a user of its own.
    with _machine_lock():
        fetch = ["apt-get", "download", *names]
        done = subprocess.run(fetch, cwd=archives, env=own_environment(), capture_output=True, text=True)
        if done.returncode != 0:
            _apt("update")
            _logged("apt", ["env", "-C", str(archives), *fetch], attempts=2)
    for archive in archives.glob("*.deb"):
        _logged("apt", ["dpkg", "-x", str(archive), str(folder)])


def _apt(*arguments: str) -> None:
    """Runs apt-get; tries once more after a failure, and waits while another apt-get is at work."""
    log = paths.LOGS / "apt.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = ["apt-get", "-q", "-o", f"DPkg::Lock::Timeout={LOCK_WAIT_SECONDS}", *arguments]
    deadline = time.monotonic() + LOCK_WAIT_SECONDS
    failures = 0
    while True:
        done = subprocess.run(
            command,
            env=own_environment() | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with open(log, "a") as file:
            file.write(f"$ {' '.join(command)}\n{done.stdout}\n")
        if done.returncode == 0:
            return
        # The timeout option covers dpkg's lock only, not those of the package lists and the downloads.
        is_locked = "Could not get lock" in done.stdout and time.monotonic() < deadline
        if not is_locked:
            failures += 1
        if failures == 2:
            last_lines = "\n".join(done.stdout.splitlines()[-20:])
            raise DevError(f"`{' '.join(command)}` failed:\n{last_lines}", EXIT_UNAVAILABLE)
        time.sleep(5)


@contextlib.contextmanager
def _machine_lock() -> Iterator[None]:
    """One clone at a time: they share dpkg and the policy file below."""
    with open("/run/stowage-dev-apt.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _no_system_servers() -> Iterator[None]:
    """Keeps Debian's packages from starting a server of their own: ours are private instances. A policy
    that the machine already has is its owner's business and stays."""
    policy = Path("/usr/sbin/policy-rc.d")
    if policy.exists():
        yield
        return
    policy.write_text("#!/bin/sh\n# Placed by Stowage's deploy/dev/services while it installs.\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink(missing_ok=True)


def ensure_venv() -> None:
    """Creates `target/dev/venv`, or makes it anew when the requirements or the Python changed."""
    wanted = hashlib.sha256(paths.REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()
    stamp = paths.VENV / "stowage-stamp"
    python = paths.VENV / "bin" / "python"
    # A moved clone leaves links into the old place; `--version` finds out.
    works = python.exists() and subprocess.run([python, "--version"], capture_output=True).returncode == 0
    if works and stamp.exists() and stamp.read_text() == wanted:
        return
    paths.say("installing the test servers of Python into target/dev/venv …")
    shutil.rmtree(paths.VENV, ignore_errors=True)
    _logged("venv", [sys.executable, "-m", "venv", str(paths.VENV)])
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-q"]
    _logged("venv", [*pip, "-r", str(paths.REQUIREMENTS)], attempts=2)
    stamp.write_text(wanted)


def tools_environment() -> dict[str, str]:
    """The Python that has tuspy, for tests that send files with it."""
    python = paths.VENV / "bin" / "python"
    return {"STOWAGE_TEST_TUSPY_PYTHON": str(python)} if python.exists() else {}


def venv_packages() -> list[str]:
    """Debian keeps the module that fills a new environment in a package of its own."""
    has_ensurepip = subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True)
    return [] if has_ensurepip.returncode == 0 else ["python3-venv"]


def _logged(name: str, command: list[str], attempts: int = 1) -> None:
    log = paths.LOGS / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    for attempt in range(1, attempts + 1):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        with open(log, "a") as file:
            file.write(f"$ {' '.join(command)}\n{done.stdout}\n")
        if done.returncode == 0:
            return
        if attempt < attempts:
            time.sleep(5)
    last_lines = "\n".join(done.stdout.splitlines()[-20:])
    raise DevError(f"`{' '.join(command)}` failed:\n{last_lines}", EXIT_UNAVAILABLE)


def build_dependencies() -> None:
    """What `cargo build` and `npm run build` need. The C toolchain comes from Debian; Rust and Node.js
    are the reader's to install, because Debian's are too old."""
    by_hand = []
    if not shutil.which("cargo"):
        by_hand.append("cargo is missing: install Rust from https://rustup.rs (rust-toolchain.toml picks the version)")
    if (node := _node_major()) is None or not shutil.which("npm"):
        by_hand.append(f"Node.js is missing: install version {OLDEST_NODE} or newer from https://nodejs.org")
    elif node < OLDEST_NODE:
        by_hand.append(f"Node.js {node} is too old: install version {OLDEST_NODE} or newer from https://nodejs.org")

    package_of = {"cmake": "cmake", "nasm": "nasm", "pkg-config": "pkg-config"}
    missing = [package for program, package in package_of.items() if not shutil.which(program)]
    if not shutil.which("cc") or not shutil.which("c++"):
        missing.append("build-essential")
    try:
        install(missing)
    except DevError as error:
        by_hand.append(str(error))
    if by_hand:
        raise DevError("\n".join(by_hand), EXIT_UNAVAILABLE)


def _node_major() -> int | None:
    if not shutil.which("node"):
        return None
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    major = version.strip().lstrip("v").partition(".")[0]
    return int(major) if major.isdigit() else None
