"""A BagIt package (RFC 8493) written as a folder or a zip, each byte hashed on its way."""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from fieldsvc.kernel.hashing import Digests, Meter
from inspections.evidence.verifier import assemble
from inspections.evidence.verifier.bag import BAGIT, bag_info

_CHUNK = 1 << 20
HOW = """这是一份可以脱离原系统、不连网络核验的案卷包（或单项证明）。

一、需要什么
  1. 主管机关的根证书（PEM 文件），和时间戳机构的根证书。请从主管机关另行取得并核对指纹；
     包里没有，也不应该有根证书。
  2. 装有 Python 3.8 以上和 openssl 的电脑；或者任何一台有浏览器的电脑。

二、怎样核验
  命令行：python3 verify.py 本文件夹 --root 主管机关根证书.pem --root 时间戳根证书.pem
  浏览器：打开 verify.html，把本文件夹（或 .zip）和根证书拖进去。
  最好使用法院或主管机关自己保存的 verify.py、verify.html，而不是包里附带的这一份。

三、不用我们的程序，自己核对
  sha256sum -c manifest-sha256.txt                 每个文件的摘要
  data/events.jsonl 每行是一条记录的原始字节：一行（不含换行）的 SHA-256 就是下一行的 prev。
  data/anchors/tokens/*.tsr 是 RFC 3161 时间戳，摘要取自同号检查点的 body（base64 解码后）：
  openssl ts -verify -digest <body 的 SHA-256> -in <文件>.tsr -CAfile 时间戳根证书.pem
  每个签名是 data/record-frozen.pdf 的 CMS 分离签名；证书只有一小时有效，要给签名时刻的秒数：
  openssl cms -verify -binary -inform DER -in data/signatures/<签名号>.p7s
    -content data/record-frozen.pdf -CAfile 主管机关根证书.pem -purpose any -attime <秒数>
  data/record.pdf 带单位电子签章（PAdES），PDF 阅读器和 pdfsig 都能看到。

四、证明不了什么
  镜头前的地方是不是申请的场所、画面里的东西是真是假，要由人看录像判断。
"""


class FolderTarget:
    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def opened(self, path: str) -> Iterator[BinaryIO]:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            yield file


class ZipTarget:
    """Entries are stored as they are: media do not compress, and a place in the file stays one."""

    def __init__(self, zipped: zipfile.ZipFile) -> None:
        self.zipped = zipped

    @contextmanager
    def opened(self, path: str) -> Iterator[BinaryIO]:
        info = zipfile.ZipInfo(path)
        info.external_attr = 0o644 << 16
        with self.zipped.open(info, "w", force_zip64=True) as file:
            yield cast("BinaryIO", file)


class Bag:
    """Put the payload in, then `close` it once: the lists are written last."""

    def __init__(self, target: FolderTarget | ZipTarget) -> None:
        self.target = target
        self.digests: dict[str, Digests] = {}

    def put(self, path: str, content: bytes | BinaryIO) -> None:
        source = BytesIO(content) if isinstance(content, bytes) else content
        meter = Meter()
        with self.target.opened(path) as file:
            while chunk := source.read(_CHUNK):
                meter.update(chunk)
                file.write(chunk)
        self.digests[path] = meter.digests()

    def close(self, kind: str, stream: str, at: str) -> None:
        """Write everything around the payload; `kind`, `stream` and `at` go to bag-info.txt."""
        payload = dict(self.digests)
        size = sum(one.size for one in payload.values())
        self.put("bagit.txt", BAGIT)
        self.put("bag-info.txt", bag_info(kind, stream, at, (size, len(payload))))
        sums = {path: one.sha256 for path, one in payload.items()}
        self.put("manifest-sha256.txt", _listed(sums))
        self.put("manifest-sm3.txt", _listed({path: one.sm3 for path, one in payload.items()}))
        self.put("VERIFY.txt", HOW.encode())
        self.put("verify.py", assemble.verify_py())
        self.put("verify.html", assemble.verify_html())
        tags = {path: one.sha256 for path, one in self.digests.items() if path not in payload}
        self.put("tagmanifest-sha256.txt", _listed(tags))


@contextmanager
def new_bag(out: Path) -> Iterator[Bag]:
    """A bag that becomes the folder `out`, or the zip when its name says so.

    Appears whole or not at all. A package that is there already is replaced; FileExistsError for
    a folder that holds something else.
    """
    if out.is_dir() and any(out.iterdir()) and not (out / "bagit.txt").is_file():
        raise FileExistsError(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(f".{out.name}.draft")
    _remove(draft)
    try:
        if out.suffix == ".zip":
            with zipfile.ZipFile(draft, "w") as zipped:
                yield Bag(ZipTarget(zipped))
        else:
            draft.mkdir()
            yield Bag(FolderTarget(draft))
        _remove(out)
        draft.rename(out)
    finally:
        _remove(draft)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _listed(sums: dict[str, str]) -> bytes:
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(sums.items())).encode()
