"""Watching: what is noticed, when, and what is not worth a word. Time is counted, not spent."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from threading import Event
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etfcompare.catalogue.composer import Limits
from etfcompare.catalogue.lookout import look_out
from etfcompare.catalogue.saving import save
from etfcompare.catalogue.store import read_bytes
from etfcompare.catalogue.watching import (
    PATIENCE_SECONDS,
    POLL_SECONDS,
    SECOND_LOOK_SECONDS,
    Change,
    Changed,
    Unreadable,
    Vanished,
    Watcher,
)
from etfcompare.errors import UnreadableError

OLD: Final = b"products: [old]\n"
NEW: Final = b"products: [new]\n"
PHASES: Final = [0.01, 0.1, 0.2, 0.29, 0.3, 0.31, 0.4, 0.49]
"""Seconds from a look to the next change."""

Action = Callable[[], object]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def changed(content: bytes) -> Changed:
    return Changed(content, digest(content))


class Desk:
    """A catalogue on disk, a watcher that knows it, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "products.yaml"
        self.now = 0.0
        self._next_look = 0.0
        self._stamps = itertools.count(1_700_000_000_000_000_000, 1_000_000_000)
        self.write(OLD)
        self.watcher = Watcher(self.path, digest(OLD))

    def write(self, content: bytes) -> None:
        """Write in place; as no time passes here, the time of the change is given."""
        self.path.write_bytes(content)
        self._stamp(self.path)

    def rename(self, content: bytes) -> None:
        """Write as most editors do: beside the file, then over it."""
        beside = self.path.with_name("beside")
        beside.write_bytes(content)
        self._stamp(beside)
        beside.replace(self.path)

    def _stamp(self, path: Path) -> None:
        stamp = next(self._stamps)
        os.utime(path, ns=(stamp, stamp))

    def pass_time(self, seconds: float) -> list[Change]:
        """Let time pass with a look whenever one is due; returns what was reported."""
        end = self.now + seconds
        reports = []
        while self._next_look <= end:
            self.now = self._next_look
            report = self.watcher.poll(self.now)
            self._next_look = self.now + self.watcher.pause_seconds
            if report is not None:
                reports.append(report)
        self.now = end
        return reports

    def play(self, script: Iterable[tuple[float, Action]]) -> list[Change]:
        """Do each action after so many seconds, then let all come to rest."""
        reports = self.pass_time(5)
        assert reports == []
        for seconds, action in script:
            reports += self.pass_time(seconds)
            action()
        return reports + self.pass_time(5)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    folder = tmp_path / "catalogues"
    folder.mkdir()
    return Desk(folder)


def test_a_file_that_nobody_touches_is_not_worth_a_word(desk: Desk) -> None:
    assert desk.pass_time(60) == []


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("way", [Desk.write, Desk.rename])
def test_a_change_shows_within_a_second(
    way: Callable[[Desk, bytes], None], phase: float, desk: Desk
) -> None:
    desk.pass_time(5 + phase)
    way(desk, NEW)
    assert desk.pass_time(1) == [changed(NEW)]
    assert desk.pass_time(60) == []


def test_a_change_before_the_first_look_shows(desk: Desk) -> None:
    desk.write(NEW)
    assert desk.pass_time(1) == [changed(NEW)]


