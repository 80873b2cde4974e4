"""What leaves the system proves itself without it, and nothing that was changed passes."""

import ast
import base64
import json
import os
import re
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from inspections.evidence.export import export_dossier
from inspections.evidence.verifier import assemble, verdict
from inspections.evidence.verifier.reading import Zip
from tests.inspections.evidence import bags, mutations, packages, rewritten
from tests.inspections.evidence.packages import ITEM, Packages
from tests.inspections.evidence.paper_attacks import ATTACKS, Attack
from tests.support import browser

SEED = 20261122


@pytest.fixture(scope="module")
def made(
    django_db_setup: None,
    django_db_blocker: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Packages]:
    """Made once: nothing here changes the database afterwards."""
    folder = tmp_path_factory.mktemp("packages")
    with (
        django_db_blocker.unblock(),  # type: ignore[attr-defined]
        override_settings(AUTHORITY_FOLDER=folder / "authority"),
        transaction.atomic(),
    ):
        found = packages.make(folder)
        transaction.set_rollback(True)
    yield found


def run(package: Path, roots: list[Path], *words: str) -> subprocess.CompletedProcess[str]:
    """verify.py as a stranger runs it: a bare interpreter, an empty environment."""
    program = package.parent / "verify.py"
    program.write_bytes(assemble.verify_py())
    given = [word for root in roots for word in ("--root", str(root))]
    return subprocess.run(
        [sys.executable, "-I", "-S", str(program), str(package), *given, *words],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def codes(done: subprocess.CompletedProcess[str]) -> set[str]:
    return {one["code"] for one in json.loads(done.stdout)["findings"]}


def test_a_sealed_dossier_verifies_with_a_bare_interpreter(made: Packages) -> None:
    done = run(made.plain, made.roots)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "结论：核验通过，等级 E4 有签名人（非外部时间）" in done.stdout
    assert "没有证明的：" in done.stdout
    for package in (made.zipped, made.personal):
        assert run(package, made.roots, "--at-least", "E4").returncode == 0


def test_the_verifier_needs_nothing_newer_than_python_3_8() -> None:
    ast.parse(assemble.verify_py(), feature_version=(3, 8))
    names = {
        name.name.partition(".")[0]
        for node in ast.walk(ast.parse(assemble.verify_py()))
        for name in (node.names if isinstance(node, ast.Import) else ())
    }
    assert names <= sys.stdlib_module_names


def test_without_roots_nothing_is_proved_about_time(made: Packages) -> None:
    done = run(made.plain, [], "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["grade"] == "E2"
    assert "no_roots" in codes(done)
    assert run(made.plain, [], "--at-least", "E2").returncode == 0


def test_a_root_out_of_the_package_is_refused_wherever_it_was_copied_to(
    made: Packages, tmp_path: Path
) -> None:
    inside = next((made.plain / "data" / "certificates").glob("*.pem"))
    copied = tmp_path / "root.pem"
    copied.write_bytes(inside.read_bytes())
    for root in (inside, copied):
        done = run(made.plain, [root])
        assert done.returncode == 2
        assert "根证书" in done.stderr


def test_forgeries_are_caught_and_the_damaged_item_is_named(made: Packages, tmp_path: Path) -> None:
    missed = []
    for number, mutant in enumerate(mutations.mutants(made.files, made.forger, SEED, 48)):
        found = mutations.judge(mutant, made.roots, tmp_path / str(number))
        if not (found.caught and found.named):
            missed.append((number, mutant.kind, mutant.items, found))
    assert missed == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_seal_itself_tells_of_every_attack_on_the_paper(
    made: Packages, tmp_path: Path, attack: Attack
) -> None:
    """The journal and all digests are made to fit: nothing but seal and checkpoints is left."""
    found = mutations.judge(
        rewritten.paper_lie(made.files, made.forger, attack), made.roots, tmp_path
    )
    assert found.caught and found.named, found.said


def test_a_package_zipped_by_another_program_still_verifies(made: Packages, tmp_path: Path) -> None:
    path = packages.zip_of(made.files, tmp_path / "again.zip", top="案卷/", packed=True)
    assert run(path, made.roots, "--at-least", "E4").returncode == 0


# Flags, method, time, date, checksum, packed and unpacked size, name, name's length.
HEADER = (6, 8, 10, 12, 14, 18, 22, 26, 30)


class TestHostileArchives:
    @pytest.mark.parametrize("place", [*HEADER, -22, -18, -14, -2])
    def test_a_byte_of_the_archive_itself_is_not_passed_over(
        self, made: Packages, tmp_path: Path, place: int
    ) -> None:
        with pytest.raises(verdict.Refused):
            verdict.verify(packages.flipped(made.zipped, place, tmp_path / "a.zip"), [])

    def test_what_stands_between_two_files_is_refused(self, tmp_path: Path) -> None:
        """As a program writes it that cannot go back: fine, until somebody writes more into it."""
        path, hidden = tmp_path / "a.zip", b"hidden"
        with path.open("wb") as file, zipfile.ZipFile(packages.Forward(file), "w") as archive:
            archive.writestr("bagit.txt", b"one")
            archive.writestr("data/two", b"two")
        Zip(path)
        content = path.read_bytes()
        place = content.index(b"PK\x07\x08")
        path.write_bytes(content[:place] + hidden + content[place + len(hidden) :])
        with pytest.raises(verdict.Refused, match="不属于任何文件"):
            Zip(path)

    @pytest.mark.parametrize(
        "name", ["../evil", "/evil", "data/../../evil", "a\\b", "C:evil", "BAGIT.TXT"]
    )
    def test_names_that_escape_or_double_are_refused(
        self, made: Packages, tmp_path: Path, name: str
    ) -> None:
        path = packages.zip_of({**made.files, name: b"x"}, tmp_path / "a.zip")
        with pytest.raises(verdict.Refused):
            verdict.verify(path, [])

    def test_a_link_is_refused_in_a_zip_and_in_a_folder(
        self, made: Packages, tmp_path: Path
    ) -> None:
        path = packages.zip_of(made.files, tmp_path / "a.zip")
        with zipfile.ZipFile(path, "a") as archive:
            link = zipfile.ZipInfo("data/link")
            link.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(link, "/etc/passwd")
        bags.write(made.files, tmp_path / "b")
        (tmp_path / "b" / "data" / "link").symlink_to("/etc/passwd")
        for package in (path, tmp_path / "b"):
            with pytest.raises(verdict.Refused, match="链接"):
                verdict.verify(package, [])

    def test_a_small_file_that_unfolds_to_a_huge_one_is_refused(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            info = zipfile.ZipInfo("bagit.txt")
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, b"\0" * 1000)
        content = bytearray((tmp_path / "a.zip").read_bytes())
        place = content.rindex(b"PK\x01\x02") + 24
        content[place : place + 4] = (1 << 31).to_bytes(4, "little")
        (tmp_path / "a.zip").write_bytes(content)
        with pytest.raises(verdict.Refused, match="大得不合常理"):
            verdict.verify(tmp_path / "a.zip", [])

    @pytest.mark.parametrize("tail", [b"x", b"PK\x05\x06" + b"\0" * 18])
    def test_bytes_that_belong_to_no_file_are_refused(
        self, made: Packages, tmp_path: Path, tail: bytes
    ) -> None:
        path = packages.zip_of(made.files, tmp_path / "a.zip")
        path.write_bytes(path.read_bytes() + tail)
        with pytest.raises(verdict.Refused):
            verdict.verify(path, [])


class TestOneFinding:
    def test_it_verifies_alone_and_shows_nothing_of_the_others(self, made: Packages) -> None:
        done = run(made.finding, made.roots, "--json")
        assert (done.returncode, json.loads(done.stdout)["grade"]) == (0, "E3"), done.stdout
        with zipfile.ZipFile(made.finding) as archive:
            content = b"".join(archive.read(name) for name in archive.namelist())
        for other in ("CY01", "CY03"):
            # As a word: four letters may stand anywhere in what is base64.
            assert not re.search(rb"(?<![\w+/])%b(?![\w+/=])" % other.encode(), content)
        assert ITEM.encode() in content
        digests = [json.loads(line)["prev"] for line in made.files[bags.EVENTS].splitlines()[1:]]
        shown = [digest for digest in digests if digest.encode() in content]
        # An entry names the digest before its own; nothing else of the chain is to be seen.
        assert len(shown) <= 4

    def test_another_verdict_or_picture_in_its_place_is_named(
        self, made: Packages, tmp_path: Path
    ) -> None:
        with zipfile.ZipFile(made.finding) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        entry = next(
            name
            for name, one in files.items()
            if name.startswith("data/entries/") and b"finding.recorded" in one
        )
        changed = {**files, entry: files[entry].replace(b'"CONFORMING"', b'"NOT_APPLICABLE"')}
        bags.write(bags.refresh(changed), tmp_path / "verdict")
        picture = next(name for name in files if name.startswith("data/items/"))
        exchanged = {**files, picture: files[picture][:-1] + b"x"}
        bags.write(bags.refresh(exchanged), tmp_path / "picture")
        for folder, item in (("verdict", entry), ("picture", picture)):
            report = verdict.verify(
                tmp_path / folder, verdict.read_roots(made.roots, tmp_path / "x")
            )
            assert report.grade == 0
            assert item in {one["item"] for one in report.findings}


@pytest.mark.django_db
def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    from inspections.evidence import services
    from tests.inspections.evidence.small_dossier import WANG

    dossier = services.open_dossier("云勘验 YKY-2026-000009", scope="bureau-1", actor=WANG)
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        export_dossier(dossier, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


LOOK = """async ([data, roots]) => {
  const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
  try {
    return await verify(await readZip(new File([bytes], "a.zip")), roots.flatMap(rootsOf));
  } catch (error) {
    return { refused: error instanceof Refused, words: String(error.stack) };
  }
}"""


def vectors(made: Packages, folder: Path) -> dict[str, Path]:
    """Clean, forged and hostile packages as zips, by a name that says what was done."""
    with zipfile.ZipFile(made.finding) as archive:
        finding = {name: archive.read(name) for name in archive.namelist()}
    picture = next(name for name in finding if name.startswith("data/items/"))
    spoilt = bags.refresh({**finding, picture: b"another"})
    found = {
        "clean": made.zipped,
        "finding": made.finding,
        "personal": packages.zip_of(bags.read(made.personal), folder / "personal.zip"),
        "repacked": packages.zip_of(made.files, folder / "r.zip", top="案卷/", packed=True),
        "finding forged": packages.zip_of(spoilt, folder / "spoilt.zip"),
        "escaping": packages.zip_of({**made.files, "../x": b""}, folder / "escaping.zip"),
        "case": packages.zip_of({**made.files, "Verify.py": b""}, folder / "case.zip"),
    }
    wanted = len(mutations.KINDS)
    for number, mutant in enumerate(mutations.mutants(made.files, made.forger, SEED + 1, wanted)):
        name = f"{number} {mutant.kind} {mutant.items[0]}"
        found[name] = packages.zip_of(mutant.files, folder / f"{number}.zip")
    for place in HEADER:
        found[f"header {place}"] = packages.flipped(
            made.zipped, place, folder / f"header{place}.zip"
        )
    for attack in ATTACKS:
        mutant = rewritten.paper_lie(made.files, made.forger, attack)
        found[mutant.kind] = packages.zip_of(mutant.files, folder / f"{attack.__name__}.zip")
    return found


def by_program(package: Path, roots: list[str]) -> object:
    try:
        found = verdict.as_json(verdict.verify(package, roots), 3)
    except verdict.Refused:
        return "refused"
    return essence(found)


def essence(found: dict[str, Any]) -> object:
    if "grade" not in found:
        return "refused" if found["refused"] else found["words"]
    # Only the program knows itself.
    said = [one for one in found["findings"] if one["code"] != "verifier_differs"]
    return found["verified"], found["grade"], sorted(said, key=str)


@pytest.mark.usefixtures("db")
def test_the_page_says_the_same_as_the_program_of_every_vector(
    made: Packages, tmp_path: Path
) -> None:
    page_file = tmp_path / "verify.html"
    page_file.write_bytes(assemble.verify_html())
    roots = verdict.read_roots(made.roots, tmp_path / "nowhere")
    differing = {}
    with browser.playwright() as started, browser.chromium(started) as chromium:
        page = chromium.new_page()
        page.goto(page_file.as_uri())
        for name, package in vectors(made, tmp_path).items():
            data = base64.b64encode(package.read_bytes()).decode()
            told = essence(page.evaluate(LOOK, [data, roots]))
            if told != by_program(package, roots):
                differing[name] = (told, by_program(package, roots))
        page.set_input_files("#roots", [str(path) for path in made.roots])
        page.set_input_files("#zip", str(made.zipped))
        page.get_by_role("heading", name="核验通过").wait_for(timeout=60_000)
    assert differing == {}
