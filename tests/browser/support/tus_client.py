"""Sends one file with tuspy, and goes on where an earlier process was. Says how far it is, a line a time."""

import json
import sys

from tusclient.client import TusClient
from tusclient.storage.filestorage import FileStorage

CHUNK = 5 * 1024 * 1024


def say(**what: object) -> None:
    print(json.dumps(what), flush=True)


endpoint, key, file, state = sys.argv[1:]
client = TusClient(endpoint, headers={"Authorization": f"Bearer {key}"})
uploader = client.uploader(
    file,
    chunk_size=CHUNK,
    metadata={"filename": file.rsplit("/", 1)[-1]},
    store_url=True,
    url_storage=FileStorage(state),
    upload_checksum=False,
)
say(url=uploader.url, sent=uploader.offset)
while uploader.offset < uploader.get_file_size():
    uploader.upload_chunk()
    say(url=uploader.url, sent=uploader.offset)
say(url=uploader.url, done=True)
