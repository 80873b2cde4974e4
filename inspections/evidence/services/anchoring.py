"""Putting the heads of all streams under one signed checkpoint, and keeping its timestamps."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from fieldsvc.kernel import clock, hashing
from fieldsvc.kernel.journal import GENESIS, JournalStream
from inspections.evidence import authority, certificates, trees
from inspections.evidence.authority import Usage
from inspections.evidence.models import Checkpoint, TimestampToken, TreeHead, TreeLeaf
from inspections.evidence.selectors import latest_checkpoint, newest_stamps, timestampers
from inspections.evidence.selectors.anchors import stamp_stream
from inspections.evidence.selectors.renewals import stamps_to_renew
from inspections.evidence.states import TokenState

VERSION = 1
# An authority that is away is asked again after ever longer, at most after an hour, for a week.
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=7)
# The reason of a checkpoint whose root is spoken: it takes in the newest timestamps.
CHALLENGE = "challenge"
# The reason of one that takes in the timestamps whose certificate ends soon.
RENEWAL = "renewal"


@dataclass(frozen=True, slots=True)
class Stamp:
    """An authority's checked answer: the whole TimeStampResp (DER), the time it names, and until
    when the certificates are good by which it is believed."""

    answer: bytes
    at: datetime
    until: datetime


class Head(NamedTuple):
    """What a leaf says: the digest at which a stream of that length stands."""

    stream: str
    length: int
    head: str


def anchor(reason: str) -> Checkpoint | None:
    """Give every stream that moved since its last leaf a new one and sign a checkpoint over all.

    None when no stream moved. Concurrent calls queue on one row; whoever comes second finds
    nothing left to do. Asks for a timestamp of each configured authority (rows in PENDING), but
    waits for none. Writes no journal entry: that would move a stream, and never come to rest.
    For a challenge the newest timestamp of each authority becomes a leaf as well: nobody could
    know such a root before that time. For a renewal those that end soon become leaves.
    RFC 6962 §2.1.
    """
    if not _due(reason):
        return None
    with transaction.atomic():
        head = _locked_head()
        leaves = _new_leaves(head.size, _due(reason))
        if not leaves:
            return None
        TreeLeaf.objects.bulk_create(leaves)
        frontier = [bytes.fromhex(one) for one in head.frontier]
        for leaf in leaves:
            frontier = trees.grown(frontier, leaf.index, trees.leaf_hash(bytes(leaf.body)))
        head.size += len(leaves)
        head.frontier = [one.hex() for one in frontier]
        head.save()
        checkpoint = _signed(head.size, trees.root_of_frontier(frontier), reason)
        _ask_for_tokens(checkpoint)
        return checkpoint


def due_tokens(limit: int = 20) -> list[TimestampToken]:
    """Tokens to ask for now, the newest first: a later one vouches for all before it."""
    waiting = TimestampToken.objects.filter(
        state=TokenState.PENDING.value, due_at__lte=clock.now()
    ).select_related("checkpoint")
    return list(waiting.order_by("-checkpoint_id", "authority")[:limit])


def keep_token(token: TimestampToken, stamp: Stamp) -> None:
    """Store an answer that was checked; the first one stays."""
    _pending(token).update(
        state=TokenState.STAMPED.value,
        token=stamp.answer,
        stamped_at=stamp.at,
        good_until=stamp.until,
        attempts=token.attempts + 1,
        error="",
    )


def put_off(token: TimestampToken, code: str) -> None:
    """Note why there is no answer, and when to ask again; after a week it is FAILED for good."""
    now = clock.now()
    over = now - token.requested_at > GIVE_UP_AFTER
    _pending(token).update(
        state=(TokenState.FAILED if over else TokenState.PENDING).value,
        attempts=token.attempts + 1,
        due_at=now + wait_after(token.attempts),
        error=code[:40],
    )


def wait_after(attempts: int) -> timedelta:
    """How long an authority that did not answer is left alone, by how often it was asked before."""
    times: int = 2 ** min(attempts, 10)
    return min(FIRST_WAIT * times, LONGEST_WAIT)


def _pending(token: TimestampToken) -> QuerySet[TimestampToken]:
    return TimestampToken.objects.filter(pk=token.pk, state=TokenState.PENDING.value)


def _moved() -> QuerySet[JournalStream]:
    leaf = TreeLeaf.objects.filter(stream=OuterRef("stream"), length=OuterRef("length"))
    return JournalStream.objects.filter(~Exists(leaf), Q(length__gt=0))


def _locked_head() -> TreeHead:
    head = TreeHead.objects.select_for_update().first()
    if head is None:
        TreeHead.objects.bulk_create([TreeHead()], ignore_conflicts=True)
        head = TreeHead.objects.select_for_update().get()
    return head


def _due(reason: str) -> list[Head]:
    """The heads that are not in the tree yet, in the order of their names."""
    moved = [Head(row.stream, row.length, row.head) for row in _moved().order_by("stream")]
    wanted = {CHALLENGE: newest_stamps, RENEWAL: stamps_to_renew}.get(reason)
    if wanted is None:
        return moved
    stamps = [
        Head(stamp_stream(one.authority), one.checkpoint_id, hashing.sha256_hex(bytes(one.token)))
        for one in wanted()
        if one.token is not None
    ]
    known = TreeLeaf.objects.filter(stream__in=[one.stream for one in stamps])
    there = set(known.values_list("stream", "length"))
    return moved + [one for one in stamps if (one.stream, one.length) not in there]


def _new_leaves(size: int, heads: list[Head]) -> list[TreeLeaf]:
    return [
        TreeLeaf(
            index=size + place,
            stream=one.stream,
            length=one.length,
            head=one.head,
            body=hashing.canonical({"stream": one.stream, "length": one.length, "head": one.head}),
        )
        for place, one in enumerate(heads)
    ]


def _signed(size: int, root: bytes, reason: str) -> Checkpoint:
    before = latest_checkpoint()
    checkpoint = Checkpoint(
        number=before.number + 1 if before else 1,
        size=size,
        root=root.hex(),
        at=clock.now(),
        previous=hashing.sha256_hex(bytes(before.body)) if before else GENESIS,
        reason=reason,
    )
    checkpoint.body = hashing.canonical(
        {
            "v": VERSION,
            "number": checkpoint.number,
            "size": size,
            "root": checkpoint.root,
            "at": clock.iso(checkpoint.at),
            "previous": checkpoint.previous,
        }
    )
    key, certificate = authority.key_for(Usage.CHECKPOINT)
    checkpoint.signature = key.sign(checkpoint.body, ec.ECDSA(hashes.SHA256()))
    checkpoint.certificate = certificates.pem_of(certificate)
    checkpoint.save(force_insert=True)
    return checkpoint


def _ask_for_tokens(checkpoint: Checkpoint) -> None:
    now = clock.now()
    TimestampToken.objects.bulk_create(
        TimestampToken(checkpoint=checkpoint, authority=name, requested_at=now, due_at=now)
        for name in timestampers()
    )
