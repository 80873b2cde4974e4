"""Heads under checkpoints: proved with the pure checks and with openssl, by nobody's leave."""

import json
import subprocess
import threading
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from fieldsvc.kernel import hashing, journal, outbox
from fieldsvc.kernel.clock import FixedClock
from fieldsvc.kernel.journal import SYSTEM, JournalEntry
from inspections.evidence import authority, gateways, selectors, services, trees
from inspections.evidence.models import Checkpoint, Dossier, TimestampToken, TreeLeaf
from inspections.evidence.states import TokenState


@pytest.fixture(autouse=True)
def _own_authority(tmp_path: Path, settings) -> None:  # type: ignore[no-untyped-def]
    """One made under another test's clock may lie ahead of openssl's."""
    settings.AUTHORITY_FOLDER = tmp_path / "authority"


def tell(stream: str, count: int = 1) -> None:
    with transaction.atomic():
        for number in range(count):
            journal.append(stream, "test.told", actor=SYSTEM, data={"number": number})


@pytest.fixture
def dossier(db: None) -> Dossier:
    return services.open_dossier("测试 1", scope="", actor=SYSTEM)


def leaf_of(stream: str) -> TreeLeaf:
    return TreeLeaf.objects.filter(stream=stream).order_by("-length")[0]


@pytest.mark.django_db
def test_a_checkpoint_covers_every_stream_that_moved_and_then_rests() -> None:
    tell("a", 3)
    tell("b")
    first = services.anchor("beat")
    assert first is not None
    assert (first.number, first.size, first.previous) == (1, 2, journal.GENESIS)
    assert services.anchor("beat") is None
    tell("b")
    second = services.anchor("beat")
    assert second is not None
    assert (second.number, second.size) == (2, 3)
    assert second.previous == hashing.sha256_hex(bytes(first.body))
    leaf = leaf_of("b")
    assert json.loads(bytes(leaf.body)) == {
        "stream": "b",
        "length": 2,
        "head": journal.head("b").digest,
    }


@pytest.mark.django_db
def test_every_leaf_is_proved_and_every_checkpoint_continues_the_one_before() -> None:
    for turn in range(5):
        for stream in "abc"[: turn % 3 + 1]:
            tell(stream)
        services.anchor("beat")
    points = list(Checkpoint.objects.order_by("number"))
    assert len(points) == 5
    last = points[-1]
    root = bytes.fromhex(last.root)
    for leaf in TreeLeaf.objects.all():
        path = [bytes.fromhex(one) for one in selectors.inclusion_proof(leaf.index, last.size)]
        body = trees.leaf_hash(bytes(leaf.body))
        assert trees.verify_inclusion(body, leaf.index, last.size, path, root)
    for before in points[:-1]:
        steps = selectors.consistency_proof(before.size, last.size)
        assert trees.verify_consistency(
            (before.size, bytes.fromhex(before.root)),
            (last.size, root),
            [bytes.fromhex(one) for one in steps],
        )


