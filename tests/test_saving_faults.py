"""Saving while calls of the system fail, the disk is full, or the process is killed."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from etfcompare.catalogue.backups import BACKUPS_KEPT, backups_of, key_of
from etfcompare.catalogue.filesystem import FileSystem
from etfcompare.catalogue.saving import Saved, SaveError, save, stale_temporaries
from etfcompare.errors import EtfcompareError

OLD: Final = b"schema: 1\nproducts: []  # old\n"
NEW: Final = b"schema: 1\nproducts: []  # new, and longer than the old\n"
TOMORROW: Final = 4e9
PATIENCE: Final = 60
"""Seconds after which a process counts as hanging."""
KILLS: Final = 20

Fault = Callable[[], BaseException]
CALLS: Final = frozenset(name for name in vars(FileSystem) if not name.startswith("_"))


class KilledError(BaseException):
    """The process ends here: nothing catches it, and no call is made after it."""


class Faulty(FileSystem):
    """The real file system, until one call fails."""

    def __init__(self, at: int | None = None, fault: Fault = KilledError) -> None:
        self._at = at
        self._fault = fault
        self._is_dead = False
        self.calls: list[str] = []
        self.handles: set[int] = set()

    def __getattribute__(self, name: str) -> object:
        method = super().__getattribute__(name)
        return self._watched(name, method) if name in CALLS else method

    def _watched(self, name: str, method: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            if self._is_dead:
                raise KilledError
            self.calls.append(name)
            fails = len(self.calls) - 1 == self._at
            fault = self._fault() if fails else None
            self._is_dead = isinstance(fault, KilledError)
            # A file that could not be closed well is closed all the same.
            result = method(*arguments) if fault is None or name == "close" else None
            if name == "open" and isinstance(result, int):
                self.handles.add(result)
            if name == "close" and isinstance(arguments[0], int):
                self.handles.remove(arguments[0])
            if fault is not None:
                raise fault
            return result

        return call

    def bury(self) -> None:
        """Do what the end of a process does: close what is open."""
        for handle in self.handles:
            os.close(handle)


class Sketchy(Faulty):
    """A file system that writes eleven bytes at a time."""

    def pwrite(self, handle: int, content: memoryview, offset: int) -> int:
        return super().pwrite(handle, content[:11], offset)


def failure(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


class Place:
    """A catalogue whose save makes every call there is, with as many backups as are kept."""

    def __init__(self, top: Path) -> None:
        self.state = top / "state"
        self.path = top / "catalogues" / "products.yaml"
        self.path.parent.mkdir(parents=True)
        self.path.write_bytes(OLD)
        if os.geteuid() == 0:
            os.chown(self.path, -1, 12345)
        if sys.platform == "linux":
            with suppress(OSError):
                os.setxattr(self.path, "user.note", b"mine")
            with suppress(OSError):
                os.setxattr(self.path.parent, "system.posix_acl_default", ACCESS_LIST)
        self.kept = self.state / "backups" / key_of(self.path)
        self.kept.mkdir(parents=True)
        for number in range(BACKUPS_KEPT):
            (self.kept / f"{number + 1:08}.yaml").write_bytes(b"older")

    def save(self, system: FileSystem, *, in_place: bool = False) -> Saved:
        return save(
            self.path,
            NEW,
            expected_sha256=digest(OLD),
            state_folder=self.state,
            in_place=in_place,
            system=system,
        )

    @property
    def temporaries(self) -> list[Path]:
        assert "products.yaml" in names(self.path.parent)
        return [each for each in self.path.parent.iterdir() if each != self.path]

    @property
    def backups(self) -> list[bytes]:
        return [each.read_bytes() for each in backups_of(self.path, self.state)]


ACCESS_LIST: Final = (2).to_bytes(4, "little") + b"".join(
    tag.to_bytes(2, "little") + (6).to_bytes(2, "little") + who.to_bytes(4, "little")
    for tag, who in ((1, 2**32 - 1), (2, 54321), (4, 2**32 - 1), (16, 2**32 - 1), (32, 2**32 - 1))
)


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Place]:
    return (Place(tmp_path / f"place{number}") for number in range(10_000))


@pytest.fixture(params=[False, True], ids=["replaced", "in place"])
def in_place(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def number_of_calls(place: Place, *, in_place: bool, system: Faulty) -> int:
    place.save(system, in_place=in_place)
    assert system.handles == set()
    assert place.path.read_bytes() == NEW
    return len(system.calls)


def test_the_sweep_reaches_every_call_but_those_of_failures(places: Iterator[Place]) -> None:
    system = Faulty()
    number_of_calls(next(places), in_place=False, system=system)
    spared = {"sleep", "free"}
    if os.geteuid() != 0:
        spared |= {"fchown"}
    if sys.platform != "linux":
        spared |= {"getxattr", "setxattr", "removexattr"}
    missed = CALLS - set(system.calls) - spared
    assert missed <= {"getxattr", "setxattr", "removexattr"}, "only where the disk has none"


@pytest.mark.parametrize(
    "number",
    [errno.EIO, errno.ENOSPC, errno.EACCES, errno.EDQUOT],
    ids=lambda number: errno.errorcode[number],
)
def test_s02_one_failing_call_leaves_the_old_file_or_the_new(
    number: int,
    in_place: bool,  # noqa: FBT001
    places: Iterator[Place],
) -> None:
    for at in range(number_of_calls(next(places), in_place=in_place, system=Faulty())):
        place = next(places)
        system = Faulty(at, partial(failure, number))
        left = OLD
        with suppress(EtfcompareError):
            place.save(system, in_place=in_place)
            left = NEW
        case = f"call {at}: {system.calls[at]}"
        assert place.path.read_bytes() == left, case
        assert place.temporaries == [], case
        assert system.handles == set(), case
        assert set(place.backups) <= {b"older", OLD}, case
        assert len(place.backups) <= BACKUPS_KEPT + 1, case
        assert len(place.backups) == len(names(place.kept)), case
        place.path.write_bytes(OLD)
        assert place.save(FileSystem()).notices == ()
        assert place.path.read_bytes() == NEW


def test_an_interruption_anywhere_leaves_no_temporary_file(
    in_place: bool,  # noqa: FBT001
    places: Iterator[Place],
) -> None:
    for at in range(number_of_calls(next(places), in_place=in_place, system=Faulty())):
        place = next(places)
        system = Faulty(at, KeyboardInterrupt)
        with pytest.raises(KeyboardInterrupt):
            place.save(system, in_place=in_place)
        case = f"call {at}: {system.calls[at]}"
        assert place.path.read_bytes() in {OLD, NEW} or place.backups[-1] == OLD, case
        assert in_place or place.path.read_bytes() in {OLD, NEW}, case
        assert place.temporaries == [], case
        assert system.handles == set(), case


@pytest.mark.parametrize("kind", [Faulty, Sketchy])
def test_s01_a_kill_at_any_call_leaves_the_old_file_or_the_new(
    kind: type[Faulty], places: Iterator[Place]
) -> None:
    count = number_of_calls(next(places), in_place=False, system=kind())
    seen = []
    for at in range(count):
        place = next(places)
        system = kind(at)
        with pytest.raises(KilledError):
            place.save(system)
        system.bury()
        case = f"call {at}: {system.calls[at]}"
        left = place.path.read_bytes()
        assert left in {OLD, NEW}, case
        seen.append(left)
        assert len(place.temporaries) <= 1, case
        assert place.temporaries == stale_temporaries(place.path, now=TOMORROW), case
        assert set(place.backups) <= {b"older", OLD}, case
        assert left == OLD or place.backups[-1] == OLD, case
        saved = save(place.path, b"next", expected_sha256=digest(left), state_folder=place.state)
        assert saved.notices == (), case
    replacing = seen.index(NEW)
    assert seen == [OLD] * replacing + [NEW] * (count - replacing)


def test_s01_a_kill_while_writing_in_place_leaves_a_backup(places: Iterator[Place]) -> None:
    for at in range(number_of_calls(next(places), in_place=True, system=Sketchy())):
        place = next(places)
        system = Sketchy(at)
        with pytest.raises(KilledError):
            place.save(system, in_place=True)
        system.bury()
        assert place.path.read_bytes() == OLD or place.backups[-1] == OLD, system.calls[at]
        assert place.temporaries == []


REWRITE: Final = """
import hashlib, sys
from pathlib import Path
from etfcompare.catalogue.saving import save
path, state = Path(sys.argv[1]), Path(sys.argv[2])
old = path.read_bytes()
number = int(old.split()[0])
print("ready", flush=True)
while True:
    number += 1
    new = b"%d " % number * 20_000
    save(path, new, expected_sha256=hashlib.sha256(old).hexdigest(), state_folder=state)
    old = new
