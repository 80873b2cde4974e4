"""Where messages leave the house."""

import json
import os
import sys
from pathlib import Path
from uuid import UUID

from django.conf import settings

from fieldsvc.kernel import clock
from fieldsvc.kernel.masking import mask_phone
from inspections.notices.errors import SmsUnavailable
from inspections.notices.services import SmsGateway

LABEL = "演示短信通道,未真正发出"


class FileSmsGateway:
    """Writes messages to a file of their owner instead of sending them; says so each time."""

    name = "file"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def file(self) -> Path:
        return self._folder / "sms.jsonl"

    def send(self, phone: str, text: str, *, reference: UUID) -> str:
        line = {
            "label": LABEL,
            "at": clock.iso(clock.now()),
            "reference": str(reference),
            "to": phone,
            "text": text,
        }
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "a", encoding="utf-8") as target:
                target.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise SmsUnavailable from error
        if settings.EMBEDDED:
            # A worker's output is a log, and a log holds no links and no names.
            sys.stdout.write(f"[{LABEL}] {mask_phone(phone)} {text}\n")
            sys.stdout.flush()
        return f"file:{reference}"


def sms() -> SmsGateway:
    """The gateway that the settings name."""
    return FileSmsGateway(settings.SMS_FOLDER)
