"""One inspection played at service level: real rooms, real files, no browser and no media node."""

import tempfile
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from io import BytesIO
from pathlib import Path

from fieldsvc.kernel import clock, hashing, outbox
from fieldsvc.kernel.journal import Actor
from inspections.bookings import selectors as offers
from inspections.bookings import services as bookings
from inspections.cases.models import Case
from inspections.catalog import selectors as catalog
from inspections.catalog.services import publish_templates
from inspections.catalog.states import Result
from inspections.evidence import services as custody
from inspections.evidence.models import Dossier, EvidenceItem
from inspections.evidence.selectors import kept_until
from inspections.evidence.states import Purpose
from inspections.inspection import selectors, services
from inspections.inspection.models import Finding, Inspection
from inspections.inspection.rules import BEIJING
from inspections.inspection.services import Conclusion, ConsentAnswer, Judgement, Upload
from inspections.people.models import Staff
from inspections.people.selectors import actor_of_staff
from inspections.reports.models import Record
from inspections.signing import selectors as signing
from inspections.signing.models import SignatureRequest
from signaling import presence, recordings, rooms
from signaling.media.events import SegmentClosed
from signaling.models import Member, PeerRow, Room
from signaling.presence import Seat
from signaling.states import Direction, Recording
from tests.inspections.bookings.scene import applicant, new_case
from tests.inspections.cast import Cast
from tests.inspections.pictures import clip_bytes, picture_bytes
from tests.inspections.signing.hand import Phone