"""


def test_s01_a_process_that_is_killed_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    moments = random.Random(20261122)  # noqa: S311 - moments, not secrets
    path = tmp_path / "catalogues" / "products.yaml"
    path.parent.mkdir()
    path.write_bytes(b"1000 " * 20_000)
    program = [sys.executable, "-c", REWRITE, str(path), str(tmp_path / "state")]
    numbers = []
    for _ in range(KILLS):
        with subprocess.Popen(program, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            with suppress(subprocess.TimeoutExpired):
                process.wait(moments.uniform(0, 0.03))
            process.kill()
            assert process.wait(PATIENCE) == -9
        left = path.read_bytes()
        number = int(left.split()[0])
        assert left == b"%d " % number * 20_000
        numbers.append(number)
        for backup in backups_of(path, tmp_path / "state"):
            kept = backup.read_bytes()
            assert kept == kept[: kept.index(b" ") + 1] * 20_000
    assert numbers == sorted(numbers)
    assert numbers[-1] > 1000
    assert {path, *stale_temporaries(path, now=TOMORROW)} == set(path.parent.iterdir())


# The disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "etfcompare-test", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a disk of one's own needs the rights of root")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_s03_a_full_disk_keeps_the_old_file(
    in_place: bool,  # noqa: FBT001
    small_disk: Path,
    tmp_path: Path,
) -> None:
    path = small_disk / "products.yaml"
    path.write_bytes(OLD)
    with pytest.raises(SaveError, match=r"the disk is full: 100,000 bytes are needed, \d+,\d+ are"):
        save(
            path,
            b"x" * 100_000,
            expected_sha256=digest(OLD),
            state_folder=tmp_path / "state",
            in_place=in_place,
        )
    assert path.read_bytes() == OLD
    assert names(small_disk) == {"products.yaml"}


def test_s03_a_full_disk_for_the_backups_is_said(small_disk: Path, tmp_path: Path) -> None:
    path = tmp_path / "products.yaml"
    path.write_bytes(b"x" * 100_000)
    saved = save(
        path, NEW, expected_sha256=digest(b"x" * 100_000), state_folder=small_disk / "state"
    )
    assert saved.notices == ("no backup was kept: No space left on device",)
    assert path.read_bytes() == NEW
    assert backups_of(path, small_disk / "state") == []


def test_s04_a_disk_that_takes_a_byte_at_a_time_gets_them_all(places: Iterator[Place]) -> None:
    class Slow(FileSystem):
        def pwrite(self, handle: int, content: memoryview, offset: int) -> int:
            return super().pwrite(handle, content[:1], offset)

        def read(self, handle: int, most: int) -> bytes:
            return super().read(handle, min(most, 1))

    place = next(places)
    assert place.save(Slow()).notices == ()
    assert place.path.read_bytes() == NEW
    assert place.backups[-1] == OLD


def test_s05_a_failed_fsync_is_not_tried_again(places: Iterator[Place]) -> None:
    class Failing(Faulty):
        def fsync(self, handle: int) -> None:
            assert handle
            raise failure(errno.EIO)

    place = next(places)
    system = Failing()
    with pytest.raises(SaveError, match="not saved: Input/output error"):
        place.save(system)
    assert system.calls.count("fsync") == 1
    assert "replace" not in system.calls
    assert place.path.read_bytes() == OLD
    assert place.temporaries == []


def test_s06_a_folder_that_is_not_confirmed_on_disk_is_said(places: Iterator[Place]) -> None:
    class Failing(FileSystem):
        def fsync(self, handle: int) -> None:
            if stat.S_ISDIR(os.fstat(handle).st_mode):
                raise failure(errno.EIO)
            super().fsync(handle)

    place = next(places)
    saved = place.save(Failing())
    assert saved.notices == ("saved, durability not confirmed: Input/output error",)
    assert place.path.read_bytes() == NEW


def test_a_write_in_place_that_cannot_be_taken_back_names_the_backup(
    places: Iterator[Place],
) -> None:
    place = next(places)
    inode = place.path.stat().st_ino

    class Broken(FileSystem):
        def pwrite(self, handle: int, content: memoryview, offset: int) -> int:
            if os.fstat(handle).st_ino != inode:
                return super().pwrite(handle, content, offset)
            if offset:
                raise failure(errno.EIO)
            return super().pwrite(handle, content[:20], offset)

    with pytest.raises(SaveError, match="damaged by a failed write") as caught:
        place.save(Broken(), in_place=True)
    backup = backups_of(place.path, place.state)[-1]
    assert str(backup) in str(caught.value)
    assert backup.read_bytes() == OLD


def test_a_full_disk_that_does_not_tell_its_room_is_still_said(places: Iterator[Place]) -> None:
    class Silent(FileSystem):
        def pwrite(self, *_: object) -> int:
            raise failure(errno.EDQUOT)

        def free(self, *_: object) -> int:
            raise failure(errno.EIO)

    with pytest.raises(SaveError, match="quota is used up: 55 bytes are needed, fewer are free"):
        next(places).save(Silent())
