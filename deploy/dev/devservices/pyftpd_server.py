"""pyftpdlib on three ports over one folder: plain, with TLS on request, with TLS from the first byte."""

import logging
import os
import sys
from pathlib import Path

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.filesystems import AbstractedFS
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import FTPServer

folder, certificate, plain, tls, implicit = sys.argv[1:]
logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")

authorizer = DummyAuthorizer()
authorizer.add_user(os.environ["FTP_USER"], os.environ["FTP_PASSWORD"], folder, perm="elradfmwMT")


class Files(AbstractedFS):
    def chdir(self, path):
        # pyftpdlib takes its whole process into the folder and back. When a test removes the folder in
        # between, the server is lost: it has no folder to be in any more.
        os.close(os.open(path, os.O_RDONLY | os.O_DIRECTORY))
        self.cwd = self.fs2ftp(path)


class Plain(FTPHandler):
    pass


class Tls(TLS_FTPHandler):
    certfile = certificate
    keyfile = str(Path(certificate).with_name("key.pem"))
    tls_control_required = True
    tls_data_required = True


class Implicit(Tls):
    def handle(self):
        self.secure_connection(self.ssl_context)
        super().handle()


loop = IOLoop()
for handler, port in ((Plain, plain), (Tls, tls), (Implicit, implicit)):
    handler.authorizer = authorizer
    handler.abstracted_fs = Files
    # Wrong passwords are answered at once: tests ask often.
    handler.auth_failed_timeout = 0
    handler.banner = "ready"
    FTPServer(("127.0.0.1", int(port)), handler, ioloop=loop)
loop.loop()
