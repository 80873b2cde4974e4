"""What lets the delegate's page open without a network: its service worker and its web manifest."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypedDict

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

ENTRY = "src/field/main.ts"
WORKER = "src/field/offline/worker.ts"
STYLE = "src/ui/pages.css"
ICONS = ("field/icon.svg", "field/icon-192.png", "field/icon-512.png")


class Chunk(TypedDict, total=False):
    """One entry of Vite's manifest, as far as it is read here."""

    file: str
    css: list[str]
    assets: list[str]
    imports: list[str]
    dynamicImports: list[str]


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The built worker, told which files of this build it keeps; 404 without a build."""
    dist = settings.BASE_DIR / "frontend" / "dist"
    if settings.VITE_DEV or not (dist / "manifest.json").is_file():
        raise Http404
    response = HttpResponse(_script(dist), content_type="text/javascript; charset=utf-8")
    # Asked at each visit: a new build must not wait for a cache.
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def web_manifest(request: HttpRequest) -> HttpResponse:
    """How the delegate's page looks on a phone's home screen."""
    icons: list[dict[str, str]] = [
        {"src": "/static/field/icon.svg", "sizes": "any", "type": "image/svg+xml"}
    ]
    for size in ("192", "512"):
        icon = {"src": f"/static/field/icon-{size}.png", "sizes": f"{size}x{size}"}
        icons.append({**icon, "type": "image/png", "purpose": "any maskable"})
    body = {
        "id": "/field/",
        "name": "全代办 · 代办专员",
        "short_name": "全代办",
        "lang": "zh-CN",
        "start_url": "/field/",
        "scope": "/field/",
        "display": "standalone",
        "background_color": "#f6f5f2",
        "theme_color": "#1f5fbf",
        "icons": icons,
    }
    return JsonResponse(
        body, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
    )


def files_of(manifest: Mapping[str, Chunk], entry: str) -> list[str]:
    """Every file that `entry` may ask for: what it imports, at once or later, with styles."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        chunk = manifest[name]
        found.update([chunk["file"], *chunk.get("css", []), *chunk.get("assets", [])])
        waiting += [*chunk.get("imports", []), *chunk.get("dynamicImports", [])]
    return sorted(found)


@cache
def _script(dist: Path) -> bytes:
    manifest: Mapping[str, Chunk] = json.loads((dist / "manifest.json").read_text("utf-8"))
    names = [*files_of(manifest, ENTRY), manifest[STYLE]["file"], *ICONS]
    files = [f"{settings.STATIC_URL}{name}" for name in names]
    worker = (dist / manifest[WORKER]["file"]).read_text("utf-8")
    version = hashlib.sha256("\n".join([*files, worker]).encode()).hexdigest()[:16]
    build = json.dumps({"version": version, "files": files})
    return f"self.fieldBuild = {build};\n{worker}".encode()
