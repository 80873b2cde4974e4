"""Real image and video files, made in memory."""

import tempfile
from io import BytesIO
from pathlib import Path

import av
import numpy as np
from PIL import Image
from pillow_heif import register_heif_opener

register_heif_opener()


def picture_bytes(kind: str = "JPEG", *, shade: int = 120, gps: bool = False) -> bytes:
    rows = np.linspace(0, 255, 480, dtype=np.uint8)[:, None]
    columns = np.linspace(0, 255, 640, dtype=np.uint8)[None, :]
    pixels = np.dstack([rows + columns * 0, columns + rows * 0, np.full((480, 640), shade)])
    image = Image.fromarray(pixels.astype(np.uint8), "RGB")
    target = BytesIO()
    if gps:
        exif = Image.Exif()
        exif[0x010F] = "Phone"
        exif.get_ifd(0x8825)[1] = "N"
        exif.get_ifd(0x8825)[2] = (36.0, 48.0, 10.0)
        image.save(target, kind, exif=exif)
    else:
        image.save(target, kind)
    return target.getvalue()


def clip_bytes(suffix: str = "webm", *, frames: int = 5) -> bytes:
    codec = "libvpx" if suffix == "webm" else "libx264"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"clip.{suffix}"
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=10)
            stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
            for number in range(frames):
                pixels = np.full((240, 320, 3), number * 20, dtype=np.uint8)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, "rgb24")))
            container.mux(stream.encode())
        return path.read_bytes()
