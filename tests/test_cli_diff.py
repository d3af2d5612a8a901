"""Comparing two catalogues from the shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from running import Run, runner

OLD = """\
schema: 1
cash: {yield: 3.60%, as_of: 2026-11-01, source: desk}
assets:
  BTC: {}
  SOL: {staking: {rate: 6.00%, as_of: 2026-11-01, source: desk}}
sources: {desk: {title: Research desk}}
products:
  - {ticker: AAA, asset: BTC, fee: {rate: 0.20%, as_of: 2026-11-01, source: desk}}
  - {ticker: BBB, asset: BTC, fee: {rate: 0.25%, as_of: 2026-11-01, source: desk}}
  - {ticker: CCC, asset: BTC, fee: {rate: 0.30%, as_of: 2026-11-01, source: desk}}
"""
NEW = (
    OLD.replace("0.30%", "0.10%")
    .replace("BBB", "DDD")
    .replace("cash: {yield: 3.60%", "cash: {yield: 4%")
)
DAY = ("--as-of", "2026-11-22")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program, in a folder with two catalogues."""
    monkeypatch.chdir(tmp_path)
    Path("old.yaml").write_text(OLD, encoding="utf-8")
    Path("products.yaml").write_text(NEW, encoding="utf-8")
    return runner(capsys)


def test_diff_tells_figures_products_and_ranks(run: Run) -> None:
    code, out, err = run(
        "diff", "old.yaml", *DAY, "--columns", "expense_ratio,net_yield,cash_yield"
    )
    assert code == 0
    assert out == (
        "Ticker  Figure             Before   After\n"
        "BBB                                  gone\n"
        "DDD                                   new\n"
        "all     Cash                3.60%   4.00%\n"
        "CCC     Expense ratio       0.30%   0.10%\n"
        "CCC     Net yield          -0.30%  -0.10%\n"
        "CCC     Rank by net yield       3       1\n"
        "AAA     Rank by net yield       1       2\n"
    )
    assert err == (
        "3 figures differ · 1 new · 1 gone · 2 ranks moved · as of 2026-11-22 · cash 4.00% · 1y\n"
    )


def test_diff_takes_both_catalogues_by_name(run: Run) -> None:
    forward = run("diff", "old.yaml", "products.yaml", *DAY)
    assert forward == run("diff", "old.yaml", *DAY)
    assert forward == run("diff", "old.yaml", *DAY, "--catalogue", "products.yaml")
    backward = run("diff", "products.yaml", "old.yaml", *DAY).out.splitlines()
    assert [line.split() for line in backward[1:3]] == [["DDD", "gone"], ["BBB", "new"]]


def test_equal_catalogues_do_not_differ(run: Run) -> None:
    Path("old.yaml").write_text("# a comment\n" + NEW, encoding="utf-8")
    assert run("diff", "old.yaml", *DAY) == (
        0,
        "",
        "nothing differs · as of 2026-11-22 · cash 4.00% · 1y\n",
    )


def test_the_scenario_holds_for_both(run: Run) -> None:
    _, out, err = run("diff", "old.yaml", *DAY, "--cash", "3%")
    assert "cash 3.00%" in err
    assert "Cash" not in out
    plain = run("diff", "old.yaml", *DAY, "--columns", "net_yield").out
    assert plain != run("diff", "old.yaml", "--as-of", "2029-01-01", "--columns", "net_yield").out


def test_ranks_are_by_the_figure_asked_for(run: Run) -> None:
    _, out, _ = run("diff", "old.yaml", *DAY, "--sort", "ticker", "--columns", "aum")
    assert out.splitlines()[-1].split() == ["CCC", "Rank", "by", "ticker", "3", "2"]
    _, narrow, _ = run("diff", "old.yaml", *DAY, "--where", "ticker:aaa", "--columns", "aum")
    assert "Rank" not in narrow


def test_what_is_too_little_to_be_seen_is_counted(run: Run) -> None:
    Path("old.yaml").write_text(NEW.replace("0.10%", "0.1001%"), encoding="utf-8")
    _, out, err = run("diff", "old.yaml", *DAY, "--columns", "expense_ratio")
    assert out == ""
    assert err.startswith("1 figure differs · 1 too little to be seen · no ranks moved")
    document = json.loads(run("diff", "old.yaml", *DAY, "--columns", "expense_ratio", "--json").out)
    (figure,) = document["figures"]
    assert figure["before"] == {"value": 0.001001, "marks": []}
    assert figure["after"] == {"value": 0.001, "marks": []}


def test_diff_writes_json(run: Run) -> None:
    code, out, err = run("diff", "old.yaml", *DAY, "--json")
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert document["before"]["path"] == "old.yaml"
    assert document["after"]["path"] == "products.yaml"
    assert document["before"]["sha256"] != document["after"]["sha256"]
    assert (document["added"], document["removed"]) == (["DDD"], ["BBB"])
    assert document["sort"] == ["-net_yield"]
    assert document["ranks"] == [
        {"ticker": "CCC", "before": 3, "after": 1},
        {"ticker": "AAA", "before": 1, "after": 2},
    ]
    shared = [one["key"] for one in document["figures"] if one["ticker"] is None]
    assert shared == ["cash_yield"]
    assert out == run("diff", "old.yaml", *DAY, "--json").out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("nothing.yaml", 3),
        ("old.yaml nothing.yaml", 3),
        ("broken.yaml", 3),
        ("", 2),
        ("old.yaml --columns nothing", 2),
        ("old.yaml --sort nothing", 2),
        ("old.yaml --where nothing:", 2),
    ],
)
def test_what_cannot_be_compared_is_one_line(run: Run, arguments: str, code: int) -> None:
    Path("broken.yaml").write_text("products: [", encoding="utf-8")
    outcome = run("diff", *arguments.split(), *DAY)
    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.err.count("\n") == 1


def test_nothing_hidden_reaches_the_terminal(run: Run) -> None:
    hostile = r"\e[2J\u202e"
    Path("old.yaml").write_text(
        OLD.replace("BBB", f'"{hostile}"').replace("CCC, asset", f'CCC, name: "{hostile}", asset'),
        encoding="utf-8",
    )
    for form in ((), ("--json",)):
        _, out, err = run("diff", "old.yaml", *DAY, *form)
        assert all(line.isprintable() for line in (out + err).split("\n"))
        assert "\\x1b[2J" in json.loads(out)["removed"][0] if form else "\\x1b[2J" in out
