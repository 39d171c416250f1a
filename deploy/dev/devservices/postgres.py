"""PostgreSQL: an owner who may create databases, and an application role that row security binds."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import packages, paths
from .errors import DevError
from .processes import Process, as_user, own_environment, processes_in, signal, spawn
from .service import Service, is_root

OWNER = "stowage_owner"
APP = "stowage_app"
# Debian's package creates it. PostgreSQL refuses to run as root.
SYSTEM_USER = "postgres"
# A socket's path has room for 107 bytes, of which `/.s.PGSQL.12345` takes 15.
LONGEST_FOLDER = 90
LIBFAKETIME = "usr/lib/*/faketime/libfaketime.so.1"

SETTINGS = {
    # Throw-away data: what survives is decided by the kernel's cache, which outlives a killed process.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    # Every test has pools of its own.
    "max_connections": "300",
    "listen_addresses": "127.0.0.1",
    "timezone": "UTC",
    "log_line_prefix": "%m [%p] %d ",
}


class Postgres(Service):
    name = "postgres"
    variable = "STOWAGE_TEST_POSTGRES_URL"
    ports = ("sql",)
    secrets = ("owner", "app")
    # Shared memory outlives the server; only an orderly end, or the next start on the same data, frees it.
    may_be_killed_for_good = False

    def missing_packages(self) -> list[str]:
        return [] if _binaries() else ["postgresql"]

    def environment(self, record: dict) -> dict[str, str]:
        address = f"127.0.0.1:{record['ports']['sql']}"
        return {
            self.variable: f"postgres://{OWNER}:{record['secrets']['owner']}@{address}/postgres",
            "STOWAGE_TEST_POSTGRES_APP_ROLE": APP,
            "STOWAGE_TEST_POSTGRES_APP_PASSWORD": record["secrets"]["app"],
        }

    def make_folder(self) -> Path:
        folder = super().make_folder()
        # A clone below /root, say, is closed to the system's user at some level above the data.
        if len(str(folder)) > LONGEST_FOLDER or not _may_enter(folder):
            folder.rmdir()
            folder = Path(tempfile.mkdtemp(prefix="stowage-dev-postgres-", dir="/var/tmp"))
        folder.chmod(0o700)
        if user := _user():
            account = pwd.getpwnam(user)
            os.chown(folder, account.pw_uid, account.pw_gid)
        return folder

    def create(self, record: dict) -> None:
        self._run(
            [_program("initdb"), "-D", record["folder"], "-U", OWNER, "--encoding=UTF8", "--locale=C.UTF-8"]
            # The socket lies in a closed folder; over TCP the passwords count.
            + ["--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync"]
        )

    def spawn(self, record: dict) -> None:
        # Killed outright, the server leaves these behind, and its successor believes the pid in them even
        # when that is a zombie's or somebody else's by now. `begin` made sure that ours is gone.
        folder = Path(record["folder"])
        for leftover in [folder / "postmaster.pid", *folder.glob(".s.PGSQL.*")]:
            leftover.unlink(missing_ok=True)
        argv = [_program("postgres"), "-D", record["folder"], "-k", record["folder"]]
        argv += ["-p", str(record["ports"]["sql"])]
        argv += [part for key, value in SETTINGS.items() for part in ("-c", f"{key}={value}")]
        variables = self.variables(folder)
        record["processes"]["main"] = spawn(argv, self.log, env=variables, user=_user()).as_dict()

    def variables(self, folder: Path) -> dict[str, str]:
        """What the server's own environment has besides."""
        return {}

    def is_ready(self, record: dict) -> bool:
        asked = [_program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(record["ports"]["sql"])]
        return subprocess.run(asked, env=own_environment()).returncode == 0

    def when_ready(self, record: dict) -> None:
        words = record["secrets"]
        self._run(
            [_program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", record["folder"]]
            + ["-p", str(record["ports"]["sql"]), "-U", OWNER, "-d", "postgres"],
            input=f"ALTER ROLE {OWNER} PASSWORD '{words['owner']}';"
            f"CREATE ROLE {APP} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"
            f" PASSWORD '{words['app']}';",
        )

    def stop_signal(self) -> signal.Signals:
        return signal.SIGINT  # "Fast": ends sessions instead of waiting for them.

    def family(self, record: dict) -> list[Process]:
        """Adds sessions whose server died before them: they hold on to the shared memory, and the next
        server would refuse to start."""
        return super().family(record) + processes_in(Path(record.get("folder", "/nowhere")), "postgres")

    def _run(self, argv: list[str], input: str | None = None) -> None:
        done = subprocess.run(
            argv,
            input=input,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            env=own_environment(),
            **as_user(_user()),
        )
        if done.returncode != 0:
            raise DevError(f"`{Path(argv[0]).name}` failed:\n{done.stdout}")


class PostgresClock(Postgres):
    """A second server, whose clock tests move: all that it asks for the time goes through libfaketime,
    which reads how far it is moved from a file. One of its own, since everything leans on the other's."""

    name = "postgres-clock"
    variable = "STOWAGE_TEST_CLOCK_POSTGRES_URL"
    packages = ("libfaketime",)

    def environment(self, record: dict) -> dict[str, str]:
        usual = super().environment(record)
        prefix = "STOWAGE_TEST_CLOCK_POSTGRES"
        return {
            self.variable: usual[self.variable],
            f"{prefix}_APP_ROLE": usual["STOWAGE_TEST_POSTGRES_APP_ROLE"],
            f"{prefix}_APP_PASSWORD": usual["STOWAGE_TEST_POSTGRES_APP_PASSWORD"],
            # Holds `+40d`, `-40d` or `+0`; what is written there counts within a second.
            f"{prefix}_MOVED": str(_moved(Path(record["folder"]))),
        }

    def create(self, record: dict) -> None:
        super().create(record)
        unpacked = paths.DEV / "debian"
        if not (found := sorted(unpacked.glob(LIBFAKETIME))):
            packages.unpack(self.packages, unpacked)
            found = sorted(unpacked.glob(LIBFAKETIME))
        if not found:
            raise DevError("libfaketime is not where Debian's package has it")
        # Beside the data, where the server's user may read it.
        folder = Path(record["folder"])
        for path in (_faketime(folder), _moved(folder)):
            path.write_bytes(found[0].read_bytes() if path == _faketime(folder) else b"+0\n")
            path.chmod(0o644)

    def variables(self, folder: Path) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(_faketime(folder)),
            "FAKETIME_TIMESTAMP_FILE": str(_moved(folder)),
            "FAKETIME_CACHE_DURATION": "1",
            # Waits are measured by it.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


def _faketime(folder: Path) -> Path:
    return folder / "libfaketime.so"


def _moved(folder: Path) -> Path:
    return folder / "moved"


def _user() -> str | None:
    return SYSTEM_USER if is_root() else None


def _may_enter(folder: Path) -> bool:
    """Asks as the user itself: modes, lists and mounts all have a say."""
    return subprocess.run(["test", "-x", str(folder)], cwd="/", **as_user(_user())).returncode == 0


def _binaries() -> Path | None:
    """Debian keeps the server's programs off the PATH, one folder a version; the newest is taken."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[4]))
    if versions:
        return versions[-1].parent
    found = shutil.which("postgres")
    return Path(found).parent if found else None


def _program(name: str) -> str:
    folder = _binaries()
    if folder is None:
        raise DevError("PostgreSQL is not installed")
    return str(folder / name)
