"""What the delegate's phone is told to keep, so that the page opens without a network."""

from collections.abc import Mapping
from typing import Any

from django.test import Client

from fieldsvc.offline import Chunk, files_of

BUILD: Mapping[str, Chunk] = {
    "main": {"file": "a/main.js", "css": ["a/main.css"], "imports": ["shared"]},
    "shared": {"file": "a/shared.js", "dynamicImports": ["english"], "imports": ["main"]},
    "english": {"file": "a/en.js", "assets": ["a/map.png"]},
    "other": {"file": "a/desk.js"},
}


def test_every_file_the_entry_may_ask_for_is_kept_and_no_other() -> None:
    kept = files_of(BUILD, "main")
    assert kept == ["a/en.js", "a/main.css", "a/main.js", "a/map.png", "a/shared.js"]


def test_without_a_build_there_is_no_worker(settings: Any, tmp_path: Any) -> None:
    settings.BASE_DIR = tmp_path
    assert Client().get("/field/sw.js").status_code == 404


def test_the_worker_names_its_files_and_is_asked_for_at_each_visit(
    settings: Any, tmp_path: Any
) -> None:
    dist = tmp_path / "frontend" / "dist"
    dist.mkdir(parents=True)
    (dist / "worker.js").write_text("self.addEventListener('install', install)", "utf-8")
    (dist / "manifest.json").write_text(
        '{"src/field/main.ts": {"file": "assets/main.js"}, "src/ui/pages.css": {"file": "p.css"},'
        ' "src/field/offline/worker.ts": {"file": "worker.js"}}',
        "utf-8",
    )
    settings.BASE_DIR = tmp_path
    answer = Client().get("/field/sw.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    head, _, body = answer.content.decode().partition("\n")
    assert '"/static/assets/main.js"' in head
    assert '"/static/field/icon-192.png"' in head
    assert body.startswith("self.addEventListener")


def test_the_web_manifest_keeps_to_the_field_pages() -> None:
    answer = Client().get("/field/manifest.webmanifest").json()
    assert answer["scope"] == answer["start_url"] == "/field/"
    assert {icon["sizes"] for icon in answer["icons"]} == {"any", "192x192", "512x512"}
