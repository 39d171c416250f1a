#!/usr/bin/env python3
"""Holds the REST interface against its own description: schemathesis makes requests that the OpenAPI
document allows and requests that it forbids, and no answer may be a server error or one that the
document does not have.

An all-in-one of its own answers, with an owner, a folder and a few pictures, so that ids in paths lead
somewhere. See README.md.
"""

import argparse
import http.cookiejar
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv

PROJECT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = PROJECT / "target/schemathesis"
VERSION = "4.32.5"
HOOKS = pathlib.Path(__file__).resolve().with_name("hooks.py")
DOCUMENT = PROJECT / "docs/reference/openapi.json"

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
]
# They end what the round stands on, or do not end themselves.
LEFT_OUT = ["delete_session", "delete_one_session", "delete_other_sessions", "change_password", "watch_events"]
SCOPES = ["library:read", "library:write", "storages:write"]


def main() -> int:
    arguments = parser().parse_args()
    program = pathlib.Path(os.environ.get("STOWAGE_BIN") or PROJECT / "target/debug/stowage").resolve()
    if not program.exists():
        sys.exit(f"{program} is not there: cargo build --workspace --bin stowage")
    with tempfile.TemporaryDirectory(prefix="stowage-schemathesis-") as folder:
        with Stowage(program, pathlib.Path(folder)) as stowage:
            doors = [{"Cookie": stowage.cookie(), "X-Stowage": "1"}, {"Authorization": f"Bearer {stowage.key()}"}]
            codes = [fuzz(stowage, door, pathlib.Path(folder), arguments) for door in doors]
            complaints = stowage.complaints()
            print(*complaints, sep="\n")
            return 1 if any(codes) or complaints else 0


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=100, help="requests of each kind and operation")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same requests")
    return parser


