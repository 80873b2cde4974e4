"""What is generated from the protocol is what is checked in."""

from pathlib import Path

from signaling.protocol import CLIENT_MESSAGES, ERRORS, SERVER_MESSAGES, Close, markdown, typescript

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = ROOT / "docs" / "PROTOCOL.md"
TYPES = ROOT / "frontend" / "src" / "api" / "protocol.gen.ts"


def test_the_document_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == markdown.render()


def test_the_typescript_types_are_up_to_date() -> None:
    assert TYPES.read_text(encoding="utf-8") == typescript.render()


def test_the_document_names_every_message_error_and_close_code() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for name in [*CLIENT_MESSAGES, *SERVER_MESSAGES]:
        assert f"### {name}\n" in text, name
    for code in ERRORS:
        assert f"| `{code}` |" in text, code
    for close in Close:
        assert f"| {close.value} | `{close.name.lower()}` |" in text, close
