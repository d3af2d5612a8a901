"""The command line on a small catalogue: what it writes, what it says, how it ends."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

from conftest import TOP
from etfcompare import __main__ as program
from etfcompare.cli import table
from etfcompare.cli.commands import COMMANDS
from etfcompare.engine.scenario import Scenario
from running import Run, runner

SMALL = """\
schema: 1
cash: {yield: 3.60%, as_of: 2026-11-01, source: desk}
assets:
  BTC:
    risk: {volatility: 45%, as_of: 2026-11-01, source: desk}
  SOL:
    staking: {rate: 6.00%, periods: 1, as_of: 2026-11-01, source: desk}
    risk: {volatility: 80%, as_of: 2026-11-01, source: desk}
sources:
  desk: {title: Research desk, url: https://example.invalid/desk, grade: issuer}
assume: {staked: 95%}
views:
  - {name: Cheap, sort: expense_ratio, where: status:trading, columns: [ticker, expense_ratio]}
products:
  - ticker: PLAIN
    asset: BTC
    issuer: North | Co
    status: trading
    fee: {rate: 0.25%, as_of: 2026-11-01, source: desk}
    market: {aum: $1.2B, spread: 2bp, premium: 0%, as_of: 2026-11-01, source: desk}
  - ticker: GROW
    asset: SOL
    issuer: =South
    status: trading
    fee:
      rate: 0.50%
      waiver: {rate: 0%, until: 2027-05-24}
      as_of: 2026-11-01
      source: desk
    staking: {staked: 90%, cut: 10%, payout: cash, as_of: 2026-11-01, source: desk}
  - ticker: OLD
    asset: SOL
    issuer: Ost
    status: trading
    fee: {rate: 0.30%, as_of: 2025-01-01, source: desk}
    staking: {charge: 0.20%, as_of: 2026-11-01, source: desk}
"""
DAY = ("--as-of", "2026-11-22")
FEW = ("--columns", "ticker,issuer,net_yield,over_cash,aum,age")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program, in a folder that holds the small catalogue."""
    (tmp_path / "products.yaml").write_text(SMALL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return runner(capsys)


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str | None, Scenario]]:
    """What the terminal interface was started with, in place of starting it."""
    calls: list[tuple[str | None, Scenario]] = []

    def launch(argument: str | None, scenario: Scenario, *_: object) -> int:
        calls.append((argument, scenario))
        return 0

    monkeypatch.setattr(program, "_launch", launch)
    return calls


# rank


def test_rank_writes_a_table_and_says_what_it_stands_on(run: Run) -> None:
    code, out, err = run("rank", *DAY, *FEW)
    assert code == 0
    assert out == (
        "#  Ticker  Issuer      Net yield▼   Vs cash     AUM     Age\n"
        "1  OLD     Ost            5.21%~!  +161bp~!       ?  690d~!\n"
        "2  GROW    =South         4.61%    +101bp         ?   21d\n"
        "3  PLAIN   North | Co    -0.25%    -385bp    $1.20B   21d\n"
    )
    assert err == (
        "3 of 3 · as of 2026-11-22 · cash 3.60% · 1y · ~ estimated ! stale or undated ? unknown\n"
    )


def test_rank_writes_csv_and_nothing_else(run: Run) -> None:
    code, out, err = run("rank", *DAY, *FEW, "--csv")
    assert (code, err) == (0, "")
    *lines, manifest = out.replace("\r\n", "\n").splitlines()
    assert lines == [
        (
            "rank,ticker,issuer,net_yield,net_yield_shown,over_cash,over_cash_shown,"
            "aum,aum_shown,age,age_shown,marks"
        ),
        (
            "1,OLD,Ost,0.052099999999999994,5.21%~!,0.016099999999999996,'+161bp~!,,?,690.0,690d~!,"
            '"net_yield: estimated, stale; over_cash: estimated, stale; aum: unknown; '
            'age: estimated, stale"'
        ),
        (
            "2,GROW,'=South,0.04610684931506849,4.61%,0.010106849315068493,'+101bp,,?,21.0,21d,"
            "aum: unknown"
        ),
        "3,PLAIN,North | Co,-0.0025,−0.25%,-0.0385,−385bp,1200000000.0,$1.20B,21.0,21d,",
    ]
    assert manifest.startswith('"# etfcompare ')
    assert out.count("\r\n") == 5
    lines = run("rank", *DAY, *FEW, "--csv-raw").out.splitlines()
    assert lines[0] == "rank,ticker,issuer,net_yield,over_cash,aum,age,marks"
    assert lines[2] == "2,GROW,=South,0.04610684931506849,0.010106849315068493,,21.0,aum: unknown"
    assert len(lines) == 4


