"""Saving: what is kept, what is refused, and what happens beside other programs."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etfcompare.catalogue import places
from etfcompare.catalogue.backups import BACKUPS_KEPT, backups_of, key_of
from etfcompare.catalogue.composer import Limits
from etfcompare.catalogue.filesystem import FileSystem
from etfcompare.catalogue.saving import Saved, SaveError, save, stale_temporaries
from etfcompare.errors import ConflictError, UnreadableError

OLD: Final = b"schema: 1\nproducts: []  # old\n"
NEW: Final = b"schema: 1\nproducts: []  # new\n"
OTHER: Final = b"schema: 1\nproducts: []  # somebody else's\n"
PATIENCE: Final = 60
"""Seconds after which a process counts as hanging."""
NOBODY: Final = 65534


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "catalogues"
    folder.mkdir()
    return folder


@pytest.fixture
def path(folder: Path) -> Path:
    path = folder / "products.yaml"
    path.write_bytes(OLD)
    return path


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def commoner() -> Iterator[Path]:
    """A folder of a user who is not root, as whom the test runs."""
    own = Path(tempfile.mkdtemp(prefix="etfcompare-"))
    is_root = os.geteuid() == 0
    if is_root:
        os.chown(own, NOBODY, NOBODY)
        os.setegid(NOBODY)
        os.seteuid(NOBODY)
    try:
        yield own
    finally:
        if is_root:
            os.seteuid(0)
            os.setegid(0)
        own.chmod(0o700)
        shutil.rmtree(own)


def replaced(path: Path, state: Path | None, *, in_place: bool = False) -> Saved:
    return save(path, NEW, expected_sha256=digest(OLD), state_folder=state, in_place=in_place)


# What a save does


def test_a_save_writes_the_file_and_keeps_what_it_held(path: Path, state: Path) -> None:
    saved = replaced(path, state)
    assert path.read_bytes() == NEW
    assert saved.sha256 == digest(NEW)
    assert saved.notices == ()
    assert saved.backup is not None
    assert saved.backup.read_bytes() == OLD
    assert names(path.parent) == {"products.yaml"}


@given(old=st.binary(max_size=2), new=st.binary(max_size=50), read=st.binary(max_size=2))
def test_a_save_writes_only_over_what_was_read(old: bytes, new: bytes, read: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "products.yaml"
        path.write_bytes(old)
        if old == read:
            save(path, new, expected_sha256=digest(read), state_folder=None)
            assert path.read_bytes() == new
        else:
            with pytest.raises(ConflictError) as caught:
                save(path, new, expected_sha256=digest(read), state_folder=None)
            assert caught.value.current == path.read_bytes() == old


@pytest.mark.parametrize("links", [1, 3])
def test_s07_links_are_followed_and_stay_links(
    links: int, path: Path, state: Path, tmp_path: Path
) -> None:
    target = path
    for number in range(links):
        below = tmp_path / f"folder{number}"
        below.mkdir()
        link = below / "link.yaml"
        link.symlink_to(os.path.relpath(target, below))
        target = link
    saved = replaced(target, state)
    assert path.read_bytes() == NEW
    for number in range(links):
        assert (tmp_path / f"folder{number}" / "link.yaml").is_symlink()
        assert names(tmp_path / f"folder{number}") == {"link.yaml"}
    assert backups_of(target, state) == backups_of(path, state) == [saved.backup]


def test_a_link_that_leads_back_to_itself_is_refused(folder: Path, state: Path) -> None:
    link = folder / "link.yaml"
    link.symlink_to("link.yaml")
    with pytest.raises(UnreadableError, match="leads back to itself"):
        replaced(link, state)


def test_s09_a_link_that_leads_elsewhere_by_now_is_a_conflict(path: Path, state: Path) -> None:
    other = path.with_name("other.yaml")
    other.write_bytes(OTHER)
    link = path.with_name("link.yaml")
    link.symlink_to("other.yaml")
    with pytest.raises(ConflictError) as caught:
        replaced(link, state)
    assert caught.value.current == OTHER
    assert (path.read_bytes(), other.read_bytes()) == (OLD, OTHER)


def test_s09_a_link_swapped_during_the_save_is_a_conflict(path: Path, state: Path) -> None:
    twin = path.with_name("twin.yaml")
    twin.write_bytes(OLD)
    link = path.with_name("link.yaml")
    link.symlink_to("products.yaml")

    class Swapping(FileSystem):
        def fsync(self, handle: int) -> None:
            super().fsync(handle)
            link.unlink(missing_ok=True)
            link.symlink_to("twin.yaml")

    with pytest.raises(ConflictError):
        save(link, NEW, expected_sha256=digest(OLD), state_folder=state, system=Swapping())
    assert (path.read_bytes(), twin.read_bytes()) == (OLD, OLD)
    assert names(path.parent) == {"products.yaml", "twin.yaml", "link.yaml"}


@pytest.mark.parametrize("mode", [0o640, 0o600, 0o644, 0o666, 0o755])
def test_s10_the_permissions_are_kept(mode: int, path: Path, state: Path) -> None:
    path.chmod(mode)
    replaced(path, state)
    assert path.stat().st_mode & 0o7777 == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file to a group it is not in")
def test_s10_the_group_is_kept_in_a_folder_that_gives_new_files_its_own(
    path: Path, state: Path
) -> None:
    os.chown(path.parent, 0, NOBODY)
    path.parent.chmod(0o2775)
    os.chown(path, 0, 12345)
    path.chmod(0o664)
    replaced(path, state)
    assert (path.stat().st_uid, path.stat().st_gid) == (0, 12345)
    assert path.stat().st_mode & 0o7777 == 0o664


@pytest.mark.skipif(sys.platform != "linux", reason="no extended attributes here")
def test_s10_extended_attributes_are_kept(path: Path, state: Path) -> None:
    if sys.platform == "linux":
        _set_attribute(path, "user.note", b"mine")
        replaced(path, state)
        assert os.getxattr(path, "user.note") == b"mine"


@pytest.mark.skipif(sys.platform != "linux", reason="no access lists of this kind here")
def test_s10_the_access_list_is_kept_and_that_of_the_folder_not_taken(
    path: Path, state: Path
) -> None:
    if sys.platform == "linux":
        listed = _access_list(user=12345)
        _set_attribute(path, "system.posix_acl_access", listed)
        plain = path.with_name("plain.yaml")
        plain.write_bytes(OLD)
        plain.chmod(0o640)
        _set_attribute(path.parent, "system.posix_acl_default", _access_list(user=54321))
        replaced(path, state)
        replaced(plain, state)
        assert os.getxattr(path, "system.posix_acl_access") == listed
        assert "system.posix_acl_access" not in os.listxattr(plain)
        assert plain.stat().st_mode & 0o777 == 0o640


def _set_attribute(path: Path, name: str, content: bytes) -> None:
    if sys.platform == "linux":
        try:
            os.setxattr(path, name, content)
        except OSError as error:
            pytest.skip(f"this file system has no {name}: {error.strerror}")


def _access_list(*, user: int) -> bytes:
    """Read and write for the owner and a user, read for the group, as Linux stores it."""
    anybody = 0xFFFFFFFF
    entries = [(1, 6, anybody), (2, 6, user), (4, 4, anybody), (16, 6, anybody), (32, 0, anybody)]
    packed = (
        tag.to_bytes(2, "little") + may.to_bytes(2, "little") + who.to_bytes(4, "little")
        for tag, may, who in entries
    )
    return (2).to_bytes(4, "little") + b"".join(packed)


@pytest.mark.parametrize("failing", ["fchown", "setxattr", "fchmod"])
def test_s10_s11_what_cannot_be_kept_is_asked_about(
    failing: str, path: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = FileSystem()

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    def with_other_owner(handle: int) -> os.stat_result:
        fields = list(os.fstat(handle))
        fields[4] += 1
        return os.stat_result(fields)

    def one_attribute(file: Path | int) -> list[str]:
        return [] if isinstance(file, int) else ["user.note"]

    monkeypatch.setattr(system, failing, refuse)
    if failing == "fchown":
        monkeypatch.setattr(system, "fstat", with_other_owner)
    if failing == "setxattr":
        monkeypatch.setattr(system, "listxattr", one_attribute)
        monkeypatch.setattr(system, "getxattr", lambda *_: b"mine")
    with pytest.raises(SaveError, match="in place") as caught:
        save(path, NEW, expected_sha256=digest(OLD), state_folder=state, system=system)
    assert caught.value.may_write_in_place
    assert path.read_bytes() == OLD
    assert names(path.parent) == {"products.yaml"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a file of another user")
def test_s11_a_file_of_another_user_is_written_in_place_if_the_user_says_so(
    commoner: Path,
) -> None:
    path = commoner / "products.yaml"
    path.write_bytes(OLD)
    path.chmod(0o664)
    os.seteuid(0)
    os.chown(path, 12345, NOBODY)
    os.seteuid(NOBODY)
    with pytest.raises(SaveError, match="owner") as caught:
        replaced(path, commoner / "state")
    assert caught.value.may_write_in_place
    assert path.read_bytes() == OLD
    saved = replaced(path, commoner / "state", in_place=True)
    assert path.read_bytes() == NEW
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, NOBODY)
    assert saved.backup is not None
    assert saved.backup.read_bytes() == OLD


@pytest.mark.parametrize("in_place", [False, True])
def test_s13_a_read_only_file_is_left_alone(in_place: bool, path: Path, state: Path) -> None:  # noqa: FBT001
    path.chmod(0o444)
    with pytest.raises(SaveError, match="read-only"):
        replaced(path, state, in_place=in_place)
    assert path.read_bytes() == OLD
    assert path.stat().st_mode & 0o777 == 0o444
    assert names(path.parent) == {"products.yaml"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a file of another user")
def test_s13_a_file_that_the_user_may_not_write_is_left_alone_in_an_own_folder(
    commoner: Path,
) -> None:
    path = commoner / "products.yaml"
    path.write_bytes(OLD)
    os.seteuid(0)
    os.chown(path, 0, 0)
    os.seteuid(NOBODY)
    with pytest.raises(SaveError, match="you may not write"):
        replaced(path, commoner / "state")
    assert path.read_bytes() == OLD


def test_a_read_only_folder_is_asked_about(commoner: Path) -> None:
    folder = commoner / "catalogues"
    folder.mkdir()
    path = folder / "products.yaml"
    path.write_bytes(OLD)
    folder.chmod(0o555)
    with pytest.raises(SaveError, match="in place") as caught:
        replaced(path, commoner / "state")
    assert caught.value.may_write_in_place
    assert path.read_bytes() == OLD
    replaced(path, commoner / "state", in_place=True)
    assert path.read_bytes() == NEW
    folder.chmod(0o755)


def test_hard_links_are_asked_about(path: Path, state: Path) -> None:
    twin = path.with_name("twin.yaml")
    twin.hardlink_to(path)
    with pytest.raises(SaveError, match="2 names") as caught:
        replaced(path, state)
    assert caught.value.may_write_in_place
    assert twin.read_bytes() == OLD
    saved = replaced(path, state, in_place=True)
    assert path.read_bytes() == twin.read_bytes() == NEW
    assert path.stat().st_nlink == 2
    assert saved.backup is not None
    assert saved.backup.read_bytes() == OLD


def test_writing_in_place_cuts_a_longer_text(path: Path, state: Path) -> None:
    inode = path.stat().st_ino
    save(path, b"short\n", expected_sha256=digest(OLD), state_folder=state, in_place=True)
    assert path.read_bytes() == b"short\n"
    assert path.stat().st_ino == inode


def test_nothing_is_written_in_place_without_a_backup(path: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    for state in (None, blocked):
        with pytest.raises(SaveError, match="no backup"):
            replaced(path, state, in_place=True)
        assert path.read_bytes() == OLD


# What somebody else did meanwhile


def test_s15_s16_a_change_by_another_program_is_a_conflict_with_its_text(
    path: Path, state: Path
) -> None:
    path.write_bytes(OTHER)
    with pytest.raises(ConflictError, match="nothing was written") as caught:
        replaced(path, state)
    assert caught.value.current == OTHER
    assert caught.value.exit_code == 4
    assert path.read_bytes() == OTHER
    saved = save(path, NEW, expected_sha256=digest(OTHER), state_folder=state)
    assert path.read_bytes() == NEW
    assert saved.backup is not None
    assert saved.backup.read_bytes() == OTHER


@pytest.mark.parametrize("in_place", [False, True])
def test_a_change_during_the_save_is_a_conflict(in_place: bool, path: Path, state: Path) -> None:  # noqa: FBT001
    class Meddling(FileSystem):
        def fsync(self, handle: int) -> None:
            super().fsync(handle)
            path.write_bytes(OTHER)

    with pytest.raises(ConflictError) as caught:
        save(
            path,
            NEW,
            expected_sha256=digest(OLD),
            state_folder=state,
            in_place=in_place,
            system=Meddling(),
        )
    assert caught.value.current == OTHER
    assert path.read_bytes() == OTHER
    assert names(path.parent) == {"products.yaml"}
    assert backups_of(path, state) == []


def test_s19_a_file_that_is_gone_is_made_again_only_on_request(path: Path, state: Path) -> None:
    path.unlink()
    with pytest.raises(ConflictError, match="no longer there") as caught:
        replaced(path, state)
    assert caught.value.current is None
    assert names(path.parent) == set()
    saved = save(path, NEW, expected_sha256=None, state_folder=state)
    assert path.read_bytes() == NEW
    assert saved.backup is None


def test_s19_a_file_that_came_back_is_not_made_again(path: Path, state: Path) -> None:
    with pytest.raises(ConflictError, match="is there by now") as caught:
        save(path, NEW, expected_sha256=None, state_folder=state)
    assert caught.value.current == OLD
    assert path.read_bytes() == OLD


def test_s20_a_folder_in_its_place_is_refused(path: Path, state: Path) -> None:
    path.unlink()
    path.mkdir()
    with pytest.raises(UnreadableError, match="is a folder"):
        replaced(path, state)
    assert path.is_dir()


def test_a_file_that_outgrew_a_catalogue_is_refused_unread(path: Path, state: Path) -> None:
    class Unread(FileSystem):
        def read(self, *_: object) -> bytes:
            pytest.fail("it was read")

    os.truncate(path, Limits().size + 1)
    with pytest.raises(UnreadableError, match="larger than 4 MiB"):
        save(path, NEW, expected_sha256=digest(OLD), state_folder=state, system=Unread())


INCREMENT: Final = """
import hashlib, sys
from pathlib import Path
from etfcompare.catalogue.saving import save
from etfcompare.errors import ConflictError
path, state, times = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
while times:
    old = path.read_bytes()
    new = b"%d" % (int(old) + 1)
    try:
        save(path, new, expected_sha256=hashlib.sha256(old).hexdigest(), state_folder=state)
    except ConflictError:
        continue
    times -= 1
