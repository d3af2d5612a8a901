"""Named views: the shipped ones, whose view replaces whose, and what is said of bad ones."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import TODAY
from etfcompare.catalogue.document import Document
from etfcompare.catalogue.reader import read
from etfcompare.catalogue.schema import Catalogue, View
from etfcompare.catalogue.view_edits import put_view
from etfcompare.engine.audit import audit
from etfcompare.engine.comparison import DEFAULT_COLUMNS, DEFAULT_SORT, SortKey, compare
from etfcompare.engine.figures import FIGURES, Table
from etfcompare.engine.query import Query
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.views import (
    SHIPPED,
    NamedView,
    ViewOrigin,
    Views,
    view_named,
    view_of,
    views_of,
)
from etfcompare.errors import UsageError
from running import Run, runner

NAMES = ("Income", "Cheapest over 3 years", "Beats cash", "Liquidity", "Data quality", "Flows")


def catalogue_of(views: str) -> Catalogue:
    return read(Document.parse(f"views: [{views}]\nproducts: []\n".encode()), today=TODAY).catalogue


def names_of(views: Views) -> list[tuple[str, str]]:
    return [(one.name, one.origin.value) for one in views.offered]


def test_six_views_come_with_every_catalogue() -> None:
    views = views_of(Catalogue())
    assert views.offered == SHIPPED
    assert views.faults == ()
    assert tuple(one.name for one in SHIPPED) == NAMES
    assert view_named(views, "cheapest over 3 YEARS").horizon == 3 * 365


@pytest.mark.parametrize("view", SHIPPED, ids=NAMES)
def test_a_shipped_view_finds_products_in_the_shipped_catalogue(
    view: NamedView, catalogue_path: Path
) -> None:
    catalogue = read(Document.parse(catalogue_path.read_bytes()), today=TODAY).catalogue
    scenario = Scenario(as_of=TODAY, horizon=view.horizon or 365)
    table = Table(catalogue, scenario)
    found = compare(table, where=Query.parse(view.where), sort=view.sort)
    assert found.rows
    assert found.ranks[0] == 1
    known = {
        key for key in view.columns if any(table.value(row, key) is not None for row in found.rows)
    }
    assert set(view.columns) - known <= {"volume"}  # of which no source was found yet
    assert view.columns[0] == "ticker"
    assert {one.key for one in view.sort} <= set(view.columns)
    assert set(Query.parse(view.where).figures) <= set(view.columns)


def test_income_ranks_staking_funds_of_some_size_by_what_they_leave(
    catalogue_path: Path,
) -> None:
    catalogue = read(Document.parse(catalogue_path.read_bytes()), today=TODAY).catalogue
    table = Table(catalogue, Scenario(as_of=TODAY))
    income = SHIPPED[0]
    rows = compare(table, where=Query.parse(income.where), sort=income.sort).rows
    yields = [table.value(row, "net_yield") for row in rows]
    known = [float(one) for one in yields if one is not None]
    assert known == sorted(known, reverse=True)
    assert yields[: len(known)] == known
    assert all(catalogue.products[row].stakes for row in rows)


def test_the_catalogue_replaces_the_user_who_replaces_what_is_shipped_each_in_its_place() -> None:
    own = catalogue_of("{name: mine}, {name: LIQUIDITY}, {name: flows}, {name: Ours}").views
    views = views_of(catalogue_of("{name: ours}, {name: Liquidity , where: sol}"), own)
    assert names_of(views) == [
        ("Income", "shipped"),
        ("Cheapest over 3 years", "shipped"),
        ("Beats cash", "shipped"),
        ("Liquidity", "catalogue"),
        ("Data quality", "shipped"),
        ("flows", "settings"),
        ("ours", "catalogue"),
        ("mine", "settings"),
    ]
    assert view_named(views, "liquidity").where == "sol"
    assert views.faults == ()


def test_a_view_that_says_nothing_is_the_usual_one() -> None:
    view = view_of(View(name="A"), ViewOrigin.SETTINGS)
    assert (view.where, view.sort, view.columns, view.horizon) == (
        "",
        DEFAULT_SORT,
        DEFAULT_COLUMNS,
        None,
    )


def test_a_column_named_twice_is_shown_once() -> None:
    view = view_of(View(name="A", columns=("aum", "ticker,aum")), ViewOrigin.SETTINGS)
    assert view.columns == ("aum", "ticker")


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("{name: Income, where: 'aum>4%'}", 'view "Income" of the catalogue: filter: "aum>4%"'),
        ("{name: Income, sort: aums}", 'view "Income" of the catalogue: no figure is called "aum'),
        ("{name: Income, columns: [x y]}", 'view "Income" of the catalogue: no figure is called'),
        ("{sort: aum}", 'view "" of the catalogue: a view has no name; add name: and a word'),
        ('{name: " "}, {name: }', 'view " " of the catalogue: a view has no name; add name: and'),
        ("{name: A}, {name: a}", 'view "a" of the catalogue: there is another of that name befor'),
    ],
)
def test_a_view_that_makes_no_sense_is_told_and_not_offered(said: str, fault: str) -> None:
    views = views_of(catalogue_of(said))
    assert views.faults[0].message.startswith(fault)
    assert "\n" not in views.faults[0].message
    is_income = "Income" in said
    assert ("Income" in [one.name for one in views.offered]) is not is_income
    if is_income:
        with pytest.raises(UsageError, match=r'^view "Income" of the catalogue: '):
            view_named(views, "income")


def test_a_view_whose_horizon_cannot_be_read_is_left_out_by_the_reader() -> None:
    text = "views: [{name: A, horizon: 3}, {name: B, horizon: 6m}]\nproducts: []\n"
    reading = read(Document.parse(text.encode()), today=TODAY)
    assert [(one.name, one.horizon and one.horizon.value) for one in reading.catalogue.views] == [
        ("B", 183)
    ]
    assert [str(one) for one in reading.problems] == [
        '1:28: error: views[0].horizon: "3" has no unit; write 90d, 2w, 6m or 1y'
    ]


def test_the_audit_doubts_views_that_cannot_be_asked_for() -> None:
    text = "views:\n- {name: A}\n- {sort: aum}\n- {name: ~}\n- {name: ' a'}\n- x\nproducts: []\n"
    document = Document.parse(text.encode())
    table = Table(read(document, today=TODAY).catalogue, Scenario(as_of=TODAY))
    assert [str(one) for one in audit(table, document)] == [
        "3:3: warning: views[1]: has no name; add name: and a word",
        "4:10: warning: views[2]: has no name; add name: and a word",
        '5:10: warning: views[3].name: there is another view " a" before it; rename one',
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Incom", 'no view is called "Incom"; did you mean Income?'),
        ("", f'no view is called ""; there are {", ".join(NAMES)}'),
        ("\x1b[2J", f'no view is called "\\x1b[2J"; there are {", ".join(NAMES)}'),
    ],
)
def test_a_name_that_no_view_has_is_told_with_the_nearest(name: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        view_named(views_of(Catalogue()), name)
    assert str(caught.value) == message


KEYS = st.sampled_from(tuple(FIGURES))


@given(
    st.builds(
        NamedView,
        name=st.text(min_size=1).filter(lambda text: text.strip() != "" and text != "\x00"),
        where=st.sampled_from(
            ("", "staked aum>50M", "!/a b/ asset:sol,eth", '"x: y" net_yield>4%')
        ),
        sort=st.lists(st.builds(SortKey, KEYS, st.booleans()), min_size=1, max_size=3).map(tuple),
        columns=st.lists(KEYS, unique=True, min_size=1, max_size=8).map(tuple),
        horizon=st.none() | st.integers(1, 36_500),
        origin=st.just(ViewOrigin.CATALOGUE),
    )
)
def test_a_view_written_to_a_file_is_read_as_the_same_view(view: NamedView) -> None:
    document = put_view(Document.parse(b"products: []\n"), view.text()).document
    read_again = views_of(read(document, today=TODAY).catalogue)
    assert view_named(read_again, view.name) == view
    assert read_again.faults == ()


def test_a_shipped_view_survives_being_saved_as_ones_own() -> None:
    for view in SHIPPED:
        document = put_view(Document.parse(b""), view.text()).document
        own = read(document, today=TODAY).catalogue.views
        assert view_of(own[0], ViewOrigin.SETTINGS) == replace(view, origin=ViewOrigin.SETTINGS)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return runner(capsys)


HOSTILE = '"\\e[2J\\u202e"'


def test_the_command_lists_views_with_their_origin(run: Run, tmp_path: Path) -> None:
    (tmp_path / "products.yaml").write_text(
        f"views: [{{name: {HOSTILE}, where: sol, horizon: 2y, columns: [ticker]}}, {{name: Bad, "
        "sort: aums}]\nproducts: []\n",
        encoding="utf-8",
    )
    settings = Path(os.environ["XDG_CONFIG_HOME"]) / "etfcompare" / "settings.yaml"
    settings.parent.mkdir(parents=True)
    settings.write_text("views: [{name: Mine, sort: +ticker}]\nthema: x\n", encoding="utf-8")
    code, out, err = run("views")
    assert code == 0
    assert out.startswith(
        "Income  (shipped)\n    sort     -net_yield\n    where    staked aum>50M\n"
    )
    assert "Cheapest over 3 years  (shipped)\n    sort     +all_in_cost, +effective_fee\n" in out
    assert (
        "\\x1b[2J\\u202e  (catalogue)\n    sort     -net_yield\n    where    sol\n"
        "    horizon  2y\n    columns  ticker\nMine  (settings)\n    sort     +ticker\n"
    ) in out
    first, second = err.splitlines()
    assert first.startswith(f"{settings}:2:1: warning: thema: is not a known key")
    assert second.startswith('view "Bad" of the catalogue: no figure is called "aums"')
    listed = json.loads(run("views", "--json").out)
    assert [one["name"] for one in listed] == [*NAMES, "\\x1b[2J\\u202e", "Mine"]
    assert listed[1]["horizon"] == 3 * 365
    assert listed[-1] == {
        "name": "Mine",
        "origin": "settings",
        "where": "",
        "sort": ["+ticker"],
        "horizon": None,
        "columns": list(DEFAULT_COLUMNS),
    }
