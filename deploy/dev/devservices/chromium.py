"""Chromium is not a server: it is installed and pointed at."""

import shutil

VARIABLE = "STOWAGE_TEST_CHROMIUM"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
# Without any font, text has no size and layouts cannot be judged.
PACKAGES = ["chromium", "fonts-dejavu-core"]


def missing_packages() -> list[str]:
    return [] if _program() else PACKAGES


def environment() -> dict[str, str]:
    program = _program()
    return {VARIABLE: program} if program else {}


def _program() -> str | None:
    return next(filter(None, map(shutil.which, PROGRAMS)), None)
