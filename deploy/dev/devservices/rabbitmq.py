"""RabbitMQ: a node with its own name, cookie, port mapper and folders, so that neither another clone's
node nor one that the machine runs is met."""

import base64
import os
import secrets
import shutil
import socket
import urllib.error
import urllib.request
from pathlib import Path

from .errors import DevError
from .processes import spawn, tail, wait_until
from .service import Service

USER = "stowage"
# Debian's program on the PATH insists on root or the user `rabbitmq` and reads /etc/rabbitmq.
# The one that it wraps does neither.
DEBIAN_PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


class RabbitMq(Service):
    name = "rabbitmq"
    variable = "STOWAGE_TEST_AMQP_URL"
    ports = ("amqp", "management", "distribution", "mapper")
    secrets = ("user",)

    def missing_packages(self) -> list[str]:
        return [] if _program() and shutil.which("epmd") else ["rabbitmq-server"]

    def environment(self, record: dict) -> dict[str, str]:
        ports, credentials = record["ports"], f"{USER}:{record['secrets']['user']}"
        return {
            self.variable: f"amqp://{credentials}@127.0.0.1:{ports['amqp']}/%2f",
            "STOWAGE_TEST_RABBITMQ_MANAGEMENT_URL": f"http://{credentials}@127.0.0.1:{ports['management']}",
        }

    def create(self, record: dict) -> None:
        folder, ports = Path(record["folder"]), record["ports"]
        for name in ("mnesia", "log", "generated"):
            (folder / name).mkdir(exist_ok=True)
        cookie = folder / ".erlang.cookie"
        cookie.touch(mode=0o600)
        cookie.write_text(secrets.token_hex(16))
        cookie.chmod(0o400)  # Erlang refuses a cookie that others may read.
        (folder / "enabled_plugins").write_text("[rabbitmq_management].\n")
        (folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{ports['amqp']}\n"
            "management.tcp.ip = 127.0.0.1\n"
            f"management.tcp.port = {ports['management']}\n"
            f"default_user = {USER}\n"
            f"default_pass = {record['secrets']['user']}\n"
            "default_user_tags.administrator = true\n"
            # The default stops publishers below 50 MB times a factor of the memory: not a test's business.
            "disk_free_limit.absolute = 50MB\n"
            "log.console = true\n"
            "log.console.level = info\n"
            "log.console.use_colors = off\n"
            "log.file = false\n"
        )

    def spawn(self, record: dict) -> None:
        ports, folder = record["ports"], record["folder"]
        # Left to itself, the node starts a port mapper that nobody would stop again.
        mapper = ["epmd", "-address", "127.0.0.1", "-port", str(ports["mapper"])]
        record["processes"]["mapper"] = spawn(mapper, self.log).as_dict()
        if not wait_until(lambda: _listens(ports["mapper"]), 30):
            raise DevError(f"epmd did not start; the end of {self.log}:\n\n{tail(self.log)}")
        env = {
            "HOME": folder,
            "ERL_EPMD_PORT": str(ports["mapper"]),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"stowage-{ports['amqp']}@localhost",
            "RABBITMQ_DIST_PORT": str(ports["distribution"]),
            "RABBITMQ_CONF_ENV_FILE": f"{folder}/none",
            "RABBITMQ_CONFIG_FILE": f"{folder}/rabbitmq.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{folder}/none.config",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/enabled_plugins",
            "RABBITMQ_GENERATED_CONFIG_DIR": f"{folder}/generated",
            "RABBITMQ_MNESIA_BASE": f"{folder}/mnesia",
            "RABBITMQ_LOG_BASE": f"{folder}/log",
            "RABBITMQ_PID_FILE": f"{folder}/rabbitmq.pid",
            # Reachable from this machine only; and idle schedulers sleep instead of spinning, because
            # the tests need the cores.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}"
            " +sbwt none +sbwtdcpu none +sbwtdio none",
        }
        record["processes"]["main"] = spawn([_program()], self.log, env).as_dict()

    def is_ready(self, record: dict) -> bool:
        ports = record["ports"]
        if not _speaks_amqp(ports["amqp"]):
            return False
        token = base64.b64encode(f"{USER}:{record['secrets']['user']}".encode()).decode()
        url = f"http://127.0.0.1:{ports['management']}/api/health/checks/local-alarms"
        request = urllib.request.Request(url, headers={"Authorization": f"Basic {token}"})
        try:
            # No proxy for our own machine, whatever the environment says.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(request, timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False


def _program() -> str | None:
    if os.access(DEBIAN_PROGRAM, os.X_OK):
        return str(DEBIAN_PROGRAM)
    return shutil.which("rabbitmq-server")


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _speaks_amqp(port: int) -> bool:
    """The port opens before the node takes clients: only an answer to the greeting counts."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            return connection.recv(1) == b"\x01"  # The frame type of `connection.start`.
    except OSError:
        return False
