"""The promises of the repository itself: what loads, what is generated, what is published."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

import pytest

from conftest import TOP

FACES: Final = {"textual", "rich"}
FRAMES: Final = {"pandas", "numpy"}
COMMAND: Final = "import sys; from etfcompare.__main__ import main; sys.exit(main())"
FOREIGN: Final = re.compile(r"/(?:root|work|tmp)/|pypi\.org|pythonhosted\.org|anaconda\.org")
"""Folders of one machine, and hosts of registries."""
LOADED: Final = re.compile(r"^import time:[^|]*\|[^|]*\| +([\w.]+)$", re.MULTILINE)


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, cwd=TOP
    )


def libraries_loaded_by(code: str, *arguments: str) -> set[str]:
    """Top-level packages that a fresh interpreter imports to run the code."""
    run = python("-X", "importtime", "-c", code, *arguments)
    loaded = {name.partition(".")[0] for name in LOADED.findall(run.stderr)}
    assert run.returncode in {0, 1}, run.stderr
    assert "etfcompare" in loaded
    return loaded


def output_of(*arguments: str) -> str:
    run = python("-c", COMMAND, *arguments)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.parametrize("module", ["catalogue.reader", "engine.figures"])
def test_reading_and_computing_need_neither_frames_nor_faces(module: str) -> None:
    loaded = libraries_loaded_by(f"import etfcompare.{module}")
    assert not loaded & (FACES | FRAMES | {"click"})


@pytest.mark.parametrize("command", ["rank", "check"])
def test_quick_commands_start_without_frames_and_faces(command: str, catalogue_path: Path) -> None:
    loaded = libraries_loaded_by(COMMAND, command, "--catalogue", str(catalogue_path))
    assert "yaml" in loaded
    assert not loaded & (FACES | FRAMES)


@pytest.mark.parametrize(
    ("file", "arguments"),
    [
        ("docs/figures.md", ["figures", "--markdown"]),
        ("etfcompare.schema.json", ["schema"]),
    ],
)
def test_generated_files_are_current(file: str, arguments: list[str]) -> None:
    assert (TOP / file).read_text(encoding="utf-8") == output_of(*arguments), "run `make docs`"


def test_wheel_carries_the_catalogue_and_the_types(tmp_path: Path) -> None:
    build = python("-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path))
    assert build.returncode == 0, build.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        catalogue = archive.read("etfcompare/products.yaml")
    assert {"etfcompare/__main__.py", "etfcompare/py.typed"} <= names
    assert catalogue == (TOP / "products.yaml").read_bytes()


def test_tracked_files_name_no_machine_and_no_registry() -> None:
    if shutil.which("git") is None or not (TOP / ".git").exists():
        pytest.skip("not a working copy")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], capture_output=True, text=True, check=True, cwd=TOP
    ).stdout.split("\0")
    texts = (
        (name, (TOP / name).read_text(encoding="utf-8", errors="replace"))
        for name in listed
        if (TOP / name).is_file()
    )
    found = [f"{name}: {hit.group()}" for name, text in texts for hit in FOREIGN.finditer(text)]
    assert not found


def test_constraints_are_names_and_versions_in_order() -> None:
    lines = (TOP / "constraints.txt").read_text(encoding="utf-8").splitlines()
    names = [line.partition("==")[0].lower() for line in lines]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    assert names == sorted(names)
