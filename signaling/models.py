"""Rows of a room. What is not here (or in the journal) did not happen."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django_fsm import transition

from fieldsvc.kernel import ids
from fieldsvc.kernel.workflow import StateField, Workflow
from signaling.states import (
    CAUSE_LABELS,
    CONDITION_LABELS,
    LIFE_LABELS,
    Direction,
    Life,
    Recording,
    Role,
    StillState,
    ViewLevel,
)


class MediaNode(models.Model):
    """A process that holds media: alive while its lease runs, takes rooms unless draining."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    channel = models.CharField(max_length=120, unique=True)
    label = models.CharField(max_length=500)
    started_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    draining = models.BooleanField(default=False)


class Room(Workflow):
    """A call. `stream` and `scope` are opaque: they come from whoever opens the room."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    stream = models.CharField(max_length=120)
    scope = models.CharField(max_length=64)
    label = models.CharField(max_length=120)
    state = StateField(
        default=Life.OPEN.value,
        choices=[(life.value, label) for life, label in LIFE_LABELS.items()],
    )
    node = models.ForeignKey(
        MediaNode, null=True, blank=True, on_delete=models.SET_NULL, related_name="rooms"
    )
    focus = models.CharField(max_length=64, blank=True, default="")
    recording = models.CharField(max_length=8, default=Recording.OFF.value)
    recording_since = models.DateTimeField(null=True, blank=True)
    alarm = models.CharField(max_length=32, blank=True, default="")
    alarm_kind = models.CharField(max_length=8, blank=True, default="")
    alarm_since = models.DateTimeField(null=True, blank=True)
    close_reason = models.CharField(max_length=64, blank=True, default="")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["stream"], condition=~Q(state=Life.CLOSED.value), name="signaling_room_live"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state"], name="signaling_room_state")]

    @transition(state, source=Life.OPEN.value, target=Life.CLOSING.value)
    def begin_closing(self, reason: str) -> None:
        self.close_reason = reason

    @transition(state, source=Life.CLOSING.value, target=Life.CLOSED.value)
    def finish_closing(self) -> None:
        self.node = None
        self.recording = Recording.OFF.value
        self.alarm = ""


class Member(models.Model):
    """Someone who may come. `subject` is opaque and unique in the room."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="members")
    subject = models.CharField(max_length=120)
    role = models.CharField(max_length=8, choices=[(role.value, role.value) for role in Role])
    name = models.CharField(max_length=80)
    label = models.CharField(max_length=120, blank=True, default="")
    added_at = models.DateTimeField()
    admitted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    took_part = models.BooleanField(default=False)
    audio = models.BooleanField(default=True)
    video = models.BooleanField(default=True)
    visible = models.BooleanField(null=True, default=None)
    network = models.CharField(max_length=32, blank=True, default="")
    battery = models.FloatField(null=True, blank=True)
    reason = models.CharField(max_length=64, blank=True, default="")
    facing = models.CharField(max_length=12, blank=True, default="")
    torch = models.BooleanField(null=True, default=None)
    link = models.CharField(max_length=8, blank=True, default="")
    link_since = models.DateTimeField(null=True, blank=True)
    weak_ms = models.PositiveIntegerField(default=0)
    lost_ms = models.PositiveIntegerField(default=0)
    level = models.CharField(max_length=12, blank=True, default="")
    level_reason = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "subject"], name="signaling_member_once"),
        ]


class Presence(models.Model):
    """One stay of a member: a lease that its socket renews, never a flag set by a disconnect."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="stays")
    socket = models.CharField(max_length=120)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    lease_until = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(left_at=None), name="signaling_presence_one_stay"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["lease_until"], condition=Q(left_at=None), name="signaling_presence_due"
            ),
        ]


class Hindrance(models.Model):
    """A stretch in which a member's page said what hindered its media."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="hindrances")
    condition = models.CharField(
        max_length=16, choices=[(c.value, text) for c, text in CONDITION_LABELS.items()]
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(ended_at=None), name="signaling_hindrance_one"
            ),
        ]
        ordering: ClassVar = ["started_at"]


class MediaSample(models.Model):
    """What the node measured of a publisher's media in the last ten seconds or so."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="samples")
    at = models.DateTimeField()
    kbps = models.PositiveIntegerField()
    fps = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    loss_per_mille = models.PositiveIntegerField()
    rtt_ms = models.PositiveIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["at"]


class SpentTicket(models.Model):
    """The nonce of a ticket that was used; kept until the ticket would have expired anyway."""

    nonce = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)


class PeerRow(models.Model):
    """One peer connection. `name` is its id at the member's page, `id` the one at the engine."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="peers")
    name = models.CharField(max_length=64)
    direction = models.CharField(max_length=10, choices=[(d.value, d.value) for d in Direction])
    source = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    connected_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=20, blank=True, default="")
    level = models.CharField(max_length=8, default=ViewLevel.FULL.value)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "name"], condition=Q(closed_at=None), name="signaling_peer_name"
            ),
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(closed_at=None, connected_at=None, direction=Direction.PUBLISH.value),
                name="signaling_peer_one_publish",
            ),
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(
                    closed_at=None, connected_at__isnull=False, direction=Direction.PUBLISH.value
                ),
                name="signaling_peer_one_connected",
            ),
        ]


class Segment(models.Model):
    """A closed piece of a member's recording, in the blob store for good."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="segments")
    source = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="segments")
    number = models.PositiveIntegerField()
    blob_key = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    media_ms = models.PositiveIntegerField()
    video_frames = models.PositiveIntegerField()
    audio_frames = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    first_video_rtp = models.PositiveBigIntegerField(null=True)
    last_video_rtp = models.PositiveBigIntegerField(null=True)
    first_audio_rtp = models.PositiveBigIntegerField(null=True)
    last_audio_rtp = models.PositiveBigIntegerField(null=True)
    # Between the arrivals of its first and last frame; null when nobody measured it.
    span_ms = models.PositiveIntegerField(null=True)
    salvaged = models.BooleanField(default=False)
    stored_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["room", "source", "number"], name="signaling_segment_number"
            ),
            models.UniqueConstraint(
                fields=["room", "source", "sha256"], name="signaling_segment_content"
            ),
        ]
        ordering: ClassVar = ["started_at", "number"]


class Gap(models.Model):
    """A named hole in a member's recording. `frames` arrived and are in no segment.

    `observed` is what the node saw; `cause` what the member's page said of it, if it did.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="gaps")
    source = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="gaps")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    cause = models.CharField(max_length=20, choices=[(c.value, t) for c, t in CAUSE_LABELS.items()])
    observed = models.CharField(
        max_length=20, choices=[(c.value, t) for c, t in CAUSE_LABELS.items()]
    )
    frames = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["room", "source", "started_at", "observed", "kind"],
                name="signaling_gap_once",
            ),
        ]
        ordering: ClassVar = ["started_at"]


class ChatMessage(models.Model):
    """What a member said to the room."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="chat")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=500)
    at = models.DateTimeField()
    # That of the room with this line in it; who knows the room up to a version asks for the rest.
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [models.Index(fields=["room", "version"], name="signaling_chat_since")]


class StillRequest(models.Model):
    """A host's wish for a photo from the guest's phone, and what became of it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="still_requests")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=10, default=StillState.REQUESTED.value)
    evidence = models.CharField(max_length=64, blank=True, default="")
    code = models.CharField(max_length=64, blank=True, default="")
    requested_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
