"""verify.py and verify.html as shipped: single files, made of the parts beside this one."""

import ast
import json
from functools import lru_cache
from importlib import resources

from inspections.evidence.verifier import words

# In the order in which they build on each other.
PARTS = (
    *("words", "report", "reading", "files", "bag", "chain", "custody", "items", "seal"),
    *("openssl", "anchors", "stamps", "signers", "papers", "mark", "late"),
    *("beside", "kinds", "verdict"),
)
PACKAGE = "inspections.evidence.verifier"
PAGE_PARTS = (
    *("bytes.js", "reading.js", "checks.js", "trust.js", "anchors.js", "signers.js"),
    *("mark.js", "late.js", "beside.js", "kinds.js", "page.js"),
)
HEADER = '''#!/usr/bin/env python3
"""核验云勘验案卷包（或单项证明）。只用 Python 3.8 以上的标准库和 openssl 命令，不连网络。

    python3 verify.py 案卷包 --root 主管机关根证书.pem --root 时间戳机构根证书.pem [--json]

案卷包可以是文件夹，也可以是 .zip。根证书必须来自案卷包以外：包里的任何证书都不能证明它自己。
退出码：0 通过；1 没有通过；2 用法不对，或读不出来。

等级（前一级成立，后一级才算）：
  E1 自洽   每个文件、每条记录与登记的摘要一致，记录首尾相接
  E2 完整   案卷已封存，清单、记录、文件三者一一对应，不多不少
  E3 有时间 检查点由主管机关的密钥签发，时间戳证明“不晚于”，有时间口令（时刻按系统时钟）
  E4 有签名人 笔录由申请人和两名勘验人员签署，数字签名和单位电子签章与笔录相符
"""

from __future__ import annotations
'''
FOOTER = """
if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")
    sys.exit(main(sys.argv[1:]))
"""


@lru_cache(maxsize=1)
def verify_py() -> bytes:
    """The parts one after the other, their imports of each other left out."""
    imports: set[str] = set()
    bodies = []
    sources = {name: _source(PACKAGE, f"{name}.py") for name in PARTS}
    shared = [_source("inspections.evidence", name) for name in ("trees.py", "covers.py")]
    for source in (sources.pop("words"), *shared, *sources.values()):
        title, body, needed = _dissected(source)
        imports |= needed
        bodies.append(f"\n\n# ── {title}\n\n{body}")
    # Plain imports first, as in any module.
    ordered = sorted(imports, key=lambda line: (line.startswith("from"), line))
    return "".join((HEADER, "\n", "\n".join(ordered), "\n", *bodies, "\n", FOOTER)).encode()


@lru_cache(maxsize=1)
def verify_html() -> bytes:
    """The page with its scripts and the tables of words it shares with verify.py."""
    tables = {
        name: getattr(words, name)
        for name in (
            *("GRADES", "GRADE_WORDS", "LOCAL_TIME", "FOLDERS", "SUFFIXES", "SAYS"),
            "NOT_PROVED",
        )
    }
    told = json.dumps(tables, ensure_ascii=False, indent=1).replace("</", "<\\/")
    scripts = "\n".join(_source(PACKAGE, f"page/{name}") for name in PAGE_PARTS)
    page = _source(PACKAGE, "page/page.html")
    return page.replace("/* SCRIPTS */", f"const WORDS = {told};\n{scripts}").encode()


def _source(package: str, name: str) -> str:
    return resources.files(package).joinpath(name).read_text("utf-8")


def _dissected(source: str) -> tuple[str, str, set[str]]:
    """First line of the docstring, the code after the imports, the imports from elsewhere."""
    tree = ast.parse(source)
    lines = source.splitlines()
    title = (ast.get_docstring(tree) or "").splitlines()[0]
    needed, end = set(), 0
    for node in tree.body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.Import | ast.ImportFrom):
            if not ast.unparse(node).startswith("from inspections."):
                needed.add(ast.unparse(node))
        elif not is_docstring:
            break
        end = node.end_lineno or end
    return title, "\n".join(lines[end:]).strip("\n"), needed
