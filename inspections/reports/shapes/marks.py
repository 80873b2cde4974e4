"""The seal as it is drawn, and what the attached evidence manifest lists."""

from typing import TypedDict


class Stamp(TypedDict):
    """The visible seal: the name in its arc, and under the star what kind of seal it is."""

    name: str
    note: str


class ManifestItem(TypedDict):
    """One piece of evidence as it was admitted, by its digests."""

    id: str
    number: int
    kind: str
    purpose: str
    item: str
    grade: str
    media_type: str
    size: int
    sha256: str
    sm3: str
    admitted_at: str


class ManifestSigner(TypedDict):
    """One who was expected to sign, in the order of the page; the bureau's seal comes last."""

    order: int
    signer: str
    label: str


class ManifestText(TypedDict):
    version: str
    sha256: str


class Manifest(TypedDict):
    """evidence-manifest.json: what stood behind a record when it was frozen.

    `consent` is the text of consent to the recording, `checklist` the one that was judged by.
    `fonts` and `layout` are digests by file name: with the same files record.json gives the same
    bytes again.
    """

    v: int
    number: str
    edition: int
    frozen_at: str
    chain: dict[str, str | int]
    items: list[ManifestItem]
    signers: list[ManifestSigner]
    consent: ManifestText | None
    checklist: ManifestText
    root: dict[str, str]
    fonts: dict[str, str]
    layout: dict[str, str]
