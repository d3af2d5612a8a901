"""The decision memo: what it says, that it adds up, and that names in it stay names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import TODAY
from etfcompare import __main__ as program
from etfcompare.engine.scenario import Scenario
from etfcompare.memo import memo, next_best
from etfcompare.workspace import Workspace
from screens import SMALL, opened, written

SCENARIO = Scenario(as_of=TODAY)
SECTIONS = [
    *("Choice", "Alternatives", "Ledger, a year", "Price risk", "Assumptions"),
    *("What would change the answer", "Sources"),
]
RIVAL = """
  - ticker: FOXTROT
    asset: SOL
    fee: {rate: 0.10%, as_of: 2026-11-01, source: pages}
    staking: {staked: 80%, cut: 2%, as_of: 2026-11-10, source: pages}
    market: {aum: $90M, spread: 10bp, premium: 0.05%, as_of: 2026-11-18, source: pages}
"""
COMING = """
  - ticker: GOLF
    asset: SOL
    status: pending
    fee: {rate: 0%, as_of: 2026-11-01, source: pages}
    staking: {staked: 100%, cut: 0%, as_of: 2026-11-10, source: pages}
"""
HOSTILE = "x|y [go](javascript:1) <img src=x> *b* \\u202e\\e]52;c;x\\a ~~s~~ # `c`"


def memo_of(workspace: Workspace, choice: str, *against: str, scenario: Scenario = SCENARIO) -> str:
    rows = [workspace.row_of(one) for one in against]
    return memo(workspace, scenario, workspace.row_of(choice), rows)


def section(text: str, heading: str) -> str:
    return text.split(f"\n## {heading}\n")[1].split("\n## ", maxsplit=1)[0]


def cells(text: str, heading: str) -> dict[str, list[str]]:
    """The table of a section, by the first cell of its rows."""
    lines = [line for line in section(text, heading).splitlines() if line.startswith("|")]
    rows = ([one.strip() for one in line.strip("|").split("|")] for line in lines[2:])
    return {row[0]: row[1:] for row in rows}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return opened(written(tmp_path, SMALL + RIVAL))


def test_a_memo_has_its_sections_in_order(workspace: Workspace) -> None:
    text = memo_of(workspace, "BRAVO", "FOXTROT")
    assert text.startswith("# Decision memo, 2026-11-22: BRAVO, Bravo Staked Solana\n")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == SECTIONS
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_the_choice_is_told_with_cash_and_break_even(workspace: Workspace) -> None:
    said = section(memo_of(workspace, "BRAVO", "FOXTROT"), "Choice")
    assert "**BRAVO** leaves 5.23% a year, in coins: +160bp against cash at 3.63%" in said
    assert "+$1.60K a year on $100K" in said
    assert "the price of SOL may fall by 1.52% before cash was better" in said
    assert "no product on SOL in the catalogue, is known to leave more" in said
    assert "The net yield of 1 other is unknown" in said


def test_a_choice_that_is_not_the_best_is_said_to_be_so(workspace: Workspace) -> None:
    said = section(memo_of(workspace, "FOXTROT", "BRAVO"), "Choice")
    assert "**It is not the highest net yield: one product leaves more**, BRAVO" in said
    assert "47bp or $470 a year more" in said
    assert "Against BRAVO: gross yield -99bp, expense ratio +40bp" in said


def test_a_better_product_that_is_no_alternative_is_told_too(workspace: Workspace) -> None:
    assert "BRAVO" in section(memo_of(workspace, "FOXTROT", "ALFA"), "Choice")


def test_a_choice_of_unknown_yield_is_said_to_be_so(workspace: Workspace) -> None:
    text = memo_of(workspace, "ECHO", "BRAVO")
    assert "**The net yield of ECHO is unknown**" in section(text, "Choice")
    assert "Unknown inputs of the choice: fee.rate" in section(text, "Assumptions")


def test_alternatives_stand_with_their_gap_in_bp_and_in_money(workspace: Workspace) -> None:
    scenario = replace(SCENARIO, amount=1e6)
    found = cells(memo_of(workspace, "BRAVO", "FOXTROT", scenario=scenario), "Alternatives")
    assert found["BRAVO"] == ["5.23%", "0.36%", "+160bp", "$770M", "", ""]
    assert found["FOXTROT"] == ["4.76%", "0.10%", "+113bp", "$90.0M", "-47bp", "-$4.70K"]


@pytest.mark.parametrize("choice", ["BRAVO", "FOXTROT", "CEDAR", "ALFA"])
@pytest.mark.parametrize("tax", [None, 0.37])
def test_the_lines_of_the_ledger_add_up_as_they_are_read(
    workspace: Workspace, choice: str, tax: float | None
) -> None:
    scenario = replace(SCENARIO, income_tax=tax)
    text = memo_of(workspace, choice, "ECHO", "DELTA", scenario=scenario)
    shown = {name: row[0] for name, row in cells(text, "Ledger, a year").items()}
    assert "= Net yield" in shown
    total = 0
    for name, cell in shown.items():
        if "?" in cell:
            break
        points = round(float(cell.rstrip("\\~!").rstrip("%")) * 100)
        if name.startswith("= "):
            assert points == total
        else:
            total += points


def test_every_assumption_and_the_catalogue_are_told(workspace: Workspace) -> None:
    scenario = replace(SCENARIO, rewards={"SOL": 0.04}, cash=0.03)
    said = section(memo_of(workspace, "BRAVO", scenario=scenario), "Assumptions")
    for name, word in scenario.words().items():
        assert f"{name.replace('_', ' ')} {word}" in said
    assert f"- Catalogue: funds.yaml, sha256 {workspace.document.sha256[:12]}" in said
    assert str(workspace.path.parent) not in said


def test_doubts_about_inputs_are_told_with_their_line(workspace: Workspace) -> None:
    said = section(memo_of(workspace, "CEDAR"), "Assumptions")
    line = next(n for n, one in enumerate(SMALL.splitlines(), 1) if "2024-01-02" in one)
    assert "Stale inputs of the choice: products\\[CEDAR\\].fee.rate 0.35% of 2024-01-02" in said
    assert f"days old (line {line})" in said
    assert "products\\[CEDAR\\].staking.staked 70%" in said
    assert "Unknown inputs of the choice: market.premium" in said


def test_what_would_change_the_answer(workspace: Workspace) -> None:
    said = section(memo_of(workspace, "BRAVO", "FOXTROT"), "What would change the answer")
    assert "- Cash at 5.23% (now 3.63%) matches BRAVO." in said
    assert "BRAVO only matches cash at 4.43% gross SOL rewards (now 6.20%)." in said
    assert "BRAVO and FOXTROT tie at 2.23% gross SOL rewards (now 6.20%);" in said
    assert "above it BRAVO leaves more" in said
    assert "- BRAVO, 2027-03-01: fee waiver ends, fee 0.00% → 0.50%; net yield -50bp." in said
    move = r"FOXTROT → BRAVO costs 0\.05% \(\$45.*: spread sold \d+bp, .*\), paid back in \d+ days"
    assert re.search(rf"- Switching {move}\.", said)


def test_a_choice_that_is_not_the_best_has_the_switch_to_the_best_and_from_what_is_no_better(
    workspace: Workspace,
) -> None:
    said = memo_of(workspace, "FOXTROT", "BRAVO", "ALFA", "DELTA")
    moves = re.findall(r"Switching (\w+ → \w+) .* paid back (\w+)", said)
    assert moves == [("FOXTROT → BRAVO", "in"), ("ALFA → FOXTROT", "in")]


def test_what_cannot_be_bought_is_no_alternative_unless_it_is_named(tmp_path: Path) -> None:
    workspace = opened(written(tmp_path, SMALL + RIVAL + COMING))
    table, row = workspace.table(SCENARIO), workspace.row_of("BRAVO")
    assert table.number(workspace.row_of("GOLF"), "net_yield") > table.number(row, "net_yield")
    assert next_best(table, row) == (workspace.row_of("FOXTROT"),)
    usual = memo_of(workspace, "BRAVO", "FOXTROT")
    assert "GOLF" not in usual
    assert "is known to leave more." in section(usual, "Choice")
    named = memo_of(workspace, "BRAVO", "GOLF", "FOXTROT")
    assert "is known to leave more and can be bought." in section(named, "Choice")
    assert "GOLF is pending: it cannot be bought." in section(named, "Alternatives")
    assert re.findall(r"Switching (\w+ → \w+)", named) == ["FOXTROT → BRAVO"]
    assert "Switching" not in memo_of(workspace, "GOLF", "BRAVO")


def test_funds_on_different_coins_are_said_to_have_no_common_rate(workspace: Workspace) -> None:
    said = section(memo_of(workspace, "BRAVO", "CEDAR"), "What would change the answer")
    assert "BRAVO and CEDAR hold different coins" in said


def test_the_crossover_told_is_one(workspace: Workspace) -> None:
    said = section(memo_of(workspace, "BRAVO", "FOXTROT"), "What would change the answer")
    found = re.search(r"tie at ([\d.]+)% gross SOL rewards", said)
    assert found is not None
    scenario = replace(SCENARIO, rewards={"SOL": float(found[1]) / 100})
    table = workspace.table(scenario)
    one, other = (
        table.number(workspace.row_of(name), "net_yield") for name in ("BRAVO", "FOXTROT")
    )
    assert abs(one - other) < 1e-5


def test_only_addresses_of_the_web_become_links(tmp_path: Path) -> None:
    text = SMALL.replace("https://example.invalid/fed", "javascript:alert(1)")
    text = text.replace("https://example.invalid/pages", "https://example.invalid/a(b)|c?d=1&e=2")
    said = section(memo_of(opened(written(tmp_path, text)), "BRAVO"), "Sources")
    assert "javascript" not in said
    assert "filing: Federal Reserve; figures of 2026-11-20 for BRAVO" in said
    address = "https://example.invalid/a%28b%29%7Cc?d=1&amp;e=2"
    assert f"issuer: [Pages of the issuers]({address}); figures of 2026-11-01 to " in said


def test_hostile_names_stay_names(tmp_path: Path) -> None:
    text = SMALL.replace("name: Bravo Staked Solana", f'name: "{HOSTILE}"')
    text = text.replace("title: Pages of the issuers", f'title: "{HOSTILE}"')
    text = text.replace("ticker: BRAVO", 'ticker: "B|<i>*"').replace("CEDAR", "'[C](x)'")
    written_memo = memo_of(opened(written(tmp_path, text)), "B|<i>*", "[C](x)", "ALFA")
    for raw in ("<i", "<img", "[go](", "[C](", "\x1b", "\u202e", "~~"):
        assert raw not in written_memo
    assert "\\[go\\](javascript:1)" in written_memo
    for heading in ("Alternatives", "Ledger, a year", "Price risk"):
        lines = [one for one in section(written_memo, heading).splitlines() if one[:1] == "|"]
        assert len({len(re.findall(r"(?<!\\)\|", one)) for one in lines}) == 1


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL + RIVAL)
    assert memo_of(opened(path), "BRAVO", "CEDAR") == memo_of(opened(path), "BRAVO", "CEDAR")


def test_the_next_best_are_of_the_same_coin_and_known(workspace: Workspace) -> None:
    table = workspace.table(SCENARIO)
    names = [table.products[row].ticker for row in next_best(table, workspace.row_of("BRAVO"))]
    assert names == ["FOXTROT"]
    assert next_best(table, workspace.row_of("CEDAR")) == ()
    assert "of no other product on ETH" in memo_of(workspace, "CEDAR")


def test_every_product_of_the_catalogue_can_have_its_memo(catalogue_path: Path) -> None:
    workspace = opened(catalogue_path)
    table = workspace.table(SCENARIO)
    for row in range(len(table.products)):
        text = memo(workspace, SCENARIO, row, next_best(table, row))
        assert re.findall(r"^## (.*)$", text, re.MULTILINE) == SECTIONS
        assert not re.search(r"\bnan\b", text)


# The command


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    written(tmp_path, SMALL + RIVAL, "products.yaml")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = program.main(("memo", *arguments, "--as-of", "2026-11-22"))
        return code, *capsys.readouterr()

    return run


def test_the_command_writes_the_memo_and_nothing_else(run: Run) -> None:
    code, out, err = run("bravo", "--against", "foxtrot", "--against", "ALFA")
    assert (code, err) == (0, "")
    assert list(cells(out, "Alternatives")) == ["BRAVO", "FOXTROT", "ALFA"]


def test_without_alternatives_the_next_best_are_taken(run: Run) -> None:
    assert list(cells(run("BRAVO")[1], "Alternatives")) == ["BRAVO", "FOXTROT"]


def test_a_product_is_not_set_against_itself(run: Run) -> None:
    code, out, err = run("BRAVO", "--against", "bravo")
    assert (code, out) == (2, "")
    assert err == "etfcompare: BRAVO is named twice; name each product once\n"
