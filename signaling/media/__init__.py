"""The media engine: no Django, no framework; its packet path compiled where that was built."""

from signaling.media import native

__path__[:0] = native.search_path()