def test_rank_writes_markdown(run: Run) -> None:
    code, out, err = run("rank", *DAY, *FEW, "--markdown")
    assert (code, err) == (0, "")
    table, manifest = out.split("\n\n")
    assert manifest.startswith("\\# etfcompare ")
    assert table == (
        "| \\# | Ticker | Issuer | Net yield | Vs cash | AUM | Age |\n"
        "| ---: | --- | --- | ---: | ---: | ---: | ---: |\n"
        "| 1 | OLD | Ost | 5.21%\\~! | +161bp\\~! | ? | 690d\\~! |\n"
        "| 2 | GROW | =South | 4.61% | +101bp | ? | 21d |\n"
        "| 3 | PLAIN | North \\| Co | -0.25% | -385bp | $1.20B | 21d |"
    )


def test_rank_writes_json_with_raw_numbers(run: Run) -> None:
    document = json.loads(run("rank", *DAY, "--columns", "net_yield,aum", "--json").out)
    assert document["catalogue"]["path"] == "products.yaml"
    assert re.fullmatch("[0-9a-f]{64}", document["catalogue"]["sha256"])
    assert (document["catalogue"]["errors"], document["catalogue"]["warnings"]) == (0, 1)
    assert document["scenario"]["as_of"] == "2026-11-22"
    assert document["figures"] == {
        "ticker": {"label": "Ticker", "unit": "words", "better": "lower"},
        "net_yield": {"label": "Net yield", "unit": "rate", "better": "higher"},
        "aum": {"label": "AUM", "unit": "usd", "better": "higher"},
    }
    assert (document["shown"], document["total"]) == (3, 3)
    assert document["rows"][2] == {
        "rank": 3,
        "ticker": "PLAIN",
        "net_yield": -0.0025,
        "aum": 1.2e9,
        "marks": {},
    }
    assert document["rows"][0]["marks"] == {"net_yield": ["estimated", "stale"], "aum": ["unknown"]}


def test_n37_two_runs_write_the_same_bytes(run: Run) -> None:
    for form in ("--json", "--csv", "--markdown", "--html"):
        first = run("rank", *DAY, form)
        assert run("rank", *DAY, form) == first


def test_rank_sorts_filters_and_cuts(run: Run) -> None:
    out = run("rank", *DAY, "--sort", "+net_yield", "--where", "sol", "--top", "1", *FEW)
    assert out.out.splitlines()[1].split()[1] == "GROW"
    assert "Net yield▲" in out.out
    assert out.err.startswith("1 of 2 that match, of 3 · ")


def test_rank_numbers_the_arrows_of_several_sort_keys(run: Run) -> None:
    out = run("rank", *DAY, "--sort", "asset,-net_yield", "--columns", "ticker,asset,net_yield").out
    assert out.splitlines()[0].split("  ") == ["#", "Ticker", "Asset▲1", "Net yield▼2"]


def test_rank_shows_a_view_of_the_catalogue(run: Run) -> None:
    out = run("rank", *DAY, "--view", "cheap").out
    assert out.splitlines()[:2] == ["#  Ticker  Expense ratio▲", "1  PLAIN           0.25%"]


def test_rank_can_show_every_listed_figure(run: Run) -> None:
    document = json.loads(run("rank", *DAY, "--columns", "all", "--json").out)
    listed = json.loads(run("figures", "--json").out)
    assert list(document["figures"]) == [one["key"] for one in listed if one["group"] != "inputs"]


def test_rank_warns_of_products_that_errors_leave_out(run: Run) -> None:
    broken = SMALL.replace("$1.2B", "lots")
    Path("products.yaml").write_text(broken, encoding="utf-8")
    code, _, err = run("rank", *DAY, "--json")
    assert code == 0
    assert err == "products.yaml: 1 error leaves something out; see `etfcompare check`\n"


def test_rank_names_the_products_that_errors_leave_out(run: Run) -> None:
    twice = SMALL.replace("ticker: OLD", "ticker: GROW")
    Path("products.yaml").write_text(twice, encoding="utf-8")
    code, out, err = run("rank", *DAY, "--csv-raw", "--columns", "asset")
    assert code == 0
    assert out.splitlines()[1:] == ["1,PLAIN,BTC,"]
    lines = [n for n, line in enumerate(twice.splitlines(), 1) if "ticker: GROW" in line]
    assert err == (
        f"products.yaml: 2 errors leave out GROW (lines {lines[0]} and {lines[1]});"
        " see `etfcompare check`\n"
    )
    Path("products.yaml").write_text(
        twice.replace("$1.2B", "lots") + "  - {asset: SOL}\n  - {ticker: X}\n", encoding="utf-8"
    )
    assert run("rank", *DAY, "--csv").err == (
        f"products.yaml: 4 errors leave out GROW (lines {lines[0]} and {lines[1]}),"
        " products[3] (line 37) and X (line 38), 1 error leaves something else out;"
        " see `etfcompare check`\n"
    )


