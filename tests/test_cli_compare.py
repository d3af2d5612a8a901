"""`etfcompare compare`: what it writes for people and for programs, and how it refuses."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from etfcompare.cli import table
from running import Run, runner

SMALL = """\
schema: 1
cash: {yield: 3.60%, as_of: 2026-11-01, source: desk}
assets:
  BTC: {}
  SOL:
    staking: {rate: 6.00%, periods: 1, as_of: 2026-11-01, source: desk}
sources:
  desk: {title: Research desk, url: https://example.invalid/desk, grade: issuer}
assume: {staked: 95%}
products:
  - ticker: LEAN
    asset: SOL
    issuer: North | Co
    fee: {rate: 0.20%, as_of: 2026-11-01, source: desk}
    staking: {staked: 100%, cut: 6%, payout: cash, as_of: 2026-11-01, source: desk}
    market: {aum: $1.2B, spread: 6bp, premium: 0%, as_of: 2026-11-01, source: desk}
  - ticker: FULL
    asset: SOL
    issuer: =South
    fee:
      rate: 0.50%
      waiver: {rate: 0%, until: 2026-12-01}
      as_of: 2026-11-01
      source: desk
    staking: {staked: 90%, cut: 0%, payout: cash, as_of: 2026-11-01, source: desk}
    market: {aum: $20M, spread: 10bp, premium: 0.10%, as_of: 2026-11-01, source: desk}
  - ticker: PLAIN
    asset: BTC
    issuer: A house with quite a long name
    fee: {rate: 0.25%, as_of: 2026-11-01, source: desk}
    market: {spread: 2bp, premium: 0%, as_of: 2026-11-01, source: desk}
  - ticker: WHO
    asset: SOL
    status: closed
"""
TWIN = "ticker: TWIN\n    asset: BTC\n    fee: {rate: 0.25%}"
DAY = ("--as-of", "2026-11-22")


Terminal = Callable[..., None]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program, in a folder that holds the small catalogue."""
    (tmp_path / "products.yaml").write_text(SMALL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return runner(capsys)


def row(out: str, label: str) -> list[str]:
    """Return the words behind a label."""
    (line,) = (one for one in out.splitlines() if one.strip().startswith(label))
    return line.replace(label, "", 1).split()


# For people


def test_products_stand_side_by_side_with_best_and_worst_marked(run: Run) -> None:
    code, out, err = run("compare", "LEAN", "FULL", "PLAIN", *DAY)
    assert code == 0
    assert out.splitlines()[0].split() == ["LEAN", "FULL", "PLAIN"]
    assert row(out, "Asset") == ["SOL", "SOL", "BTC"]
    assert row(out, "Net yield")[:5] == ["5.44%", "▲", "4.91%", "-0.25%", "▼"]
    assert row(out, "off the best") == ["0.0bp", "-52.8bp", "-569bp"]
    assert row(out, "on $100K") == ["$0", "-$528", "-$5.69K"]
    assert row(out, "Staked share") == ["100.00%", "▲", "90.00%", "▼", "–"]
    assert err.startswith("as of 2026-11-22 · cash 3.60% · 1y · ▲ best ▼ worst")
    assert "? unknown – does not apply" in err


def test_the_order_is_the_one_given_in_whatever_case(run: Run) -> None:
    out = run("compare", "plain", "lean", *DAY).out
    assert out.splitlines()[0].split() == ["PLAIN", "LEAN"]


def test_figures_stand_in_sections(run: Run) -> None:
    lines = run("compare", "LEAN", "FULL", *DAY, "--reward", "SOL=4%").out.splitlines()
    headings = [re.split(r"\s{2,}", one)[0] for one in lines[1:] if one and one[0] != " "]
    assert headings == [
        *("Terms", "Ledger, a year", "Cash and exposure", "Market", "Flows", "Trust"),
        *("Crossovers", "Waivers that decide", "Switching to LEAN, which leaves most"),
    ]


def test_figures_are_aligned_whatever_stands_behind_them(run: Run) -> None:
    out = run("compare", "LEAN", "FULL", "PLAIN", *DAY).out
    ends = set()
    for line in out.partition("Terms")[2].partition("Crossovers")[0].splitlines():
        found = re.search(r"\S(?<=%)", line[:46])
        if found:
            ends.add(found.end())
    assert len(ends) == 1


def test_bars_share_one_scale_and_tell_what_is_taken(run: Run) -> None:
    out = run("compare", "LEAN", "FULL", *DAY).out
    assert row(out, "Gross yield")[-2:] == ["█" * 13, "███████████▊"]
    assert row(out.partition("Ledger")[2], "Cut ")[-1] == "-▊"
    assert row(out, "Effective yield")[-1] == "▼"


def test_lines_that_take_nothing_are_left_out(run: Run) -> None:
    assert "Slashing " not in run("compare", "LEAN", "FULL", *DAY).out.partition("Ledger")[2]
    assert "Charge" not in run("compare", "LEAN", "FULL", *DAY).out.partition("Ledger")[2]


def test_only_differences_are_shown_when_asked_for(run: Run) -> None:
    out = run("compare", "LEAN", "FULL", "--differences", *DAY).out
    assert "Asset" not in out
    assert "Reward rate" not in out
    assert row(out, "Issuer") == ["North", "|", "Co", "=South"]
    assert row(out, "off the best") == ["0.0bp", "-52.8bp"]


def test_it_says_where_funds_tie_and_when_they_swap(run: Run) -> None:
    out = run("compare", "LEAN", "FULL", *DAY, "--no-waivers").out
    assert "  LEAN leaves more than FULL at any SOL rewards\n" in out
    assert "Waivers" not in out
    waived = run("compare", "LEAN", "FULL", *DAY, "--horizon", "1d", "--reward", "SOL=4%").out
    assert "  LEAN and FULL tie at 5.00% gross SOL rewards; above it LEAN leaves more\n" in waived
    assert "  2026-12-01: the waiver of FULL ends; LEAN then leaves more than FULL\n" in waived


def test_a_switch_is_told_by_its_cost_and_its_days(run: Run) -> None:
    out = run("compare", "LEAN", "FULL", "PLAIN", *DAY).out.partition("Switching")[2]
    assert out.splitlines() == [
        " to LEAN, which leaves most",
        "  from     cost                    paid back  spread sold  spread bought  premium",
        "  FULL   -0.02%                      at once        0.05%          0.03%   -0.10%",
        "  PLAIN   0.04%  in 3 days, but another coin        0.01%          0.03%    0.00%",
    ]


def test_a_switch_to_what_is_not_on_sale_is_not_told(run: Run) -> None:
    text = SMALL.replace("- ticker: LEAN\n", "- ticker: LEAN\n    status: pending\n")
    Path("products.yaml").write_text(text, encoding="utf-8")
    out = run("compare", "LEAN", "FULL", "PLAIN", *DAY).out.partition("Switching")[2]
    assert out.startswith(" to FULL, which leaves most of those that trade\n")
    assert [one.split()[0] for one in out.splitlines()[2:]] == ["PLAIN"]
    found = json.loads(run("compare", "LEAN", "FULL", *DAY, "--json").out)["switches"]
    assert found == []


def test_between_products_that_leave_the_same_there_is_no_switch(run: Run) -> None:
    text = SMALL.replace("ticker: WHO\n    asset: SOL\n    status: closed", TWIN)
    Path("products.yaml").write_text(text, encoding="utf-8")
    out = run("compare", "PLAIN", "TWIN", *DAY).out
    assert row(out, "off the best") == ["0.0bp", "0.0bp"]
    assert "Switching" not in out


def test_what_is_unknown_is_said_to_be(run: Run) -> None:
    out = run("compare", "LEAN", "WHO", *DAY).out
    assert "LEAN leaves" not in out.partition("Crossovers")[2].partition("Switching")[0]
    assert row(out, "off the best") == ["0.0bp", "?"]
    expected = "WHO → LEAN: known parts cost 0.03% ($30.00: spread bought 3bp); "
    assert out.splitlines()[-1] == f"  {expected}spread sold, premium not known"


# On a terminal


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Make stdout a terminal so wide, in black and white unless it has colour."""

    def make(columns: int, *, has_colour: bool = False) -> None:
        paper = table.Paper(columns=columns, has_colour=has_colour)
        monkeypatch.setattr(table.Paper, "of_stdout", classmethod(lambda _: paper))

    return make


@pytest.mark.parametrize("columns", [60, 80, 100, 120, 200])
def test_no_figure_runs_over_the_edge_of_the_terminal(
    run: Run, terminal: Terminal, columns: int
) -> None:
    terminal(columns)
    code, out, _ = run("compare", "LEAN", "FULL", "PLAIN", "WHO", *DAY)
    assert code == 0
    figures = out.partition("Crossovers")[0]
    assert max(map(table.width, figures.splitlines())) <= columns


def test_products_that_do_not_fit_are_named(run: Run, terminal: Terminal) -> None:
    terminal(45)
    code, out, err = run("compare", "LEAN", "FULL", "PLAIN", *DAY)
    assert code == 0
    assert out.splitlines()[0].split() == ["LEAN", "FULL"]
    assert "too narrow for PLAIN; name fewer products or widen the terminal\n" in err


def test_a_wide_terminal_has_room_for_bars_and_a_narrow_one_has_not(
    run: Run, terminal: Terminal
) -> None:
    terminal(60)
    assert "█" not in run("compare", "LEAN", "FULL", *DAY).out
    terminal(110)
    assert "█" in run("compare", "LEAN", "FULL", *DAY).out


def test_colour_adds_nothing_that_signs_do_not_say(run: Run, terminal: Terminal) -> None:
    terminal(100)
    plain = run("compare", "LEAN", "FULL", *DAY).out
    terminal(100, has_colour=True)
    coloured = run("compare", "LEAN", "FULL", *DAY).out
    assert "\x1b[32m▲\x1b[0m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain


def test_where_there_is_only_ascii_there_are_no_bars(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert run("compare", "LEAN", "FULL", *DAY).code == 0
    sys.stdout.flush()
    written = sys.stdout.buffer
    assert isinstance(written, io.BytesIO)
    out = written.getvalue().decode("ascii")
    assert "\\u" not in out
    assert row(out, "Gross yield") == ["6.00%", "^", "5.40%", "v"]


# For programs


def test_json_has_the_rows_of_rank_and_what_follows_from_them(run: Run) -> None:
    code, out, err = run("compare", "FULL", "LEAN", *DAY, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    ranked = json.loads(run("rank", *DAY, "--columns", "all", "--json").out)
    assert found["catalogue"] == ranked["catalogue"]
    assert found["scenario"] == ranked["scenario"]
    assert found["figures"] == ranked["figures"]
    by_ticker = {one["ticker"]: one for one in ranked["rows"]}
    assert found["rows"] == [by_ticker["FULL"], by_ticker["LEAN"]]
    assert [one["rank"] for one in found["rows"]] == [2, 1]
    assert found["crossovers"] == [
        {
            "a": "FULL",
            "b": "LEAN",
            "asset": "SOL",
            "reward_rate": None,
            "above": None,
            "leader": "LEAN",
            "marks": [],
        }
    ]
    assert found["swaps"] == []
    there, back = found["switches"]
    assert (there["from"], there["to"], back["from"], back["to"]) == (
        *("FULL", "LEAN"),
        *("LEAN", "FULL"),
    )
    assert there["cost"] == pytest.approx(-0.0002)
    assert there["days"] == 0
    assert sum(one["value"] for one in back["parts"]) == pytest.approx(back["cost"])
    assert back["days"] is None


def test_json_says_how_far_each_is_off_the_best_in_its_unit_and_in_money(run: Run) -> None:
    out = run("compare", "FULL", "LEAN", "WHO", *DAY, "--amount", "10K", "--json").out
    found = json.loads(out)["differences"]
    yields = {one["ticker"]: one["net_yield"] for one in json.loads(out)["rows"]}
    gap = yields["FULL"] - yields["LEAN"]
    assert gap < 0
    assert found["net_yield"]["gaps"] == [pytest.approx(gap), 0, None]
    assert found["net_yield"]["money"] == [pytest.approx(10_000 * gap), 0, None]
    assert found["aum"]["gaps"] == [pytest.approx(-1.18e9), 0, None]
    assert found["aum"]["money"] == [None, None, None]
    assert "issuer" not in found


def test_the_same_question_gives_the_same_bytes(run: Run) -> None:
    once = run("compare", "FULL", "LEAN", *DAY, "--json").out
    assert once == run("compare", "FULL", "LEAN", *DAY, "--json").out


def test_csv_has_figures_down_and_products_across(run: Run) -> None:
    code, out, _ = run("compare", "LEAN", "FULL", *DAY, "--csv")
    assert code == 0
    head, *rows, manifest = csv.reader(io.StringIO(out, newline=""))
    assert head == ["section", "figure", "unit", "LEAN", "FULL", "marks"]
    by_key = {one[1]: one for one in rows}
    assert by_key["issuer"][3:5] == ["North | Co", "'=South"]
    assert by_key["expense_ratio"][:5] == ["ledger", "expense_ratio", "rate", "-0.002", "-0.005"]
    assert float(by_key["net_yield"][3]) == pytest.approx(0.0544)
    assert manifest[0].startswith("# etfcompare ")
    assert " · compared LEAN, FULL · 2 of " in manifest[0]
    assert "filter" not in manifest[0]
    assert all(len(one) == len(head) for one in (*rows, manifest))


def test_raw_csv_has_words_untouched_and_nothing_beside(run: Run) -> None:
    out = run("compare", "LEAN", "FULL", *DAY, "--csv-raw").out
    rows = {one[1]: one for one in csv.reader(io.StringIO(out, newline=""))}
    assert rows["issuer"][4] == "=South"
    assert "# etfcompare" not in out


def test_markdown_marks_best_and_worst_and_cannot_act(run: Run) -> None:
    lines = run("compare", "LEAN", "FULL", "--differences", *DAY, "--markdown").out.splitlines()
    assert lines[0] == "| Section | Figure | LEAN | FULL |"
    assert "| Terms | Issuer | North \\| Co | =South |" in lines
    assert "| Ledger, a year | Net yield | 5.44% ▲ | 4.91% ▼ |" in lines
    assert not any("| Asset |" in one for one in lines)


@pytest.mark.parametrize(
    ("tickers", "said"),
    [
        ((), "compare takes 2 to 6 products, not 0"),
        (("LEAN",), "compare takes 2 to 6 products, not 1"),
        (tuple("ABCDEFG"), "compare takes 2 to 6 products, not 7"),
        (("LEAN", "lean"), "LEAN is named twice; name each product once"),
        (("LEAN", "FULLL"), 'no product has the ticker "FULLL"; did you mean FULL?'),
    ],
)
def test_what_cannot_be_compared_is_refused_in_a_line(
    run: Run, tickers: tuple[str, ...], said: str
) -> None:
    code, out, err = run("compare", *tickers, *DAY)
    assert (code, out, err) == (2, "", f"etfcompare: {said}\n")


# The crossover, by another road


def test_a_bisection_over_rankings_confirms_the_crossovers(run: Run, catalogue_path: Path) -> None:
    shutil.copy(catalogue_path, "products.yaml")
    found = json.loads(run("compare", "BSOL", "SOLC", "VSOL", *DAY, "--json").out)["crossovers"]
    tied = [one for one in found if one["reward_rate"] is not None]
    assert tied
    for one in tied:
        low, high = 0.0001, 1.0
        while high - low > 1e-8:
            middle = (low + high) / 2
            if _leader(run, one["a"], one["b"], middle) == one["above"]:
                high = middle
            else:
                low = middle
        assert one["reward_rate"] == pytest.approx(low, abs=1e-6)  # a hundredth of a basis point


def _leader(run: Run, a: str, b: str, rate: float) -> str:
    reward = f"SOL={100 * rate:.10f}%"
    out = run("rank", *DAY, "--where", "asset:sol", "--reward", reward, "--json").out
    tickers: list[str] = [one["ticker"] for one in json.loads(out)["rows"]]
    return next(one for one in tickers if one in {a, b})
