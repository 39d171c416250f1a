"""The list of everything that `services` knows."""

import os

from . import chromium, ftp, packages, paths, s3
from .postgres import Postgres, PostgresClock
from .rabbitmq import RabbitMq
from .service import Service
from .state import State

# The slowest first: they start side by side.
SERVICES: dict[str, Service] = {
    service.name: service
    for service in (
        RabbitMq(),
        s3.Moto(),
        ftp.PyFtpd(),
        ftp.VsFtpd(),
        ftp.PureFtpd(),
        s3.RcloneS3(),
        Postgres(),
        PostgresClock(),
    )
}
CHROMIUM = "chromium"
NAMES = [*SERVICES, CHROMIUM]


def is_provided(service: Service, state: State) -> bool:
    """Whether the caller's environment names a server of their own. Inside `run` the variable is set
    too, but to ours: a test that restarts our server must get ours."""
    given = os.environ.get(service.variable)
    if not given:
        return False
    record = state.services.get(service.name)
    return not (record and service.environment(record)[service.variable] == given)


def environment(state: State) -> dict[str, str]:
    """Returns the variables of everything that is there; what the caller has set wins."""
    variables: dict[str, str] = {"STOWAGE_TEST_SERVICES": str(paths.TOOL)}
    for service in SERVICES.values():
        record = state.services.get(service.name)
        if record and not is_provided(service, state):
            variables |= service.environment(record)
    variables |= s3.tools_environment() | chromium.environment() | packages.tools_environment()
    for key in (chromium.VARIABLE, "STOWAGE_TEST_RCLONE"):
        if os.environ.get(key):
            variables[key] = os.environ[key]
    return variables