def test_a_change_that_keeps_size_and_time_shows(desk: Desk) -> None:
    desk.pass_time(5)
    before = desk.path.stat()
    desk.rename(NEW)
    os.utime(desk.path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert desk.path.stat().st_size == before.st_size
    assert desk.pass_time(1) == [changed(NEW)]


def test_w01_of_fifty_saves_each_shows_that_rests_and_the_last_always(desk: Desk) -> None:
    texts = [b"save: %d\n" % number for number in range(50)]
    rested = desk.play((1.0, partial(desk.rename, text)) for text in texts)
    assert rested == list(map(changed, texts))
    at_once = desk.play((0.0, partial(desk.rename, text)) for text in reversed(texts))
    assert at_once == [changed(texts[0])]


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("pause", [0.3, 1.0, 2.4])
def test_w03_a_file_that_is_emptied_and_then_written_never_shows_empty(
    pause: float, phase: float, desk: Desk
) -> None:
    reports = desk.play(
        [(phase, lambda: desk.write(b"")), (pause, lambda: desk.write(NEW))],
    )
    assert reports == [changed(NEW)]


def test_a_file_that_stays_empty_shows_in_the_end(desk: Desk) -> None:
    assert desk.play([(0.1, lambda: desk.write(b""))]) == [changed(b"")]
    assert desk.play([(0.1, lambda: desk.write(NEW))]) == [changed(NEW)]


def test_w04_a_writer_that_rests_in_the_middle_shows_twice_and_the_whole_last(
    desk: Desk,
) -> None:
    reports = desk.play([(0.1, lambda: desk.write(NEW[:5])), (2.0, lambda: desk.write(NEW))])
    assert reports == [changed(NEW[:5]), changed(NEW)]


def test_w04_a_writer_that_does_not_rest_shows_once(desk: Desk) -> None:
    script = [(0.2, partial(desk.write, NEW[:end])) for end in range(1, 11)]
    assert desk.play([*script, (0.2, lambda: desk.write(NEW))]) == [changed(NEW)]


def test_a_file_that_never_rests_shows_every_three_seconds(desk: Desk) -> None:
    numbers = itertools.count()
    reports = []
    desk.pass_time(5)
    for _ in range(1_000):
        desk.rename(b"count: %d\n" % next(numbers))
        reports += desk.pass_time(0.03)
    assert 30 / (PATIENCE_SECONDS + 2 * POLL_SECONDS) <= len(reports) <= 30 / PATIENCE_SECONDS
    last = desk.path.read_bytes()
    assert desk.pass_time(5)[-1:] == [changed(last)]


def test_a_change_within_one_tick_of_a_coarse_clock_shows(tmp_path: Path) -> None:
    path = tmp_path / "products.yaml"
    path.write_bytes(OLD)
    tick = 0

    def stat(path: Path) -> os.stat_result:
        fields = (0o100644, 1, 1, 1, 0, 0, path.stat().st_size, tick, tick, tick)
        return os.stat_result(fields, {"st_mtime_ns": tick, "st_ctime_ns": tick})

    watcher = Watcher(path, digest(OLD), stat=stat)
    reports: list[Change | None] = []
    while not any(reports):
        tick += 1
        path.write_bytes(NEW)
        reports.append(watcher.poll(tick * 0.5))
    path.write_bytes(OLD)
    reports += [watcher.poll((tick + later) * 0.5) for later in (1, 2, 3)]
    assert [report for report in reports if report] == [changed(NEW), changed(OLD)]


def test_a_file_that_moves_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    meddling = iter([b"half", NEW])

    def read(path: Path) -> bytes:
        content = read_bytes(path)
        for text in itertools.islice(meddling, 1):
            desk.write(text)
        return content

    desk.watcher = Watcher(desk.path, digest(OLD), read=read)
    assert desk.pass_time(5) == [changed(NEW)]


def test_w05_a_text_that_comes_back_shows_each_time(desk: Desk) -> None:
    reports = desk.play([(1, lambda: desk.write(b"a: [\n")), (2, lambda: desk.write(OLD))])
    assert reports == [changed(b"a: [\n"), changed(OLD)]


@pytest.mark.parametrize(
    "action",
    [
        lambda desk: os.utime(desk.path),
        lambda desk: desk.path.chmod(0o600),
        lambda desk: desk.write(OLD),
        lambda desk: desk.rename(OLD),
    ],
    ids=["touch", "chmod", "same bytes", "same bytes by rename"],
)
def test_w07_what_leaves_the_bytes_is_not_worth_a_word(
    action: Callable[[Desk], object], desk: Desk
) -> None:
    assert desk.play([(0.1, lambda: action(desk))]) == []


@pytest.mark.parametrize("phase", PHASES)
def test_w08_a_checkout_of_another_branch_shows_once(phase: float, desk: Desk) -> None:
    reports = desk.play([(phase, desk.path.unlink), (0.2, lambda: desk.write(NEW))])
    assert reports == [changed(NEW)]


def test_w09_two_hundred_saves_in_two_seconds_show_at_most_four_times(desk: Desk) -> None:
    texts = [b"save: %d\n" % number for number in range(200)]
    reports = desk.play((0.01, partial(desk.rename, text)) for text in texts)
    assert 1 <= len(reports) <= 4
    assert reports[-1] == changed(texts[-1])


def test_w10_a_link_above_that_is_swapped_shows(tmp_path: Path) -> None:
    for name, content in (("v1", OLD), ("v2", NEW)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "products.yaml").write_bytes(content)
    current = tmp_path / "current"
    current.symlink_to("v1")
    entry = tmp_path / "products.yaml"
    entry.symlink_to("current/products.yaml")
    watcher = Watcher(entry, digest(OLD))
    assert [watcher.poll(now) for now in (0.0, 0.5, 1.0)] == [None] * 3
    new = tmp_path / "new"
    new.symlink_to("v2")
    new.replace(current)
    assert [watcher.poll(now) for now in (1.5, 2.0, 2.5)] == [None, changed(NEW), None]


def test_w10_a_link_that_leads_elsewhere_for_a_moment_is_not_taken_for_one_at_rest(
    tmp_path: Path,
) -> None:
    entry, new = tmp_path / "products.yaml", tmp_path / "new"
    for name, content in (("v1", OLD), ("v2", NEW)):
        (tmp_path / name).write_bytes(content)

    def lead_to(name: str) -> None:
        new.symlink_to(name)
        new.replace(entry)

    lead_to("v1")
    watcher = Watcher(entry, digest(OLD))
    looks = [("v1", 0.0), ("v1", 1.0), ("v2", 2.0), ("v1", 3.0), ("v2", 4.0), ("v2", 5.0)]
    reports = []
    for name, now in looks:
        lead_to(name)
        reports.append(watcher.poll(now))
    assert reports == [None] * 5 + [changed(NEW)]


@pytest.mark.parametrize("phase", PHASES)
def test_w11_an_own_save_is_not_worth_a_word(phase: float, desk: Desk) -> None:
    def save_own() -> None:
        saved = save(desk.path, NEW, expected_sha256=digest(OLD), state_folder=None)
        desk.watcher.expect(saved.sha256)

    reports = desk.play([(phase, save_own), (3, lambda: desk.rename(OLD))])
    assert reports == [changed(OLD)]


def test_w11_a_file_that_was_made_again_by_an_own_save_is_not_worth_a_word(desk: Desk) -> None:
    def make_again() -> None:
        saved = save(desk.path, NEW, expected_sha256=None, state_folder=None)
        desk.watcher.expect(saved.sha256)

    assert desk.play([(1, desk.path.unlink), (3, make_again)]) == [Vanished()]


def test_a_file_that_is_gone_shows_once_and_so_does_its_return(desk: Desk) -> None:
    reports = desk.play([(1, desk.path.unlink), (9, lambda: desk.write(OLD))])
    assert reports == [Vanished(), changed(OLD)]


def test_a_folder_above_that_is_gone_shows_as_the_file_being_gone(desk: Desk) -> None:
    away = desk.path.parent.with_name("away")

    def put_a_file_there() -> None:
        desk.path.parent.rename(away)
        desk.path.parent.touch()

    def bring_back() -> None:
        desk.path.parent.unlink()
        away.rename(desk.path.parent)

    reports = desk.play([(1, put_a_file_there), (9, bring_back)])
    assert reports == [Vanished(), changed(OLD)]


def test_a_folder_in_its_place_shows_as_unreadable(desk: Desk) -> None:
    reports = desk.play(
        [(1, desk.path.unlink), (0, desk.path.mkdir), (9, desk.path.rmdir)],
    )
    assert [type(report) for report in reports] == [Unreadable, Vanished]


def test_w16_a_permission_that_is_removed_shows_once_and_so_does_its_return(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path)

    def read(path: Path) -> bytes:
        if not path.stat().st_mode & 0o400:  # root may read it all the same
            raise UnreadableError("may not be read")
        return read_bytes(path)

    desk.watcher = Watcher(desk.path, digest(OLD), read=read)
    reports = desk.play(
        [(1, lambda: desk.path.chmod(0o000)), (9, lambda: desk.path.chmod(0o600))],
    )
    assert reports == [Unreadable("may not be read"), changed(OLD)]


def test_w16_a_fault_that_passes_without_a_trace_on_the_file_is_noticed(desk: Desk) -> None:
    faults = iter([UnreadableError("stale")] * 3)

    def read(path: Path) -> bytes:
        for fault in itertools.islice(faults, 1):
            raise fault
        return read_bytes(path)

    desk.watcher = Watcher(desk.path, digest(OLD), read=read)
    assert desk.pass_time(9) == [Unreadable("stale"), changed(OLD)]


def test_w16_a_folder_that_may_not_be_entered_shows_as_unreadable(tmp_path: Path) -> None:
    is_closed = False

    def stat(path: Path) -> os.stat_result:
        if is_closed:
            raise PermissionError(13, "Permission denied")
        return path.stat()

    def read(path: Path) -> bytes:
        if is_closed:
            raise UnreadableError("may not be read")
        return read_bytes(path)

    desk = Desk(tmp_path)
    desk.watcher = Watcher(desk.path, digest(OLD), stat=stat, read=read)
    assert desk.pass_time(5) == []
    is_closed = True
    assert desk.pass_time(5) == [Unreadable("may not be read")]
    is_closed = False
    assert desk.pass_time(5) == [changed(OLD)]


def test_w17_a_file_that_outgrows_a_catalogue_shows_once_and_so_does_its_return(
    desk: Desk,
) -> None:
    def grow() -> None:
        os.truncate(desk.path, Limits().size + 1)

    too_large, back = desk.play([(1, grow), (9, lambda: desk.write(NEW))])
    assert isinstance(too_large, Unreadable)
    assert "is larger than 4 MiB" in too_large.message
    assert back == changed(NEW)


@given(
    script=st.lists(
        st.tuples(st.floats(0, 4), st.sampled_from([OLD, NEW, b"", b"half", None]), st.booleans()),
        max_size=8,
    )
)
def test_whatever_happens_the_last_report_is_what_is_there(
    script: list[tuple[float, bytes | None, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    desk = Desk(tmp_path_factory.mktemp("desk"))

    def act(content: bytes | None, *, by_rename: bool) -> None:
        if content is None:
            desk.path.unlink(missing_ok=True)
        elif by_rename:
            desk.rename(content)
        else:
            desk.write(content)

    reports: list[Change] = [changed(OLD)]
    reports += desk.play(
        (seconds, partial(act, content, by_rename=way)) for seconds, content, way in script
    )
    there = changed(desk.path.read_bytes()) if desk.path.exists() else Vanished()
    assert reports[-1] == there
    assert all(one != other for one, other in itertools.pairwise(reports))


def test_the_loop_looks_when_a_look_is_due_until_it_is_told_to_stop(tmp_path: Path) -> None:
    path = tmp_path / "products.yaml"
    path.write_bytes(NEW)
    clock = itertools.count(0.0, 0.4)
    pauses = []

    class Counted(Event):
        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout)
            return len(pauses) == 5

    told: list[Change] = []
    look_out(Watcher(path, digest(OLD)), told.append, Counted(), clock=lambda: next(clock))
    assert told == [changed(NEW)]
    assert pauses == [POLL_SECONDS, SECOND_LOOK_SECONDS, POLL_SECONDS, POLL_SECONDS, POLL_SECONDS]