@dataclass
class Scene:
    cast: Cast
    clock: clock.FixedClock
    case: Case = field(init=False)
    socket: int = 0

    @property
    def guest(self) -> Actor:
        return applicant(self.case)

    @property
    def inspection(self) -> Inspection:
        return selectors.access_own_inspection(self.guest)

    @property
    def room(self) -> Room:
        return Room.objects.get(pk=self.inspection.room)

    @property
    def pair(self) -> list[Staff]:
        return selectors.assigned_staff(self.inspection)

    @property
    def lead(self) -> Actor:
        return actor_of_staff(self.pair[0])

    def book(self, number: str = "KY-2026-000123") -> Inspection:
        publish_templates()
        self.case = new_case(self.cast, number)
        # Not the first slot: that one is so near that the room would be open already.
        slot = offers.offer(self.cast.bureau.pk, limit=4)[-1]
        bookings.book(self.case, slot.starts_at, actor=self.guest)
        outbox.drain()
        return self.inspection

    def rebook(self) -> None:
        slot = offers.offer(self.cast.bureau.pk, after=self.inspection.starts_at, limit=2)[-1]
        bookings.book(self.case, slot.starts_at, actor=self.guest)
        outbox.drain()

    def consent(self) -> None:
        answer = ConsentAnswer(True, catalog.current_consent().sha256, True, "phone")
        services.answer_consent(self.inspection, answer, actor=self.guest)

    def come_on_time(self) -> None:
        self.clock.advance(self.inspection.starts_at - clock.now())

    def enter(self, ticket: str) -> Seat:
        self.socket += 1
        return presence.arrive(ticket, f"socket-{self.socket}")

    def call(self, *, inspectors: int = 2, publishing: bool = True) -> Inspection:
        """Everybody is in the room, the applicant admitted and seen."""
        self.consent()
        self.come_on_time()
        guest = self.enter(services.applicant_ticket(self.inspection))
        hosts = [
            self.enter(services.inspector_ticket(self.inspection, actor=actor_of_staff(staff)))
            for staff in self.pair[:inspectors]
        ]
        rooms.admit(hosts[0], str(guest.member.pk))
        if publishing:
            self.publish(guest.member)
        outbox.drain()
        return self.inspection

    def publish(self, member: Member) -> None:
        PeerRow.objects.create(
            member=member,
            name="camera",
            direction=Direction.PUBLISH.value,
            source=member,
            opened_at=clock.now(),
            connected_at=clock.now(),
        )
        Room.objects.filter(pk=member.room_id).update(
            recording=Recording.ON.value, recording_since=clock.now()
        )

    def record(self, number: int = 1, seconds: int = 2) -> None:
        """A real segment file comes in from the recorder."""
        member = self.room.members.get(subject=str(self.case.pk))
        path = Path(tempfile.mkdtemp()) / f"{number:06d}.webm"
        path.write_bytes(clip_bytes(frames=number + 2))
        started = clock.now()
        self.clock.advance(timedelta(seconds=seconds))
        recordings.record_segment(
            SegmentClosed(
                room=str(self.room.pk),
                source=str(member.pk),
                peer="camera",
                number=number,
                path=path,
                sha256=hashing.sha256_hex(path.read_bytes()),
                size_bytes=path.stat().st_size,
                started_at=started,
                ended_at=clock.now(),
                media_ms=seconds * 1000,
                video_frames=seconds * 30,
                audio_frames=seconds * 50,
                width=320,
                height=240,
                first_video_rtp=1,
                last_video_rtp=2,
                first_audio_rtp=1,
                last_audio_rtp=2,
                salvaged=False,
            )
        )

    def upload(self, purpose: Purpose, item: str, shade: int = 10) -> EvidenceItem:
        data = picture_bytes(shade=shade)
        upload = Upload(BytesIO(data), hashing.sha256_hex(data), purpose, item)
        return services.admit_upload(self.inspection, upload, actor=self.guest)

    def judge(
        self, item: str, result: Result = Result.CONFORMING, note: str = "", **more: object
    ) -> Finding:
        known = self.inspection.findings.filter(item=item).first()
        version = known.version if known else 0
        judgement = Judgement(result, version, note, **more)  # type: ignore[arg-type]
        return services.record_finding(self.inspection, item, judgement, actor=self.lead)

    def judge_all(self, failed: dict[str, str] | None = None) -> None:
        for item in selectors.template_of(self.inspection).items:
            note = (failed or {}).get(item.code)
            # What a camera cannot see is proved by a paper: a photo of the report.
            if note is None:
                self.judge(item.code)
            else:
                self.judge(item.code, Result.NON_CONFORMING, note)

    def conclude(self, **more: object) -> Inspection:
        wish = Conclusion(self.inspection.version, **more)  # type: ignore[arg-type]
        services.conclude(self.inspection, wish, actor=self.lead)
        outbox.drain()
        return self.inspection

    def rec(self) -> Record:
        """The newest edition."""
        return self.inspection.records.latest("edition")

    def sign(self, request: SignatureRequest, seed: int) -> None:
        Phone(request, seed).play()

    def sign_all(self) -> None:
        requests = signing.requests_for(self.inspection.dossier_id, self.rec().sha256)
        for seed, request in enumerate(requests, start=11):
            self.sign(request, seed)
        outbox.drain()

    def close_room(self) -> None:
        """What the media node says once the last segment is stored."""
        recordings.finish(self.room.pk, None)
        outbox.drain()

    def play_to_seal(self, failed: dict[str, str] | None = None) -> Inspection:
        self.book()
        self.call()
        self.record(1)
        self.judge_all(failed)
        self.record(2)
        self.conclude()
        self.sign_all()
        self.close_room()
        return self.inspection

    def dispose(self, dossier: Dossier) -> None:
        """Seal it, wait for its term to end, and let two persons end it."""
        custody.seal(dossier.pk)
        dossier.refresh_from_db()
        until = kept_until(dossier)
        assert until is not None
        after = datetime.combine(until + timedelta(days=1), time(12), BEIJING)
        self.clock.advance(after - clock.now())
        head, administrator = (
            Actor("staff", role, dossier.scope, frozenset({role}))
            for role in ("HEAD", "ADMINISTRATOR")
        )
        custody.propose_disposal(dossier.pk, "期限届满", actor=head)
        custody.confirm_disposal(dossier.pk, actor=administrator)
        outbox.drain()