def test_rank_says_which_word_of_a_filter_no_product_has(run: Run) -> None:
    code, out, err = run("rank", *DAY, "--where", "asset:doge sol", "--csv-raw")
    assert code == 0
    assert len(out.splitlines()) == 1
    assert err == "no product has asset doge; assets are BTC, SOL\n"
    assert run("rank", *DAY, "--where", "asset:sol", "--csv").err == ""
    joined = run("rank", *DAY, "--where", "btc | sol").err
    assert joined.splitlines()[1].startswith("words of a filter are joined by and;")


def test_scenario_options_reach_the_figures(run: Run) -> None:
    def net_yield(*options: str) -> float:
        text = run("rank", *DAY, "--where", "ticker:grow", "--json", *options).out
        value = json.loads(text)["rows"][0]["net_yield"]
        assert isinstance(value, float)
        return value

    kept = 0.9 * 0.06 * 0.9
    assert net_yield() == pytest.approx(kept - 0.005 * 182 / 365)
    assert net_yield("--no-waivers") == pytest.approx(kept - 0.005)
    assert net_yield("--horizon", "2y") == pytest.approx(kept - 0.005 * (730 - 183) / 730)
    assert net_yield("--as-of", "2027-06-01") == pytest.approx(kept - 0.005)
    assert net_yield("--reward", "sol=4%", "--no-waivers") == pytest.approx(0.0324 - 0.005)


def test_what_is_assumed_is_said_beside_the_figures(run: Run) -> None:
    options = ("--reward", "SOL=4%", "--income-tax", "30%", "--no-waivers", "--horizon", "6m")
    said = "as of 2026-11-22 · cash 3.60% · 6m · rewards SOL 4% · income tax 30% · waivers off"
    assert said in run("rank", *DAY, *options).err
    assert f"Ledger, a year · {said}\n" in run("show", "GROW", *DAY, *options).out


def test_no_assumptions_leaves_unknown_what_was_assumed(run: Run) -> None:
    rows = json.loads(run("rank", *DAY, "--json", "--no-assumptions").out)["rows"]
    old = next(row for row in rows if row["ticker"] == "OLD")
    assert (old["rank"], old["net_yield"]) == (None, None)


# Refusals


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--horizon", "0d"], '--horizon: "0d" is out of range; write a span between 1d and 100y'),
        (["--horizon", "-1y"], '--horizon: "-1y" is out of range'),
        (["--horizon", "10000y"], '--horizon: "10000y" is out of range'),
        (["--amount", "0"], "the amount is not above zero"),
        (["--amount", "5M CAD"], '--amount: "5M CAD" is not in US dollars'),
    ],
)
def test_n34_a_horizon_or_amount_that_makes_no_sense_is_refused(
    run: Run, options: list[str], said: str
) -> None:
    code, out, err = run("rank", *options)
    assert (code, out) == (2, "")
    assert err.startswith(f"etfcompare: {said}")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rank", "--cash", "300%"], '--cash: "300%" is not between -100% and 100%'),
        (["rank", "--reward", "SOL=300%"], '--reward: "300%" is not between -100% and 100%'),
        (["rank", "--reward", "SOL=4%", "--reward", "sol=5%"], "--reward: sol is given twice"),
        (["rank", "--json", "--csv"], "--json and --csv ask for different formats; choose one"),
        (["rank", "--cash", "3.6"], '--cash: "3.6" has no unit; write 3.6% or 360bp'),
        (["rank", "--as-of", "today"], '--as-of: "today" is not a date'),
        (["rank", "--reward", "4%"], '--reward: "4%" names no asset and rate; write SOL=4%'),
        (
            ["rank", "--reward", "DOGE=4%"],
            '--reward: no asset is called "DOGE"; the catalogue has BTC, SOL',
        ),
        (["rank", "--sort", "net_yeild"], 'no figure is called "net_yeild"; did you mean net_y'),
        (["rank", "--columns", "x\x1b"], 'no figure is called "x\\x1b"'),
        (["rank", "--where", "aum>"], 'filter: "aum>": there is nothing after the >'),
        (["rank", "--view", "Dear"], '--view: no view is called "Dear"; there are Income, '),
        (["rank", "--drift", "up"], "--drift: 'up' is not one of"),
        (["rank", "--top", "0"], "--top: 0 is not in the range"),
        (["rank", "--nonsense"], "No such option"),
        (["show"], "Missing argument 'TICKER'"),
        (["show", "GROWL"], 'no product has the ticker "GROWL"; did you mean GROW?'),
        (["explain", "GROW", "yield"], 'no figure is called "yield"'),
        (["rnak"], '"rnak" is no file and no command; did you mean rank?'),
        (["xyzzy"], '"xyzzy" is no file and no command; see `etfcompare --help`'),
        (["foo-bar", "--horizon", "3y"], '"foo-bar" is no file and no command'),
        (["--horizon", "3y", "rank"], "options come after the command: etfcompare rank"),
        (["check", "a.yaml", "--catalogue", "b.yaml"], "the catalogue is named twice"),
        (["doctor", "a.yaml", "--catalogue", "b.yaml"], "the catalogue is named twice"),
        (["diff", "o.yaml", "a.yaml", "--catalogue", "b.yaml"], "the catalogue is named twice"),
        (["a.yaml", "--catalogue", "b.yaml"], "the catalogue is named twice"),
        (["rank", "--catalogue", ""], '"" is not the path of a catalogue'),
        (["completion", "tcsh"], "shell: 'tcsh' is not one of"),
    ],
)
def test_usage_errors_are_one_line_and_exit_2(run: Run, arguments: list[str], said: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"etfcompare: {said}")
    assert err.count("\n") == 1


