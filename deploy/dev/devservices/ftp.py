"""Three FTP servers: pyftpdlib knows MLSD and TLS, vsftpd has no MLSD, Pure-FTPd has ways of its own.

Debian's two conflict with each other, so their packages are unpacked here and not installed."""

import socket
import subprocess
from pathlib import Path

from . import packages, paths
from .errors import EXIT_UNAVAILABLE, DevError
from .processes import spawn
from .service import Service, is_root

HERE = Path(__file__).parent


class Ftp(Service):
    """What the three have in common: a folder of files, a user, a certificate that nobody signed."""

    ports = ("ftp",)
    secrets = ("password",)
    needs_venv = True
    prefix = ""
    user = "stowage"

    def environment(self, record: dict) -> dict[str, str]:
        return {
            self.variable: self.url(record, "ftp", "ftp"),
            # Tests look at the files behind the server's back.
            f"{self.prefix}_FOLDER": str(self.files(record)),
            f"{self.prefix}_CERTIFICATE": str(self.certificate(record)),
        }

    def url(self, record: dict, scheme: str, port: str) -> str:
        login = f"{self.user}:{record['secrets']['password']}"
        return f"{scheme}://{login}@127.0.0.1:{record['ports'][port]}"

    def files(self, record: dict) -> Path:
        return Path(record["folder"]) / "files"

    def certificate(self, record: dict) -> Path:
        return Path(record["folder"]) / "certificate.pem"

    def create(self, record: dict) -> None:
        self.files(record).mkdir()
        make = [str(paths.VENV / "bin" / "python"), str(HERE / "make_certificate.py"), record["folder"]]
        subprocess.run(make, check=True)

    def is_ready(self, record: dict) -> bool:
        return all(_greets(port) for name, port in record["ports"].items() if name == "ftp")


class PyFtpd(Ftp):
    name = "pyftpd"
    variable = "STOWAGE_TEST_PYFTPD_URL"
    prefix = "STOWAGE_TEST_PYFTPD"
    ports = ("ftp", "tls", "implicit")

    def missing_packages(self) -> list[str]:
        return packages.venv_packages()

    def environment(self, record: dict) -> dict[str, str]:
        return super().environment(record) | {
            f"{self.prefix}_TLS_URL": self.url(record, "ftps", "tls"),
            f"{self.prefix}_IMPLICIT_URL": self.url(record, "ftps", "implicit"),
        }

    def spawn(self, record: dict) -> None:
        argv = [str(paths.VENV / "bin" / "python"), str(HERE / "pyftpd_server.py")]
        argv += [str(self.files(record)), str(self.certificate(record))]
        argv += [str(record["ports"][port]) for port in self.ports]
        login = {"FTP_USER": self.user, "FTP_PASSWORD": record["secrets"]["password"]}
        record["processes"]["main"] = spawn(argv, self.log, env=login).as_dict()

    def is_ready(self, record: dict) -> bool:
        return _greets(record["ports"]["ftp"]) and _greets(record["ports"]["tls"])


class Unpacked(Ftp):
    """A server of Debian's, fetched and unpacked beside the others. It has to be started by root."""

    needs_root = True
    packages: tuple[str, ...] = ()
    program = ""
    # What the program needs and is not of it.
    libraries: tuple[str, ...] = ()

    def missing_packages(self) -> list[str]:
        missing = packages.venv_packages()
        return missing + [name for name in self.libraries if not packages.is_installed(name)]

    @property
    def unpacked(self) -> Path:
        return paths.DEV / "debian"

    def create(self, record: dict) -> None:
        if not is_root():
            raise DevError(
                f"{self.name} has to be started by root; leave it out, or name a server of yours in {self.variable}",
                EXIT_UNAVAILABLE,
            )
        super().create(record)
        # One folder for each test, which the test opens to the server's user.
        self.files(record).chmod(0o755)
        if not (self.unpacked / self.program).exists():
            packages.unpack(self.packages, self.unpacked)


