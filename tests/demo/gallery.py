"""A page that shows the screenshots side by side, in the order of the path."""

from html import escape
from pathlib import Path

HEAD = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>云勘验 演示</title>
<style>
body{font:16px system-ui;margin:2rem;background:#f6f5f2}
figure{display:inline-block;margin:0 1rem 1.5rem 0;vertical-align:top}
img{max-height:520px;max-width:100%;border:1px solid #ccc;border-radius:8px}
</style>
<h1>一次云勘验</h1><p><a href="record.pdf">勘验笔录</a> · <a href="recording.mp4">录像</a> ·
<a href="webhooks.json">结果回传</a> · <a href="verdict.json">核验结论</a></p>
"""


def write(folder: Path) -> None:
    """Write index.html into the demo's folder."""
    figures = [
        f'<figure><img src="screens/{escape(path.name)}" alt=""><figcaption>{escape(path.stem)}'
        "</figcaption></figure>"
        for path in sorted((folder / "screens").glob("*.png"))
    ]
    (folder / "index.html").write_text(HEAD + "\n".join(figures) + "\n", "utf-8")