@pytest.mark.parametrize("command", ["rank", "check", "show GROW", "explain GROW age"])
def test_r21_a_missing_or_closed_catalogue_exits_3(run: Run, command: str) -> None:
    words = command.split()
    code, out, err = run(*words, "--catalogue", "gone.yaml")
    assert (code, out) == (3, "")
    assert err == (
        "etfcompare: gone.yaml: no such file; `etfcompare init` makes one to begin with\n"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_r21_a_catalogue_that_may_not_be_read_exits_3(run: Run) -> None:
    Path("products.yaml").chmod(0)
    code, _, err = run("rank")
    assert code == 3
    assert "may not be read" in err


# check


def test_check_lists_problems_in_the_order_of_the_file(run: Run) -> None:
    broken = SMALL.replace("rate: 0.25%", "rate: 0.25").replace("issuer: Ost", "issuers: Ost")
    Path("products.yaml").write_text(broken, encoding="utf-8")
    code, out, err = run("check", *DAY)
    assert code == 1
    lines = out.splitlines()
    assert lines[0] == (
        "products.yaml:19:17: error: products[PLAIN].fee.rate: "
        '"0.25" has no unit; write 0.25% or 25bp'
    )
    assert [int(line.split(":")[1]) for line in lines] == sorted(
        int(line.split(":")[1]) for line in lines
    )
    assert any("products[OLD].issuers" in line for line in lines)
    assert re.fullmatch(r"products\.yaml: \d+ errors?, \d+ warnings?\n", err)


def test_check_with_warnings_only_exits_0(run: Run) -> None:
    code, out, err = run("check", *DAY)
    assert code == 0
    assert out == (
        "products.yaml:35:17: warning: products[OLD].fee.rate: "
        "0.30% is 690 days old; the limit for fee is 400 days; look it up again\n"
    )
    assert err == "products.yaml: no errors, 1 warning\n"
    only_errors = run("check", *DAY, "--errors-only")
    assert only_errors == (0, "", "products.yaml: no errors, 1 warning left out\n")


def test_check_takes_its_file_as_a_word_like_the_interface(run: Run) -> None:
    Path("products.yaml").rename("own.yaml")
    expected = run("check", *DAY, "--catalogue", "own.yaml")
    assert run("check", "own.yaml", *DAY) == expected
    assert expected.out.startswith("own.yaml:35:17: warning: ")


@pytest.mark.parametrize("text", ["- a\n- b\n", "just words\n", "[]\n"])
def test_a_file_that_is_no_mapping_is_rejected_like_broken_yaml(run: Run, text: str) -> None:
    Path("products.yaml").write_text(text, encoding="utf-8")
    said = "products.yaml:1:1: error: the file is not a catalogue; begin with `products:`\n"
    assert run("rank") == (3, "", f"etfcompare: {said}")
    assert run("check") == (3, said, "1 error, no warnings\n")
    assert run("show", "X").code == 3


@pytest.mark.parametrize("text", ["", "\n# to be filled\n", "---\n", "\nschema: 1\n"])
def test_a_catalogue_without_products_is_doubted(run: Run, text: str) -> None:
    Path("products.yaml").write_text(text, encoding="utf-8")
    code, out, err = run("check")
    assert (code, err) == (0, "products.yaml: no errors, 1 warning\n")
    assert out == "products.yaml:1:1: warning: lists no products; add `products:`\n"
    assert run("rank").code == 0


def test_check_doubts_views_that_name_nothing(run: Run) -> None:
    views = """\
views:
  - just a word
  - {name: A, sort: "aum,-net_yeild", where: zzz:1, columns: [ticker, issuers]}
  - name: B
    columns: [all]
    where: aum>4%
"""
    start = SMALL.index("views:")
    end = SMALL.index("products:\n  -")
    Path("products.yaml").write_text(SMALL[:start] + views + SMALL[end:], encoding="utf-8")
    lines = run("check", *DAY).out.splitlines()
    assert lines[1:5] == [
        (
            'products.yaml:14:21: warning: views[1].sort: no figure is called "net_yeild"; '
            "did you mean net_yield?"
        ),
        (
            'products.yaml:14:46: warning: views[1].where: filter: "zzz:1": no figure is called '
            "zzz; quote it to look for the text"
        ),
        (
            'products.yaml:14:71: warning: views[1].columns: no figure is called "issuers"; '
            "did you mean issuer?"
        ),
        (
            'products.yaml:17:12: warning: views[2].where: filter: "aum>4%": "4%" is not an amount'
            " of money; write $1.2B, 770M or 459M CAD"
        ),
    ]


def test_rank_counts_the_problems_that_check_lists(run: Run) -> None:
    text = SMALL.replace("volatility: 80%", "volatillity: 80%").replace("$1.2B", "lots")
    Path("products.yaml").write_text(text, encoding="utf-8")
    listed = json.loads(run("check", *DAY, "--json").out)
    counted = json.loads(run("rank", *DAY, "--json").out)["catalogue"]
    for severity in ("error", "warning"):
        expected = sum(one["severity"] == severity for one in listed)
        assert counted[f"{severity}s"] == expected > 0


def test_check_writes_json(run: Run) -> None:
    assert json.loads(run("check", *DAY, "--json").out) == [
        {
            "path": "products[OLD].fee.rate",
            "line": 35,
            "column": 17,
            "severity": "warning",
            "message": "0.30% is 690 days old; the limit for fee is 400 days",
            "hint": "look it up again",
        }
    ]


def test_check_of_a_rejected_file_lists_why_and_exits_3(run: Run) -> None:
    Path("products.yaml").write_text("schema: 1\nproducts: [*a]\n", encoding="utf-8")
    code, out, err = run("check")
    assert code == 3
    assert out.startswith("products.yaml:2:12: error: ")
    assert err == "1 error, no warnings\n"
    code, out, err = run("rank")
    assert (code, out) == (3, "")
    assert err.startswith("etfcompare: products.yaml:2:12: error: ")


def test_check_names_ten_faults_of_ten(run: Run) -> None:
    faults = {
        "fee: {rate: 0.25%,": "fee: {rate: 0.25,",
        "aum: $1.2B": "aum: lots",
        "spread: 2bp": "spread: 200%",
        "status: trading\n    fee: {rate: 0.30%": "status: shut\n    fee: {rate: 0.30%",
        "ticker: OLD": "ticker: GROW",
        "until: 2027-05-24": "until: 2027-02-30",
        "staked: 90%": "staked: 190%",
        "payout: cash": "payout: gold",
        "rate: 6.00%": "rate: six",
        "{volatility: 80%": "{volatillity: 80%",
    }
    text = SMALL
    for right, wrong in faults.items():
        assert text.count(right) == 1, right
        text = text.replace(right, wrong)
    Path("products.yaml").write_text(text, encoding="utf-8")
    code, out, _ = run("check", *DAY)
    assert code == 1
    lines = text.splitlines()
    found = [line.split(":", 4) for line in out.splitlines()]
    for wrong in faults.values():
        last = wrong.splitlines()[0]
        number = max(place for place, line in enumerate(lines, start=1) if last in line)
        assert any(int(one[1]) == number and int(one[2]) > 0 for one in found), wrong


# show and explain


def test_show_tells_terms_ledger_sources_and_problems(run: Run) -> None:
    code, out, err = run("show", "grow", *DAY)
    assert (code, err) == (0, "")
    assert out.startswith("GROW\n=South · SOL · trading · cash\n\nTerms\n")
    assert (
        "Terms\n"
        "  fee.rate               0.50%  2026-11-01  desk\n"
        "  fee.waiver.rate           0%  2026-11-01  desk\n"
        "  fee.waiver.until  2027-05-24  2026-11-01  desk\n"
        "  staking.staked           90%  2026-11-01  desk\n"
        "  staking.cut              10%  2026-11-01  desk\n"
        "  waiver: 0% until 2027-05-24 (183 of the 365 days ahead), then 0.5%\n"
    ) in out
    assert (
        "Ledger, a year · as of 2026-11-22 · cash 3.60% · 1y\n"
        "  Gross yield     5.40%\n"
        "  Cut            -0.54%\n"
        "  Expense ratio  -0.50%\n"
        "  Waiver          0.25%\n"
        "                 ------\n"
        "  Net yield       4.61%\n"
    ) in out
    assert "Sources\n  desk: Research desk  https://example.invalid/desk  [issuer]\n" in out
    assert "Problems" not in out
    assert "Problems\n  products.yaml:35:17: warning" in run("show", "OLD", *DAY).out


def test_show_names_tax_only_where_the_scenario_does(run: Run) -> None:
    assert "After tax" not in run("show", "PLAIN", *DAY).out
    taxed = run("show", "PLAIN", *DAY, "--income-tax", "30%").out
    assert "Tax " in taxed
    assert "After tax" in taxed


def test_show_writes_json(run: Run) -> None:
    document = json.loads(run("show", "GROW", *DAY, "--json").out)
    parts = ["ticker", "terms", "ledger", "figures", "marks", "exposure", "sources"]
    assert list(document) == parts
    assert document["terms"]["fee"]["waiver"]["until"] == {
        "value": "2027-05-24",
        "text": "2027-05-24",
        "as_of": "2026-11-01",
        "source": "desk",
        "line": 27,
    }
    assert [line["key"] for line in document["ledger"]][:3] == [
        "gross_yield",
        "cut_cost",
        "charge_cost",
    ]
    assert document["figures"]["aum"] is None
    assert document["marks"]["aum"] == ["unknown"]
    assert document["sources"]["desk"]["title"] == "Research desk"


def test_explain_goes_down_to_the_line_of_the_file(run: Run) -> None:
    code, out, err = run("explain", "GROW", "net-yield", *DAY)
    assert (code, err) == (0, "")
    head, meaning, *lines = out.splitlines()
    assert head == "GROW · Net yield  4.61%"
    assert meaning.startswith("What the fund leaves you, a year, in coins")
    assert lines[:8] == [
        "= staking yield − effective fee",
        "= 4.86% − 0.25%",
        "  Staking yield  4.86%",
        "    = gross yield − cut − charge − slashing",
        "    = 5.40% − 0.54% − 0.00% − 0.00%",
        "      Gross yield  5.40%",
        "        = share at that rate × stated reward rate",
        "        = 90.00% × 6.00%",
    ]
    desk = "as of 2026-11-01 (21 days)  Research desk  [issuer]"
    assert f"products.yaml:7  6.00%  {desk}" in out
    assert f"products.yaml:27  2027-05-24  {desk}" in out
    assert "waiver: 0% until 2027-05-24 (183 of the 365 days ahead), then 0.5%" in out


def test_explain_says_how_to_name_a_tax(run: Run) -> None:
    said = "left out: name a rate with --income-tax or --gains-tax"
    for key in ("income_tax", "gains_tax", "tax_cost", "after_tax_yield"):
        assert said in run("explain", "GROW", key, *DAY).out
        assert said not in run("explain", "GROW", key, *DAY, "--income-tax", "30%").out


def test_explain_tells_a_waiver_that_is_over(run: Run) -> None:
    out = run("explain", "GROW", "effective_fee", "--as-of", "2027-06-01").out
    assert "waiver: 0%, ended 2027-05-24" in out


def test_explain_tells_each_figure_once(run: Run) -> None:
    out = run("explain", "GROW", "net_yield", *DAY).out
    assert out.count("Gross yield  5.40%") == 2
    assert out.count("Gross yield  5.40%  (as above)") == 1
    assert out.count("= share at that rate × stated reward rate") == 1


def test_explain_says_what_is_assumed_and_what_is_unknown(run: Run) -> None:
    assumed = run("explain", "OLD", "staked_share", *DAY).out
    assert "assumed: the catalogue is silent on this product" in assumed
    assert "unknown: the catalogue does not say" in run("explain", "OLD", "aum", *DAY).out
    assert "does not apply" in run("explain", "PLAIN", "staked_share", *DAY).out


def test_explain_writes_json_as_deep_as_the_tree(run: Run) -> None:
    document = json.loads(run("explain", "GROW", "expense_ratio", *DAY, "--json").out)
    assert document["ticker"] == "GROW"
    assert document["origin"]["line"] == 26
    assert document["origin"]["path"] == "products[GROW].fee.rate"
    nested = json.loads(run("explain", "GROW", "net_yield", *DAY, "--json").out)
    assert [one["key"] for one in nested["inputs"]] == ["staking_yield", "effective_fee"]
    assert nested["inputs"][0]["inputs"][0]["key"] == "gross_yield"


# figures, init, doctor, completion, help


def test_figures_are_listed_in_every_format(run: Run) -> None:
    listed = json.loads(run("figures", "--json").out)
    net_yield = next(one for one in listed if one["key"] == "net_yield")
    assert net_yield["formula"] == "staking yield − effective fee"
    assert run("figures", "--csv").out.startswith("key,label,group,unit,better,meaning,formula\r\n")
    assert (
        "| `net_yield` | Net yield | percent, higher is better |"
        in run("figures", "--markdown").out
    )
    assert "  net_yield  (Net yield; percent, higher is better)\n" in run("figures").out


def test_schema_prints_a_json_schema(run: Run) -> None:
    code, out, err = run("schema")
    assert (code, err) == (0, "")
    assert "products" in json.loads(out)["properties"]


def test_init_copies_the_catalogue_once(run: Run, catalogue_path: Path) -> None:
    code, out, err = run("init", "own.yaml")
    assert (code, out) == (0, "")
    assert err.startswith("own.yaml is yours now;")
    assert Path("own.yaml").read_bytes() == catalogue_path.read_bytes()
    Path("own.yaml").write_text("mine", encoding="utf-8")
    code, _, err = run("init", "own.yaml")
    assert code == 4
    assert err == "etfcompare: own.yaml already exists; name another file\n"
    assert Path("own.yaml").read_text(encoding="utf-8") == "mine"
    assert sorted(one.name for one in Path().iterdir() if one.is_file()) == [
        "own.yaml",
        "products.yaml",
    ]


def test_init_brings_the_history_along_and_leaves_one_that_is_there(
    run: Run, tmp_path: Path
) -> None:
    mine = tmp_path / "new" / "history" / "prices.csv"
    mine.parent.mkdir(parents=True)
    mine.write_text("date,asset,close_usd\n")
    code, _, err = run("init", str(tmp_path / "new"))
    assert code == 0
    assert f"{mine} was there already and stays" in err
    assert mine.read_text() == "date,asset,close_usd\n"
    copied = mine.with_name("flows.csv")
    assert copied.read_bytes() == (TOP / "history" / "flows.csv").read_bytes()
    assert "no such file" not in run("check", str(tmp_path / "new" / "products.yaml")).out


def test_init_takes_a_folder_and_makes_one(run: Run) -> None:
    Path("new").mkdir()
    assert run("init", "new").code == 0
    assert Path("new/products.yaml").is_file()
    assert run("init", "made/").code == 0
    assert Path("made/products.yaml").is_file()
    assert run("init", "made").code == 4
    assert (
        run("init", "gone/own.yaml").err == "etfcompare: there is no folder gone; make it first\n"
    )


def test_init_takes_for_a_file_what_is_no_folder(run: Run, catalogue_path: Path) -> None:
    assert run("init", "foo.txt").code == 0
    assert Path("foo.txt").read_bytes() == catalogue_path.read_bytes()
    Path("folder.yaml").mkdir()
    assert run("init", "folder.yaml").code == 0
    assert Path("folder.yaml/products.yaml").is_file()


def test_init_writes_where_there_are_no_hard_links(
    run: Run, monkeypatch: pytest.MonkeyPatch, catalogue_path: Path
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    assert run("init", "own.yaml").code == 0
    assert Path("own.yaml").read_bytes() == catalogue_path.read_bytes()
    assert run("init", "own.yaml").code == 4


def test_init_does_not_follow_a_link(run: Run) -> None:
    Path("link.yaml").symlink_to("nowhere.yaml")
    assert run("init", "link.yaml").code == 4
    assert not Path("nowhere.yaml").exists()


def test_doctor_tells_what_is_here(run: Run) -> None:
    code, out, _ = run("doctor")
    assert code == 0
    assert re.search(r"^catalogue +products\.yaml$", out, re.MULTILINE)
    assert re.search(r"^catalogue found by +current folder$", out, re.MULTILINE)
    own = run("doctor", "own.yaml").out
    assert re.search(r"^catalogue +own\.yaml$", own, re.MULTILINE)
    assert re.search(r"^catalogue found by +argument$", own, re.MULTILINE)
    assert json.loads(run("doctor", "--json").out)["YAML loader in C"] in {"yes", "no"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_the_shell(run: Run, shell: str) -> None:
    code, out, _ = run("completion", shell)
    assert code == 0
    assert "_ETFCOMPARE_COMPLETE" in out


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("etfcompare ra", "rank"),
        ("etfcompare show gr", "GROW"),
        ("etfcompare explain X net_y", "net_yield"),
    ],
)
def test_a_shell_completes_commands_tickers_and_figures(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: str,
    completed: str,
) -> None:
    monkeypatch.setenv("_ETFCOMPARE_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))
    with pytest.raises(SystemExit):
        run()
    assert f"plain,{completed}" in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_examples(run: Run, command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert "Examples:\n" in out
    assert f"etfcompare {command}" in out.partition("Examples:")[2]


def test_help_and_version_need_no_catalogue(run: Run) -> None:
    Path("products.yaml").unlink()
    assert all(f"  {one} " in run("--help").out for one in COMMANDS)
    assert run("--version").out.startswith("etfcompare ")


# The terminal interface


@pytest.mark.parametrize("arguments", [(), ("products.yaml",)])
def test_a_command_line_without_options_starts_the_interface(
    run: Run, launched: list[tuple[str | None, Scenario]], arguments: tuple[str, ...]
) -> None:
    assert run(*arguments).code == 0
    assert [one for one, _ in launched] == [arguments[0] if arguments else None]


@pytest.mark.parametrize(
    "arguments",
    [
        ("products.yaml", *DAY, "--horizon", "3y"),
        (*DAY, "--horizon", "3y", "products.yaml"),
        (*DAY, "--horizon", "3y", "--catalogue", "products.yaml"),
    ],
)
def test_the_interface_starts_under_the_scenario_given(
    run: Run, launched: list[tuple[str | None, Scenario]], arguments: tuple[str, ...]
) -> None:
    assert run(*arguments).code == 0
    ((catalogue, scenario),) = launched
    assert catalogue == "products.yaml"
    assert scenario.horizon == 1095
    assert scenario.as_of.isoformat() == "2026-11-22"


# How it ends


def test_an_internal_error_is_one_line_without_values(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("0.25% of everything")

    monkeypatch.setattr("etfcompare.cli.rank.parse_sort", broken)
    code, out, err = run("rank")
    assert (code, out) == (1, "")
    assert err.startswith("etfcompare: internal error: RuntimeError in ")
    assert err.count("\n") == 1
    assert "everything" not in err


def test_debugging_shows_the_whole_trace(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("0.25% of everything")

    monkeypatch.setattr("etfcompare.cli.rank.parse_sort", broken)
    monkeypatch.setenv("ETFCOMPARE_DEBUG", "1")
    with pytest.raises(RuntimeError, match="everything"):
        run("rank")


def test_an_interrupt_exits_130_and_says_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("etfcompare.cli.rank.parse_sort", interrupted)
    assert run("rank") == (130, "", "")


# What a file may do to the screen: nothing

HOSTILE = r"\e[2J\e]52;c;eA==\a\u202e\u200b\x9b31m"


@pytest.mark.parametrize(
    "command",
    ["rank", "rank --columns all", "check", "show X", "explain X net_yield", "show nothing"]
    + [f"rank --columns name,issuer {form}" for form in ("--json", "--csv", "--markdown", "--html")]
    + ["rank --view nothing", "rank --reward DOGE=1%", "show X --json", "explain X age --json"],
)
def test_nothing_in_a_catalogue_reaches_the_terminal_unseen(run: Run, command: str) -> None:
    Path("products.yaml").write_text(
        f"""\
schema: 1
cash: {{name: "{HOSTILE}", yield: 3%, as_of: 2026-11-01, source: "{HOSTILE}"}}
assets: {{BTC: {{}}, "{HOSTILE}": {{}}}}
sources: {{"{HOSTILE}": {{title: "{HOSTILE}", url: "{HOSTILE}", grade: press}}}}
views: [{{name: "{HOSTILE}"}}]
products:
  - {{ticker: "{HOSTILE}", asset: "{HOSTILE}", name: "{HOSTILE}"}}
  - ticker: X
    asset: BTC
    name: "{HOSTILE}"
    issuer: "{HOSTILE}"
    note: "{HOSTILE}"
    custodian: "{HOSTILE}"
    listing: {{exchange: "{HOSTILE}"}}
    fee: {{rate: 1%, source: "{HOSTILE}"}}
    "{HOSTILE}": 1
    market: {{aum: "{HOSTILE}"}}
""",
        encoding="utf-8",
    )
    _, out, err = run(*command.split(), *DAY)
    assert all(line.isprintable() for line in (out + err).replace("\r\n", "\n").split("\n"))
    assert out or err


# Tables


def test_a_table_on_a_terminal_is_cut_to_its_width(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("NO_COLOR", "1")
    _, out, err = run("rank", *DAY, *FEW)
    assert max(map(len, out.splitlines())) <= 40
    assert "too narrow for" in err
    assert "\x1b" not in out


def test_only_a_terminal_that_knows_colours_gets_them(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b" not in run("rank", *DAY).out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in run("rank", *DAY).out
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[1mGROW\x1b[0m" in run("rank", *DAY).out


@pytest.mark.parametrize(
    ("text", "cells"), [("abc", 3), ("Zürich", 6), ("e\u0301", 1), ("日本", 4), ("", 0)]
)
def test_the_width_of_a_text_is_in_cells(text: str, cells: int) -> None:
    assert table.width(text) == cells


def test_what_is_cut_off_is_shown_by_an_ellipsis() -> None:
    assert table.shortened("Grayscale", 9) == "Grayscale"
    assert table.shortened("Grayscale", 6) == "Grays…"
    assert table.shortened("日本語", 4) == "日…"
