"""One contract for both stores: a folder on disk and an S3-compatible server."""

import hashlib
import sys
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from threading import Thread

import boto3
import pytest
from botocore.config import Config

from fieldsvc.kernel.blobs import (
    BlobMissing,
    BlobStore,
    BlobStoreDown,
    LocalBlobStore,
    S3BlobStore,
)
from tests.support.processes import free_port, listening, spawned

BYTES = b"\x1aE\xdf\xa3 segment" * 50_000


def _s3(port: int) -> S3BlobStore:
    client = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(
            connect_timeout=1,
            read_timeout=5,
            retries={"max_attempts": 1},
            s3={"addressing_style": "path"},
        ),
    )
    return S3BlobStore(client, "blobs")


@pytest.fixture(scope="module")
def s3_server() -> Iterator[S3BlobStore]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        log = Path(folder) / "s3.log"
        with spawned(command, log=log, ready=lambda: listening(port), seconds=60):
            store = _s3(port)
            store.prepare()
            store.prepare()  # a second start finds the bucket
            yield store


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "local":
        return LocalBlobStore(tmp_path / "blobs")
    return request.getfixturevalue("s3_server")


def test_bytes_come_back_as_they_were_put(store: BlobStore):
    blob = store.put(BYTES, media_type="video/webm")
    with store.open(blob.key) as file:
        assert file.read() == BYTES
    assert (blob.size, blob.media_type) == (len(BYTES), "video/webm")
    assert blob.sha256 == hashlib.sha256(BYTES).hexdigest()
    assert blob.sm3 == hashlib.new("sm3", BYTES).hexdigest()


def test_the_key_is_the_content_and_is_the_same_for_a_stream(store: BlobStore):
    blob = store.put(BytesIO(BYTES), media_type="video/webm")
    assert blob.key == f"{blob.sha256[:2]}/{blob.sha256[2:4]}/{blob.sha256}"
    assert store.put(BYTES, media_type="video/webm") == blob


def test_a_finished_file_is_adopted_and_is_gone_from_where_it_was(store: BlobStore, tmp_path: Path):
    file = tmp_path / "segment.webm"
    file.write_bytes(BYTES + b"1")
    blob = store.adopt(file, media_type="video/webm")
    assert not file.exists()
    assert store.exists(blob.key)
    assert blob.sha256 == hashlib.sha256(BYTES + b"1").hexdigest()


def test_the_same_file_may_be_adopted_twice(store: BlobStore, tmp_path: Path):
    for _ in range(2):
        file = tmp_path / "segment.webm"
        file.write_bytes(BYTES)
        blob = store.adopt(file, media_type="video/webm")
        assert not file.exists()
    with store.open(blob.key) as opened:
        assert opened.read() == BYTES


def test_a_tool_gets_a_path_for_the_length_of_a_block(store: BlobStore):
    blob = store.put(b"for ffprobe", media_type="text/plain")
    with store.local_path(blob.key) as path:
        assert path.read_bytes() == b"for ffprobe"


def test_what_is_not_there_is_refused_by_name_of_the_problem(store: BlobStore):
    missing = f"00/11/{'0' * 64}"
    assert not store.exists(missing)
    with pytest.raises(BlobMissing):
        store.open(missing)
    with pytest.raises(BlobMissing), store.local_path(missing):
        pass
    store.delete(missing)


def test_a_deleted_blob_is_gone(store: BlobStore):
    blob = store.put(b"to be forgotten", media_type="text/plain")
    store.delete(blob.key)
    assert not store.exists(blob.key)


def test_many_writers_of_the_same_bytes_leave_one_whole_blob(store: BlobStore):
    failures: list[Exception] = []

    def put() -> None:
        try:
            store.put(BYTES + b"2", media_type="video/webm")
        except Exception as error:  # noqa: BLE001  carried to the test's own thread
            failures.append(error)

    threads = [Thread(target=put) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with store.open(store.put(BYTES + b"2", media_type="video/webm").key) as file:
        assert file.read() == BYTES + b"2"


def test_a_key_cannot_lead_out_of_the_folder(tmp_path: Path):
    (tmp_path / "secret").write_text("x")
    store = LocalBlobStore(tmp_path / "blobs")
    for key in ("../secret", "/etc/passwd", "aa/../../secret", "..", ""):
        with pytest.raises(BlobMissing):
            store.open(key)


def test_a_stored_file_is_read_only_and_nothing_is_left_beside_it(tmp_path: Path):
    store = LocalBlobStore(tmp_path)
    blob = store.put(b"x", media_type="text/plain")
    assert (tmp_path / blob.key).stat().st_mode & 0o222 == 0
    assert not list((tmp_path / ".incoming").iterdir())


def test_a_broken_source_leaves_no_half_blob(tmp_path: Path):
    class Cut(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise ConnectionResetError

    store = LocalBlobStore(tmp_path)
    with pytest.raises(ConnectionResetError):
        store.put(Cut(), media_type="text/plain")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_server_that_is_away_is_a_refusal_with_advice(tmp_path: Path):
    store = _s3(free_port())
    with pytest.raises(BlobStoreDown):
        store.put(b"x", media_type="text/plain")
    with pytest.raises(BlobStoreDown):
        store.exists("00/00/x")
    file = tmp_path / "segment.webm"
    file.write_bytes(b"x")
    with pytest.raises(BlobStoreDown):
        store.adopt(file, media_type="text/plain")
    assert file.exists()
