"""moto's S3 server, with the conditions of copies that Amazon documents and moto does not know: that the source
still has an ETag, and that the name is free."""

from urllib.parse import unquote, urlparse

from moto.s3.exceptions import PreconditionFailed
from moto.s3.responses import S3Response
from moto.server import main

moto_copy_object = S3Response.copy_object
moto_upload_part_copy = S3Response.upload_part_copy


def check_source(response: S3Response) -> None:
    wanted = response.headers.get("x-amz-copy-source-if-match")
    if not wanted:
        return
    path = urlparse(response.headers["x-amz-copy-source"]).path
    bucket, key = unquote(path).lstrip("/").split("/", 1)
    source = response.backend.get_object(bucket, key)
    if source is not None and source.etag.strip('"') != wanted.strip('"'):
        raise PreconditionFailed("x-amz-copy-source-If-Match")


def copy_object(self: S3Response):
    check_source(self)
    is_taken = self.backend.get_object(self.bucket_name, self.parse_key_name()) is not None
    if self.headers.get("If-None-Match") == "*" and is_taken:
        raise PreconditionFailed("If-None-Match")
    return moto_copy_object(self)


def upload_part_copy(self: S3Response):
    check_source(self)
    return moto_upload_part_copy(self)


S3Response.copy_object = copy_object
S3Response.upload_part_copy = upload_part_copy
main()
