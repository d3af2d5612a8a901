"""The user's own settings: read as far as they can be used, changed without losing anything."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from etfcompare.catalogue.view_edits import ViewText
from etfcompare.errors import ConflictError, EtfcompareError
from etfcompare.settings import MOST_BYTES, Settings, read_settings

MINE = ViewText(name="Mine", sort="-net_yield", where="sol", columns=("ticker", "aum"))


@pytest.fixture
def path() -> Path:
    """Where the settings are, in a folder that is not there yet."""
    return Path(os.environ["XDG_CONFIG_HOME"]) / "etfcompare" / "settings.yaml"


def written(path: Path, text: str | bytes) -> Settings:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_settings(os.environ)


def test_without_a_file_the_usual_settings_hold_and_nothing_is_made(path: Path) -> None:
    settings = read_settings(os.environ)
    assert (settings.views, settings.theme, dict(settings.keys)) == ((), None, {})
    assert (settings.path, settings.notice) == (path, None)
    assert not path.parent.exists()


def test_without_a_file_one_call_asks_for_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []
    really_open = os.open

    def noting(name: Path, flags: int, mode: int = 0o777) -> int:
        asked.append(name)
        return really_open(name, flags, mode)

    monkeypatch.setattr(os, "open", noting)
    read_settings(os.environ)
    assert asked == [path]


def test_without_a_home_there_are_no_settings_and_none_are_saved() -> None:
    settings = read_settings({})
    assert (settings.path, settings.notice) == (None, None)
    with pytest.raises(EtfcompareError, match="neither XDG_CONFIG_HOME nor HOME"):
        settings.save_view(MINE)


def test_views_theme_and_keys_are_read(path: Path) -> None:
    settings = written(
        path,
        "views:\n- {name: Mine, where: sol, horizon: 3y}\ntheme: nord\n"
        'keys: {edit: "f4, e", undo: [u, ctrl+z], open: v, quit: }\n',
    )
    assert settings.notice is None
    assert [one.name for one in settings.views] == ["Mine"]
    assert settings.theme == "nord"
    assert dict(settings.keys) == {"edit": ("f4", "e"), "undo": ("u", "ctrl+z"), "open": ("v",)}


def test_an_empty_file_says_nothing(path: Path) -> None:
    assert written(path, "# later\n").notice is None


@pytest.mark.parametrize(
    ("content", "notice"),
    [
        (b"views: [\n", ":2:1: error: "),
        (b"theme: \xff\n", ":1:8: error: byte 0xFF is not UTF-8; save the file as UTF-8; "),
        (b"x" * (MOST_BYTES + 1), ": is larger than 1 MiB; "),
        (b"a: &a [*a]\n", ":1:8: error: a: alias"),
    ],
)
def test_a_file_that_cannot_be_read_leaves_the_usual_settings_and_a_line(
    path: Path, content: bytes, notice: str
) -> None:
    settings = written(path, content)
    assert (settings.views, settings.theme, dict(settings.keys)) == ((), None, {})
    assert settings.notice is not None
    assert settings.notice.startswith(f"{path}{notice}")
    assert settings.notice.endswith("; the usual settings hold")
    assert "\n" not in settings.notice
    with pytest.raises(EtfcompareError) as caught:
        settings.save_view(MINE)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == content


def test_a_folder_in_place_of_the_file_leaves_the_usual_settings_and_a_line(path: Path) -> None:
    path.mkdir(parents=True)
    settings = read_settings(os.environ)
    assert settings.notice == f"{path}: is a folder; the usual settings hold"
    with pytest.raises(EtfcompareError, match="is a folder"):
        settings.save_view(MINE)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_leaves_the_usual_settings_and_a_line(path: Path) -> None:
    written(path, "theme: nord\n")
    path.chmod(0)
    settings = read_settings(os.environ)
    assert (settings.theme, settings.notice) == (
        None,
        f"{path}: may not be read; the usual settings hold",
    )


@pytest.mark.parametrize(
    ("text", "theme", "notice"),
    [
        ("- a\n", None, ":1:1: error: is a list where a block of `key: value` lines belongs"),
        ("thema: x\ntheme: nord\n", "nord", ":1:1: warning: thema: is not a known key; did you"),
        ("theme: [a]\n", None, ":1:8: error: theme: is a block where one line of text belongs"),
        ("views: x\ntheme: nord\n", "nord", ":1:8: error: views: is not a list; begin each item"),
        (
            "theme: nord\nviews: [{name: A, horizon: 3 yrs}]\nkeys: [a]\n",
            "nord",
            ':2:28: error: views[0].horizon: "3 yrs"',
        ),
    ],
)
def test_what_is_wrong_costs_only_itself_and_is_told_in_a_line(
    path: Path, text: str, theme: str | None, notice: str
) -> None:
    settings = written(path, text)
    assert (settings.theme, settings.views) == (theme, ())
    assert settings.notice is not None
    assert settings.notice.startswith(f"{path}{notice}")
    assert settings.notice.endswith(" (and 1 more)") == ("keys: [a]" in text)


def test_hostile_text_is_visible_in_what_is_told(path: Path) -> None:
    settings = written(path, 'theme: "\\e[2J"\n"\\e]0;x\\a": 1\n')
    assert settings.notice is not None
    assert settings.notice.isprintable()


def test_a_view_is_saved_into_a_new_file_and_read_again(path: Path) -> None:
    saved = read_settings(os.environ).save_view(MINE)
    assert path.read_text(encoding="utf-8") == (
        "views:\n  - name: Mine\n    sort: -net_yield\n    where: sol\n    columns: [ticker, aum]\n"
    )
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert saved.views == read_settings(os.environ).views
    assert [one.columns for one in saved.views] == [("ticker", "aum")]


def test_saving_and_removing_a_view_keeps_the_rest_of_the_file(path: Path) -> None:
    settings = written(path, "# mine\r\ntheme: nord # dark\r\n")
    settings = settings.save_view(MINE)
    assert settings.theme == "nord"
    assert path.read_bytes().startswith(b"# mine\r\ntheme: nord # dark\r\nviews:\r\n")
    settings = settings.remove_view("MINE")
    assert settings.views == ()
    assert path.read_bytes() == b"# mine\r\ntheme: nord # dark\r\nviews: []\r\n"
    with pytest.raises(EtfcompareError, match='the file has no view "Mine"'):
        settings.remove_view("Mine")


def test_what_was_written_to_the_file_since_it_was_read_is_kept(path: Path) -> None:
    settings = read_settings(os.environ)
    written(path, "theme: nord\n")
    assert settings.save_view(MINE).theme == "nord"
    assert path.read_text(encoding="utf-8").startswith("theme: nord\nviews:\n")


def test_a_view_that_cannot_be_written_is_an_error_of_one_line(path: Path) -> None:
    settings = written(path, "views: x\n")
    with pytest.raises(EtfcompareError, match="`views` is not a list"):
        settings.save_view(MINE)
    path.unlink()
    path.parent.rmdir()
    path.parent.write_text("not a folder", encoding="utf-8")
    with pytest.raises(EtfcompareError) as caught:
        settings.save_view(MINE)
    assert "\n" not in str(caught.value)


def test_a_change_at_the_last_moment_is_not_overwritten(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = written(path, "theme: nord\n")
    monkeypatch.setattr(
        "etfcompare.settings.REAL.makedirs", lambda _: path.write_bytes(b"theme: other\n")
    )
    with pytest.raises(ConflictError, match="nothing was written"):
        settings.save_view(MINE)
    assert path.read_bytes() == b"theme: other\n"
