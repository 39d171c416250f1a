"""Where things are in this clone."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TOOL = ROOT / "deploy" / "dev" / "services"
REQUIREMENTS = ROOT / "deploy" / "dev" / "requirements.txt"

DEV = ROOT / "target" / "dev"
LOGS = DEV / "logs"
VENV = DEV / "venv"
STATE = DEV / "state.json"
LOCK = DEV / "lock"


def say(message: str) -> None:
    """Prints for people. Standard output is kept for what programs read (`env`)."""
    print(message, file=sys.stderr, flush=True)