@pytest.mark.django_db
def test_openssl_agrees_with_the_signature_and_the_certificate(tmp_path: Path) -> None:
    tell("a")
    point = services.anchor("beat")
    assert point is not None
    (tmp_path / "body").write_bytes(bytes(point.body))
    (tmp_path / "signature").write_bytes(bytes(point.signature))
    (tmp_path / "certificate.pem").write_text(point.certificate, encoding="ascii")
    key = ["openssl", "x509", "-in", "certificate.pem", "-pubkey", "-noout", "-out", "key.pem"]
    subprocess.run(key, cwd=tmp_path, check=True)
    check = ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "body"]
    assert subprocess.run(check, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    chain = ["openssl", "verify", "-CAfile", str(authority.root_file()), "certificate.pem"]
    assert subprocess.run(chain, cwd=tmp_path, capture_output=True, check=False).returncode == 0


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["evidence_treeleaf", "evidence_checkpoint"])
def test_the_database_refuses_to_change_leaves_and_checkpoints(table: str) -> None:
    tell("a")
    services.anchor("beat")
    column = "head" if table.endswith("leaf") else "root"
    for statement in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_anchors_at_the_same_time_leave_one_tree(close_connections: None) -> None:
    failed: list[Exception] = []

    def work(name: str) -> None:
        try:
            for _ in range(3):
                tell(name)
                services.anchor("beat")
        except Exception as error:  # noqa: BLE001  told to the test, which fails with it
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(f"s{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    services.anchor("beat")
    assert not failed
    points = list(Checkpoint.objects.order_by("number"))
    assert [one.number for one in points] == list(range(1, len(points) + 1))
    leaves = list(TreeLeaf.objects.order_by("index"))
    assert [one.index for one in leaves] == list(range(points[-1].size))
    hashes = [trees.leaf_hash(bytes(one.body)) for one in leaves]
    assert all(trees.root_of(hashes[: one.size]).hex() == one.root for one in points)
    assert {leaf_of(f"s{number}").length for number in range(4)} == {3}


def test_a_sealed_dossier_is_covered_stamped_and_proved_with_its_challenge(
    dossier: Dossier, standing_clock: FixedClock
) -> None:
    shown = services.show_challenge(dossier, actor=SYSTEM)
    services.note_spoken(dossier, shown.checkpoint, actor=SYSTEM)
    assert selectors.proof_of(dossier) is None
    services.seal(dossier.pk)
    outbox.drain()
    dossier.refresh_from_db()
    proof = selectors.proof_of(dossier)
    assert proof is not None
    assert proof.leaf.head == journal.head(dossier.stream).digest
    assert trees.verify_inclusion(
        trees.leaf_hash(bytes(proof.leaf.body)),
        proof.leaf.index,
        proof.checkpoint.size,
        [bytes.fromhex(one) for one in proof.path],
        bytes.fromhex(proof.checkpoint.root),
    )
    assert [one.number for one in proof.earlier] == [shown.checkpoint]
    assert [(one.before, one.after) for one in proof.growth] == [
        (proof.earlier[0].size, proof.checkpoint.size)
    ]
    assert {one.checkpoint_id for one in proof.tokens} == {
        shown.checkpoint,
        proof.checkpoint.number,
    }
    assert {one.state for one in proof.tokens} == {TokenState.STAMPED.value}
    assert selectors.anchoring_of(dossier).complete


def test_the_code_shown_follows_from_the_root_that_the_journal_names(dossier: Dossier) -> None:
    shown = services.show_challenge(dossier, actor=SYSTEM)
    entry = JournalEntry.objects.get(kind="challenge.shown")
    point = Checkpoint.objects.get(number=shown.checkpoint)
    assert entry.data["root"] == point.root
    assert entry.data["size"] == point.size
    assert trees.challenge(point.root, dossier.stream) == shown.code == entry.data["code"]
    assert selectors.open_challenge(dossier) == shown
    heard = services.note_spoken(dossier, shown.checkpoint, actor=SYSTEM)
    assert services.note_spoken(dossier, shown.checkpoint, actor=SYSTEM) == heard
    assert JournalEntry.objects.filter(kind="challenge.spoken").count() == 1
    assert selectors.open_challenge(dossier) is None
    assert selectors.challenges(dossier) == [heard]


def test_a_later_challenge_has_another_code_as_the_stream_has_moved(dossier: Dossier) -> None:
    first = services.show_challenge(dossier, actor=SYSTEM)
    second = services.show_challenge(dossier, actor=SYSTEM)
    assert second.checkpoint > first.checkpoint
    assert [one.checkpoint for one in selectors.challenges(dossier)] == [
        first.checkpoint,
        second.checkpoint,
    ]


@pytest.mark.django_db
def test_each_checkpoint_asks_for_one_timestamp_of_every_authority(settings) -> None:  # type: ignore[no-untyped-def]
    settings.TSA_URLS = {"first": "https://one.example", "second": "https://two.example"}
    tell("a")
    point = services.anchor("beat")
    tokens = TimestampToken.objects.filter(checkpoint=point)
    assert sorted(tokens.values_list("authority", "state")) == [
        ("first", "PENDING"),
        ("second", "PENDING"),
    ]


def test_the_root_behind_a_challenge_holds_the_newest_timestamp(
    dossier: Dossier, standing_clock: FixedClock
) -> None:
    first = services.show_challenge(dossier, actor=SYSTEM)
    gateways.stamp_due()
    second = services.show_challenge(dossier, actor=SYSTEM)
    (found,) = selectors.not_before(dossier)
    assert found.challenge == second.checkpoint
    assert found.token.checkpoint_id == first.checkpoint
    assert json.loads(bytes(found.leaf.body)) == {
        "stream": "timestamps:local",
        "length": first.checkpoint,
        "head": hashing.sha256_hex(bytes(found.token.token or b"")),
    }
    point = Checkpoint.objects.get(number=second.checkpoint)
    assert trees.verify_inclusion(
        trees.leaf_hash(bytes(found.leaf.body)),
        found.leaf.index,
        point.size,
        [bytes.fromhex(one) for one in found.path],
        bytes.fromhex(point.root),
    )
    assert services.anchor("challenge") is not None
    assert services.anchor("challenge") is None