def schemathesis() -> pathlib.Path:
    """Installs the tool below `target/`, once."""
    program = TOOLS / VERSION / "bin/schemathesis"
    if not program.exists():
        shutil.rmtree(TOOLS, ignore_errors=True)
        venv.create(TOOLS / VERSION, with_pip=True)
        pip = [str(TOOLS / VERSION / "bin/python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, f"schemathesis=={VERSION}"], check=True)
    return program


def fuzz(stowage: "Stowage", headers: dict[str, str], folder: pathlib.Path, arguments: argparse.Namespace) -> int:
    config = folder / "schemathesis.toml"
    ids = stowage.ids()
    lines = [f'"path.{name}" = {json.dumps(value)}' for name, value in ids.items()]
    config.write_text("[parameters]\n" + "\n".join(lines) + "\n")
    command = [
        str(schemathesis()), "--config-file", str(config), "run", str(DOCUMENT),
        "--url", f"{stowage.url}/api/v1",
        "--checks", ",".join(CHECKS),
        "--phases", "examples,coverage,fuzzing",
        "--max-examples", str(arguments.examples),
        "--seed", str(arguments.seed),
        "--request-timeout", "30",
        "--continue-on-failure",
        "--suppress-health-check", "all",
        "--warnings", "off",
        "--no-color",
    ]  # fmt: skip
    for operation in LEFT_OUT:
        command += ["--exclude-operation-id", operation]
    for name, value in headers.items():
        command += ["--header", f"{name}: {value}"]
    hooks = {"PYTHONPATH": str(HOOKS.parent), "SCHEMATHESIS_HOOKS": HOOKS.stem}
    return subprocess.run(command, cwd=folder, env=os.environ | hooks).returncode


class Stowage:
    """An all-in-one with an owner, whose folder has been imported."""

    def __init__(self, program: pathlib.Path, folder: pathlib.Path) -> None:
        self.url = f"http://127.0.0.1:{spare_port()}"
        self._folder = folder
        self._program = program
        self._jar = http.cookiejar.CookieJar()
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))

    def __enter__(self) -> "Stowage":
        photos = self._folder / "photos/Norway"
        photos.mkdir(parents=True)
        for number in range(3):
            (photos / f"fjord-{number}.bmp").write_bytes(bitmap(number))
        (photos / "notes.txt").write_text("not a picture")
        self._log = self._folder / "stowage.log"
        admin, grpc = spare_port(), spare_port()
        environment = os.environ | {
            "STOWAGE_GATEWAY__LISTEN": self.url.removeprefix("http://"),
            "STOWAGE_GATEWAY__GRPC_LISTEN": f"127.0.0.1:{grpc}",
            "STOWAGE_ADMIN__LISTEN": f"127.0.0.1:{admin}",
            "STOWAGE_DATABASE__DURABLE": "false",
            "STOWAGE_EGRESS__ALLOW_PRIVATE": "false",
        }
        arguments = ["serve", "--data", str(self._folder / "data"), "--photos", str(self._folder / "photos")]
        with open(self._log, "w") as log:
            self._process = subprocess.Popen(
                [self._program, *arguments], env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        try:
            self._create_owner()
            self._wait(lambda: self._ask("/stats")["by_status"]["ready"] == 3, "the pictures are there")
        except BaseException:
            self.__exit__()
            print(self._log.read_text(), file=sys.stderr)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _create_owner(self) -> None:
        token = self._wait(lambda: re.search(r"setup\?token=(\S+)", self._log.read_text()), "the owner's link")
        owner = {
            "token": token[1],
            "name": "Olga Berg",
            "email": "olga@example.org",
            "password": "quiet harbour lantern moss",
            "workspace_name": "Harbour Road",
        }
        made = self._wait(lambda: self._send("/setup", owner), "the owner")
        self._workspace = made["workspaces"][0]["id"]

    def _send(self, path: str, body: dict | None = None) -> dict:
        headers = {"Content-Type": "application/json", "X-Stowage": "1"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data=data, headers=headers)
        with self._browser.open(request) as answer:
            return json.load(answer)

    def _ask(self, path: str) -> dict:
        return self._send(f"/workspaces/{self._workspace}{path}")

    def _wait(self, check, what: str):
        end = time.monotonic() + 60
        while True:
            try:
                if found := check():
                    return found
            except urllib.error.URLError as error:
                if isinstance(error, urllib.error.HTTPError):
                    raise
            if time.monotonic() > end or self._process.poll() is not None:
                raise SystemExit(f"not there: {what}\n{self._log.read_text()}")
            time.sleep(0.2)

    def key(self) -> str:
        """Makes an API key that may do what a key can."""
        path = f"/workspaces/{self._workspace}/api-keys"
        return self._send(path, {"name": "Robot", "scopes": SCOPES})["key"]

    def complaints(self) -> list[str]:
        """Returns what the server wrote as an error of its own."""
        lines = self._log.read_text().splitlines()
        return [line for line in lines if re.search(r"\b(ERROR|panicked)\b", line)]

    def cookie(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)

    def ids(self) -> dict[str, str]:
        """Returns a value for each parameter of a path, so that there is something at its end."""
        asset = next(item for item in self._ask("/assets")["items"] if item["thumbnail_url"])
        storage = self._ask("/storages")["items"][0]["id"]
        *_, key, file = asset["thumbnail_url"].split("?")[0].split("/")
        return {
            "workspace_id": self._workspace,
            "asset_id": asset["id"],
            "storage_id": storage,
            "run_id": self._ask(f"/storages/{storage}/scans")["items"][0]["id"],
            "content_key": key,
            "file": file,
        }


def bitmap(number: int) -> bytes:
    """Draws 8 × 8 pixels of one colour."""
    pixels = bytes([number * 60, 90, 200 - number * 60]) * 64
    size = 54 + len(pixels)
    head = b"BM" + size.to_bytes(4, "little") + bytes(4) + (54).to_bytes(4, "little")
    shape = (40).to_bytes(4, "little") + (8).to_bytes(4, "little") * 2 + (1).to_bytes(2, "little")
    return head + shape + (24).to_bytes(2, "little") + bytes(24) + pixels


def spare_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main())
