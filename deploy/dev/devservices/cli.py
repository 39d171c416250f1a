"""The command line."""

import argparse

from . import commands, packages, paths
from .catalogue import NAMES
from .errors import DevError

DESCRIPTION = f"""\
Private test servers for this clone: {', '.join(NAMES)}.

They listen on spare ports of 127.0.0.1, keep their data below target/dev/ and log to target/dev/logs/.
A server that a STOWAGE_TEST_* variable already names is used instead of starting one.
"""


def main() -> int:
    arguments = _parser().parse_args()
    try:
        return _dispatch(arguments) or 0
    except DevError as error:
        paths.say(f"services: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        return 130


def _dispatch(arguments: argparse.Namespace) -> int | None:
    match arguments.command:
        case "up":
            return commands.up(arguments.names)
        case "start":
            return commands.start(arguments.names)
        case "stop":
            return commands.stop(arguments.names, arguments.kill, arguments.wipe)
        case "down":
            return commands.down()
        case "env":
            return commands.env()
        case "status":
            return commands.status()
        case "run":
            return commands.run(arguments.only, _without_dashes(arguments.words))
        case "build-deps":
            return packages.build_dependencies()


def _without_dashes(words: list[str]) -> list[str]:
    command = words[1:] if words[:1] == ["--"] else words
    if not command:
        raise DevError("which command? `services run -- <command…>`", 64)
    return command


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="services", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    sub = parser.add_subparsers(dest="command", required=True, metavar="command")

    def add(name: str, text: str) -> argparse.ArgumentParser:
        return sub.add_parser(name, help=text, description=text)

    add("up", "install and start all servers, or those named").add_argument("names", nargs="*")
    add("down", "stop all servers and delete their data")
    add("env", "print the variables that tests read, for `eval`")
    add("status", "say what is running where")
    run = add("run", "up, run a command with the variables set, down; nothing is left behind")
    run.add_argument("--only", action="append", default=[], metavar="name", help="this server (repeatable)")
    run.add_argument("words", nargs=argparse.REMAINDER, metavar="-- command…")
    add("start", "start stopped servers again on their ports").add_argument("names", nargs="+")
    stop = add("stop", "stop servers, keeping ports, passwords and data")
    stop.add_argument("names", nargs="+")
    stop.add_argument("--kill", action="store_true", help="as a power cut would: SIGKILL to every process")
    stop.add_argument("--wipe", action="store_true", help="delete the data as well")
    add("build-deps", "install what the build needs, or say what is missing")
    return parser