"""


def test_s21_two_instances_lose_nothing(path: Path, state: Path) -> None:
    path.write_bytes(b"0")
    program = [sys.executable, "-c", INCREMENT, str(path), str(state), "300"]
    instances = [subprocess.Popen(program) for _ in range(2)]
    assert [instance.wait(PATIENCE) for instance in instances] == [0, 0]
    assert path.read_bytes() == b"600"
    assert names(path.parent) == {"products.yaml"}
    assert len(backups_of(path, state)) == BACKUPS_KEPT


HOLD: Final = """
import fcntl, sys, time
lock = open(sys.argv[1], "w")
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(600)
"""


def test_s22_the_lock_of_a_killed_instance_is_free_at_once(path: Path, state: Path) -> None:
    lock = state / "locks" / f"{key_of(path)}.lock"
    lock.parent.mkdir(parents=True)
    naps = 0

    class Counting(FileSystem):
        def sleep(self, seconds: float) -> None:
            nonlocal naps
            assert seconds < 0.1
            naps += 1

    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)], stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(SaveError, match="another instance"):
            save(path, NEW, expected_sha256=digest(OLD), state_folder=state, system=Counting())
        assert path.read_bytes() == OLD
        assert naps > 100
        holder.kill()
    naps = 0
    saved = save(path, NEW, expected_sha256=digest(OLD), state_folder=state, system=Counting())
    assert (naps, saved.notices) == (0, ())
    assert path.read_bytes() == NEW


def test_without_locks_the_digest_alone_has_to_do(path: Path, state: Path) -> None:
    class Remote(FileSystem):
        def flock(self, handle: int) -> None:
            assert handle
            raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    saved = save(path, NEW, expected_sha256=digest(OLD), state_folder=state, system=Remote())
    assert path.read_bytes() == NEW
    assert saved.notices == ("saved without a lock: No locks available",)


@pytest.mark.parametrize("kind", ["lock", "unfinished"])
def test_a_link_in_the_state_folder_is_not_followed(kind: str, path: Path, state: Path) -> None:
    victim = path.with_name("victim")
    victim.write_bytes(b"precious")
    link = {
        "lock": state / "locks" / f"{key_of(path)}.lock",
        "unfinished": state / "backups" / key_of(path) / "unfinished",
    }[kind]
    link.parent.mkdir(parents=True)
    link.symlink_to(victim)
    saved = replaced(path, state)
    assert path.read_bytes() == NEW
    assert victim.read_bytes() == b"precious"
    assert len(saved.notices) == 1


# Backups and what is left over


@pytest.mark.parametrize("kind", ["none", "unwritable"])
def test_s25_without_a_state_folder_it_works_and_says_that_nothing_is_kept(
    kind: str, path: Path, tmp_path: Path
) -> None:
    state = None if kind == "none" else tmp_path / "file" / "state"
    (tmp_path / "file").touch()
    saved = replaced(path, state)
    assert path.read_bytes() == NEW
    assert saved.backup is None
    lock, backup = saved.notices
    assert lock.startswith("saved without a lock: ")
    assert backup.startswith("no backup was kept: ")


def test_s26_the_last_twenty_versions_are_kept_for_the_user_alone(path: Path, state: Path) -> None:
    versions = [b"version: %d\n" % number for number in range(BACKUPS_KEPT + 2)]
    path.write_bytes(versions[0])
    for old, new in pairwise(versions):
        save(path, new, expected_sha256=digest(old), state_folder=state)
    backups = backups_of(path, state)
    assert [each.read_bytes() for each in backups] == versions[1:-1]
    assert {each.stat().st_mode & 0o777 for each in backups} == {0o600}
    assert backups[0].parent.stat().st_mode & 0o777 == 0o700
    assert names(backups[0].parent) == {each.name for each in backups}


def test_s27_undo_follows_the_rules_of_conflicts(path: Path, state: Path) -> None:
    saved = replaced(path, state)
    path.write_bytes(OTHER)
    with pytest.raises(ConflictError) as caught:
        save(path, OLD, expected_sha256=saved.sha256, state_folder=state)
    assert caught.value.current == OTHER
    path.write_bytes(NEW)
    save(path, OLD, expected_sha256=saved.sha256, state_folder=state)
    assert path.read_bytes() == OLD


def test_a_catalogue_that_was_never_saved_has_no_backups(path: Path, state: Path) -> None:
    assert backups_of(path, state) == []


def test_s28_only_own_temporary_files_of_a_crash_long_ago_are_offered(path: Path) -> None:
    long_ago, now = 1_700_000_000, 1_700_010_000
    ours = path.with_name(".products.yaml.0123456789abcdef.tmp")
    others = [
        ".products.yaml.swp",
        ".products.yaml.tmp",
        ".products.yaml.0123456789abcdef.tmp~",
        ".other.yaml.0123456789abcdef.tmp",
        ".products.yaml.0123456789abcdeg.tmp",
        "products.yaml.0123456789abcdef.tmp",
    ]
    for each in (ours, *map(path.with_name, others)):
        each.touch()
        os.utime(each, (long_ago, long_ago))
    recent = path.with_name(".products.yaml.fedcba9876543210.tmp")
    recent.touch()
    os.utime(recent, (now - 60, now - 60))
    link = path.with_name(".products.yaml.00000000ffffffff.tmp")
    link.symlink_to(ours)
    assert stale_temporaries(path, now=now) == [ours]
    entry = path.with_name("entry.yaml")
    entry.symlink_to(path)
    assert stale_temporaries(entry, now=now) == [ours]
    assert stale_temporaries(path.parent / "none" / "products.yaml", now=now) == []


def test_the_longest_name_can_be_saved(folder: Path, state: Path) -> None:
    path = folder / ("ä" * 125 + ".yaml")
    path.write_bytes(OLD)
    replaced(path, state)
    assert path.read_bytes() == NEW


@pytest.mark.parametrize("has_state", [True, False])
def test_s31_identical_bytes_are_not_written(has_state: bool, path: Path, state: Path) -> None:  # noqa: FBT001
    os.utime(path, ns=(1, 1))
    before = (path.stat().st_ino, path.stat().st_mtime_ns, path.stat().st_ctime_ns)
    saved = save(path, OLD, expected_sha256=digest(OLD), state_folder=state if has_state else None)
    assert (path.stat().st_ino, path.stat().st_mtime_ns, path.stat().st_ctime_ns) == before
    assert saved == Saved(sha256=digest(OLD), backup=None, notices=())
    assert backups_of(path, state) == []


# Where the state is kept


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"XDG_STATE_HOME": "/state", "HOME": "/home/ann"}, Path("/state/etfcompare")),
        (
            {"XDG_STATE_HOME": "state", "HOME": "/home/ann"},
            Path("/home/ann/.local/state/etfcompare"),
        ),
        ({"HOME": "/home/ann"}, Path("/home/ann/.local/state/etfcompare")),
        ({"HOME": "ann"}, None),
        ({}, None),
    ],
)
def test_state_is_kept_where_the_platform_wants_it(
    environ: dict[str, str], folder: Path | None
) -> None:
    assert places.state_folder(environ) == folder
