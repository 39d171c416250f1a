"""Two S3 servers with different faults: rclone checks signatures but knows no multipart upload with our
client, and no conditions; moto knows nearly everything, with what `moto_server.py` adds, but takes any key."""

import http.client
from pathlib import Path

from . import paths
from .packages import venv_packages
from .processes import spawn
from .service import Service

RCLONE = paths.VENV / "bin" / "rclone"


class RcloneS3(Service):
    name = "rclone-s3"
    variable = "STOWAGE_TEST_RCLONE_S3_URL"
    ports = ("http",)
    secrets = ("access_key", "secret_key")
    needs_venv = True

    def missing_packages(self) -> list[str]:
        return venv_packages()

    def environment(self, record: dict) -> dict[str, str]:
        return {
            self.variable: f"http://127.0.0.1:{record['ports']['http']}",
            # A folder in it is a bucket; tests look at the files behind the server's back.
            "STOWAGE_TEST_RCLONE_S3_FOLDER": record["folder"],
            "STOWAGE_TEST_RCLONE_S3_ACCESS_KEY": record["secrets"]["access_key"],
            "STOWAGE_TEST_RCLONE_S3_SECRET_KEY": record["secrets"]["secret_key"],
        }

    def spawn(self, record: dict) -> None:
        words = record["secrets"]
        argv = [str(RCLONE), "serve", "s3", record["folder"], "--config", ""]
        argv += ["--addr", f"127.0.0.1:{record['ports']['http']}"]
        argv += ["--auth-key", f"{words['access_key']},{words['secret_key']}"]
        # Folders are cached for five minutes otherwise: what a test changes on disk would not show.
        argv += ["--vfs-cache-mode", "off", "--dir-cache-time", "1s"]
        record["processes"]["main"] = spawn(argv, self.log).as_dict()

    def is_ready(self, record: dict) -> bool:
        return _answers(record["ports"]["http"], "/")


class Moto(Service):
    name = "moto"
    variable = "STOWAGE_TEST_MOTO_S3_URL"
    ports = ("http",)
    needs_venv = True

    def missing_packages(self) -> list[str]:
        return venv_packages()

    def environment(self, record: dict) -> dict[str, str]:
        return {self.variable: f"http://127.0.0.1:{record['ports']['http']}"}

    def spawn(self, record: dict) -> None:
        # Not bin/moto_server: its first line holds the path that the clone once had.
        server = Path(__file__).with_name("moto_server.py")
        argv = [str(paths.VENV / "bin" / "python"), str(server)]
        argv += ["-H", "127.0.0.1", "-p", str(record["ports"]["http"])]
        record["processes"]["main"] = spawn(argv, self.log).as_dict()

    def is_ready(self, record: dict) -> bool:
        return _answers(record["ports"]["http"], "/moto-api/")


def _answers(port: int, path: str) -> bool:
    """Any answer will do: without a signature, rclone's is a refusal."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def tools_environment() -> dict[str, str]:
    """Where rclone itself is: tests run it as a client that others wrote."""
    return {"STOWAGE_TEST_RCLONE": str(RCLONE)} if Path(RCLONE).exists() else {}