class VsFtpd(Unpacked):
    name = "vsftpd"
    variable = "STOWAGE_TEST_VSFTPD_URL"
    prefix = "STOWAGE_TEST_VSFTPD"
    packages = ("vsftpd",)
    libraries = ("libwrap0",)
    program = "usr/sbin/vsftpd"
    # Its anonymous user, the one that needs no entry anywhere, but may be asked for a password.
    user = "ftp"

    def environment(self, record: dict) -> dict[str, str]:
        return super().environment(record) | {
            # Every command that it gets, for counting.
            f"{self.prefix}_LOG": str(Path(record["folder"]) / "commands.log"),
        }

    def create(self, record: dict) -> None:
        super().create(record)
        folder = Path(record["folder"])
        (folder / "empty").mkdir()
        (folder / "passwords").write_text(record["secrets"]["password"] + "\n")
        settings = {
            "listen": "YES",
            "listen_address": "127.0.0.1",
            "listen_port": record["ports"]["ftp"],
            "background": "NO",
            "anonymous_enable": "YES",
            "local_enable": "NO",
            "secure_email_list_enable": "YES",
            "email_password_file": folder / "passwords",
            # Whoever it is has to have a home that is there.
            "ftp_username": "daemon",
            "anon_root": self.files(record),
            "write_enable": "YES",
            "anon_upload_enable": "YES",
            "anon_mkdir_write_enable": "YES",
            "anon_other_write_enable": "YES",
            "anon_world_readable_only": "NO",
            "anon_umask": "022",
            "secure_chroot_dir": folder / "empty",
            # Containers do not let it have one of its own.
            "seccomp_sandbox": "NO",
            "isolate": "NO",
            "isolate_network": "NO",
            "xferlog_enable": "YES",
            "xferlog_std_format": "NO",
            "log_ftp_protocol": "YES",
            "vsftpd_log_file": folder / "commands.log",
            "delay_failed_login": 0,
            "ssl_enable": "YES",
            "allow_anon_ssl": "YES",
            "force_anon_data_ssl": "NO",
            "force_anon_logins_ssl": "NO",
            "require_ssl_reuse": "YES",
            "rsa_cert_file": folder / "certificate.pem",
            "rsa_private_key_file": folder / "key.pem",
        }
        text = "".join(f"{key}={value}\n" for key, value in settings.items())
        (folder / "vsftpd.conf").write_text(text)

    def spawn(self, record: dict) -> None:
        argv = [str(self.unpacked / self.program), str(Path(record["folder"]) / "vsftpd.conf")]
        record["processes"]["main"] = spawn(argv, self.log).as_dict()


class PureFtpd(Unpacked):
    name = "pure-ftpd"
    variable = "STOWAGE_TEST_PUREFTPD_URL"
    prefix = "STOWAGE_TEST_PUREFTPD"
    packages = ("pure-ftpd", "pure-ftpd-common")
    libraries = ("libsodium23",)
    program = "usr/sbin/pure-ftpd"
    # A second user, who may have two megabytes in a thousand files, and no more.
    limited = "limited"
    quota = "1000:2097152"

    def environment(self, record: dict) -> dict[str, str]:
        url = self.url(record, "ftp", "ftp").replace(f"//{self.user}:", f"//{self.limited}:")
        return super().environment(record) | {
            f"{self.prefix}_QUOTA_URL": url,
            f"{self.prefix}_QUOTA_FOLDER": str(self.limited_files(record)),
        }

    def limited_files(self, record: dict) -> Path:
        return Path(record["folder"]) / "limited"

    def create(self, record: dict) -> None:
        super().create(record)
        folder = Path(record["folder"])
        # The server keeps its count in a file there.
        self.limited_files(record).mkdir()
        self.limited_files(record).chmod(0o777)
        # Users of its own, all of them `nobody` to the kernel. `pure-pw useradd` would hash the password
        # so that each login takes a second, and tests log in often.
        hashed = _hashed(record["secrets"]["password"])
        users = [
            f"{self.user}:{hashed}:65534:65534::{self.files(record)}/./::::::::::::",
            f"{self.limited}:{hashed}:65534:65534::{self.limited_files(record)}/./::::::{self.quota}::::::",
        ]
        (folder / "passwd").write_text("".join(f"{user}\n" for user in users))
        make = [str(self.unpacked / "usr/bin/pure-pw"), "mkdb", str(folder / "users.pdb")]
        subprocess.run([*make, "-f", str(folder / "passwd")], check=True, capture_output=True)
        both = folder / "both.pem"
        both.touch(mode=0o600)
        both.write_text((folder / "key.pem").read_text() + (folder / "certificate.pem").read_text())

    def spawn(self, record: dict) -> None:
        folder = Path(record["folder"])
        argv = [str(self.unpacked / self.program), "-S", f"127.0.0.1,{record['ports']['ftp']}"]
        argv += ["-l", f"puredb:{folder / 'users.pdb'}", "-E", "-u", "1", "-H"]
        argv += ["-Y", "1", "-2", str(folder / "both.pem"), "-g", str(folder / "pid")]
        # Its own limits: 10,000 files in a listing would be cut off otherwise.
        argv += ["-L", "200000:50", "-c", "200", "-C", "200"]
        record["processes"]["main"] = spawn(argv, self.log).as_dict()


def _hashed(password: str) -> str:
    """By perl, which every Debian has: Python's `crypt` is gone."""
    say = ["perl", "-e", 'print crypt($ENV{PASSWORD}, q($5$rounds=1000$stowage$))']
    done = subprocess.run(say, env={"PASSWORD": password}, text=True, check=True, capture_output=True)
    return done.stdout


def _greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            return connection.recv(3) == b"220"
    except OSError:
        return False
