"""Write-once storage of bytes, addressed by their SHA-256."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from fieldsvc.kernel.errors import NotFound, Unavailable
from fieldsvc.kernel.hashing import Digests, Meter, digest_stream

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_CHUNK = 1 << 20


class BlobMissing(NotFound):
    code = "blob_missing"
    title = "文件不在存储中"
    action = "请联系管理员核对存储；不要删除任何记录。"


class BlobStoreDown(Unavailable):
    code = "blob_store_down"
    title = "文件存储暂时不可用"
    action = "请稍后再试；已上传的内容不会丢失。"


@dataclass(frozen=True, slots=True)
class Blob:
    key: str
    sha256: str
    sm3: str
    size: int
    media_type: str


class BlobStore(Protocol):
    """Bytes in, key out; the same bytes have the same key and are stored once."""

    def put(self, stream: BinaryIO | bytes, *, media_type: str) -> Blob:
        """Store bytes durably (they survive a power cut once this returns)."""
        ...

    def adopt(self, path: Path, *, media_type: str) -> Blob:
        """Take over a finished file: afterwards it is in the store and no longer at `path`."""
        ...

    def open(self, key: str) -> BinaryIO:
        """Read a blob; refuses with `blob_missing`."""
        ...

    def local_path(self, key: str) -> AbstractContextManager[Path]:
        """The blob as a read-only file for tools that need a path; valid inside the block."""
        ...

    def exists(self, key: str) -> bool: ...

    def delete(self, key: str) -> None:
        """Delete a blob; one that is not there is already deleted."""
        ...

    def prepare(self) -> None:
        """Make folder or bucket if there is none yet."""
        ...


def key_of(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _blob(digests: Digests, media_type: str) -> Blob:
    return Blob(key_of(digests.sha256), digests.sha256, digests.sm3, digests.size, media_type)


class LocalBlobStore:
    """Files under one folder: written aside, synced, hard-linked into place."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, stream: BinaryIO | bytes, *, media_type: str) -> Blob:
        source = BytesIO(stream) if isinstance(stream, bytes) else stream
        meter = Meter()
        with self._aside() as temporary:
            with temporary.open("wb") as file:
                while chunk := source.read(_CHUNK):
                    meter.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            blob = _blob(meter.digests(), media_type)
            self._place(temporary, blob.key)
        return blob

    def adopt(self, path: Path, *, media_type: str) -> Blob:
        with path.open("rb") as file:
            blob = _blob(digest_stream(file), media_type)
            os.fsync(file.fileno())
        if path.stat().st_dev != self._folder().stat().st_dev:
            # Another disk: a rename cannot cross it, so the bytes must be copied after all.
            with path.open("rb") as file:
                self.put(file, media_type=media_type)
        else:
            self._place(path, blob.key)
        path.unlink(missing_ok=True)
        return blob

    def open(self, key: str) -> BinaryIO:
        try:
            return self._path(key).open("rb")
        except FileNotFoundError:
            raise BlobMissing({"key": key}) from None

    @contextmanager
    def local_path(self, key: str) -> Iterator[Path]:
        path = self._path(key)
        if not path.is_file():
            raise BlobMissing({"key": key})
        yield path

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def prepare(self) -> None:
        self._folder()

    def _path(self, key: str) -> Path:
        path = self._root / key
        if path.name != key.rpartition("/")[2] or not path.resolve().is_relative_to(
            self._root.resolve()
        ):
            raise BlobMissing({"key": key})
        return path

    def _folder(self) -> Path:
        folder = self._root / ".incoming"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @contextmanager
    def _aside(self) -> Iterator[Path]:
        handle, name = tempfile.mkstemp(dir=self._folder())
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
        finally:
            temporary.unlink(missing_ok=True)

    def _place(self, source: Path, key: str) -> None:
        """Link into place and sync the folder; a blob that is already there is left alone."""
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            target.hardlink_to(source)
        except FileExistsError:
            return
        target.chmod(0o440)
        handle = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class S3BlobStore:
    """Any S3-compatible endpoint; the same keys as on disk, written once (If-None-Match)."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, stream: BinaryIO | bytes, *, media_type: str) -> Blob:
        source = BytesIO(stream) if isinstance(stream, bytes) else stream
        meter = Meter()
        # The key is known only after the last byte, so the bytes rest in a file first.
        with tempfile.TemporaryFile() as file:
            while chunk := source.read(_CHUNK):
                meter.update(chunk)
                file.write(chunk)
            file.seek(0)
            blob = _blob(meter.digests(), media_type)
            self._upload(cast("BinaryIO", file), blob)
        return blob

    def adopt(self, path: Path, *, media_type: str) -> Blob:
        with path.open("rb") as file:
            blob = _blob(digest_stream(file), media_type)
            file.seek(0)
            self._upload(file, blob)
        path.unlink()
        return blob

    def open(self, key: str) -> BinaryIO:
        file = tempfile.TemporaryFile()  # noqa: SIM115  the caller closes it
        try:
            self._client.download_fileobj(self._bucket, key, file)
        except (ClientError, BotoCoreError) as error:
            file.close()
            raise self._refusal(error, key) from error
        file.seek(0)
        return cast("BinaryIO", file)

    @contextmanager
    def local_path(self, key: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / key.rpartition("/")[2]
            with self.open(key) as source, path.open("wb") as target:
                shutil.copyfileobj(source, target, _CHUNK)
            yield path

    def exists(self, key: str) -> bool:
        try:
            self._client.head_object(Bucket=self._bucket, Key=key)
        except (ClientError, BotoCoreError) as error:
            refusal = self._refusal(error, key)
            if isinstance(refusal, BlobMissing):
                return False
            raise refusal from error
        return True

    def delete(self, key: str) -> None:
        try:
            self._client.delete_object(Bucket=self._bucket, Key=key)
        except (ClientError, BotoCoreError) as error:
            raise self._refusal(error, key) from error

    def prepare(self) -> None:
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except (ClientError, BotoCoreError) as error:
            if _status(error) != 404:
                raise BlobStoreDown from error
            self._client.create_bucket(Bucket=self._bucket)

    def _upload(self, file: BinaryIO, blob: Blob) -> None:
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=blob.key,
                Body=file,
                ContentType=blob.media_type,
                IfNoneMatch="*",
            )
        except (ClientError, BotoCoreError) as error:
            if _status(error) != 412:  # 412: the same bytes are there already
                raise self._refusal(error, blob.key) from error

    def _refusal(self, error: Exception, key: str) -> BlobMissing | BlobStoreDown:
        return BlobMissing({"key": key}) if _status(error) == 404 else BlobStoreDown()


def _status(error: Exception) -> int:
    if isinstance(error, ClientError):
        return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return 0


@lru_cache(maxsize=1)
def store() -> BlobStore:
    """The store of this installation (BLOBS=local or s3)."""
    if settings.BLOBS == "local":
        return LocalBlobStore(settings.BLOB_ROOT)
    client: S3Client = boto3.client(
        "s3",
        endpoint_url=settings.S3_ENDPOINT or None,
        region_name=settings.S3_REGION,
        aws_access_key_id=settings.S3_ACCESS_KEY,
        aws_secret_access_key=settings.S3_SECRET_KEY,
        config=Config(connect_timeout=5, read_timeout=30, s3={"addressing_style": "path"}),
    )
    return S3BlobStore(client, settings.S3_BUCKET)
