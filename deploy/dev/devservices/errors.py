"""The one error that people are meant to read."""

# As in sysexits.h: what was asked for is fine, but something it needs is not on this machine.
EXIT_UNAVAILABLE = 69


class DevError(Exception):
    """Says what happened and what to do next; printed without a traceback."""

    def __init__(self, message: str, exit_code: int = 1):
        super().__init__(message)
        self.exit_code = exit_code
