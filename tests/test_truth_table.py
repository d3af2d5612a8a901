"""Rows of the methodology's truth table: catalogues of real funds against published figures."""

import pytest

from etfcompare.engine.figures import Table
from etfcompare.engine.scenario import Rates, Scenario
from etfcompare.units import date_of
from strategies import catalogue_of, read_text

SOLANA = """
schema: 1
cash: {yield: 3.63%, as_of: 2026-01-28, source: page}
assets:
  ETH: {name: Ether, staking: {rate: 2.78%, periods: 1, as_of: 2026-02-21, source: page}}
  SOL: {name: Solana, staking: {rate: 6.21%, periods: 182.5, as_of: 2026-08-10, source: page}}
sources: {page: {title: Fund page, grade: issuer}}
products:
"""
BSOL = """
  - ticker: BSOL
    asset: SOL
    fee: {rate: 0.20%, as_of: 2026-03-24, source: page}
    staking:
      staked: 100%
      cut: 6%
      rate: GROSS
      published: {rate: NET, basis: after cut}
      payout: accrues
      as_of: 2026-03-24
      source: page
"""


def figures(products: str, as_of: str = "2026-08-21", horizon: int = 365) -> dict[str, float]:
    """Figures of the first product, at its own reward rate."""
    scenario = Scenario(as_of=date_of(as_of), rates=Rates.OWN, horizon=horizon)
    table = Table(catalogue_of(SOLANA + products), scenario)
    keys = ("staking_yield", "net_yield", "published_net", "published_gap")
    return {key: table.number(0, key) for key in keys}


def bsol(gross: str, net: str) -> str:
    return BSOL.replace("GROSS", gross).replace("NET", net)


def test_t1_bsol_on_the_day_its_page_went_from_gross_to_net() -> None:
    found = figures(bsol("6.76%", "6.35%"))
    assert found["staking_yield"] == pytest.approx(0.0676 * 0.94, abs=1e-9)
    assert found["published_gap"] * 1e4 == pytest.approx(0.44, abs=1e-6)


def test_t3_bsol_in_august_2026() -> None:
    found = figures(bsol("6.21%", "5.84%"))
    assert found["staking_yield"] == pytest.approx(0.058374, abs=1e-9)
    assert found["published_gap"] * 1e4 == pytest.approx(-0.26, abs=1e-6)


def test_t5_bsol_realised_while_its_fee_was_waived() -> None:
    waived = "fee: {rate: 0.20%, waiver: {rate: 0%, until: 2026-01-28}, "
    product = bsol("6.960%", "6.542%").replace("fee: {rate: 0.20%, ", waived)
    net = figures(product, as_of="2025-11-08", horizon=70)["net_yield"]
    assert net == pytest.approx(0.06542, abs=5e-6)
    assert (net - 0.06419) * 1e4 == pytest.approx(12.3, abs=0.1)
    assert (net - 0.06588) * 1e4 == pytest.approx(-4.5, abs=0.1)


def test_t7_vsol_charges_the_coins_that_are_staked() -> None:
    net = figures("""
  - ticker: VSOL
    asset: SOL
    fee: {rate: 0.30%, as_of: 2026-07-31, source: page}
    staking:
      staked: 88.04%
      charge: 0.28%
      rate: 4.85%
      basis: fund
      published: {rate: 4.55%, basis: after fee}
      payout: accrues
      as_of: 2026-07-31
      source: page
""")
    assert net["net_yield"] == pytest.approx(0.0485 - 0.0028 * 0.8804 - 0.003, abs=1e-9)
    assert net["published_gap"] * 1e4 == pytest.approx(-24.7, abs=0.05)


def test_t9c_bsol_realised_over_the_end_of_its_waiver() -> None:
    waived = "fee: {rate: 0.20%, waiver: {rate: 0%, until: 2026-01-28}, "
    product = bsol("6.77%", "6.36%").replace("fee: {rate: 0.20%, ", waived)
    net = figures(product, as_of="2026-01-17", horizon=62)["net_yield"]
    realised = (0.133877 / 0.132477 - 1) * 365 / 62
    assert net == pytest.approx(0.0677 * 0.94 - 0.002 * 51 / 62, abs=1e-9)
    assert (net - realised) * 1e4 == pytest.approx(-2.2, abs=0.1)


def test_t13_an_unstaked_fund_yields_minus_its_fee() -> None:
    net = figures("""
  - {ticker: ETHA, asset: ETH, fee: {rate: 0.25%, as_of: 2026-03-09, source: page}}
""")["net_yield"]
    realised = (301.75 / 302.09 - 1) * 365 / 165
    assert net == -0.0025
    assert (net - realised) * 1e4 == pytest.approx(-0.1, abs=0.05)


@pytest.mark.parametrize("cut", ["", "cut: 0%,"])
@pytest.mark.parametrize("assumed", ["", "assume: {cut: 10%, staked: 90%}\n"])
def test_t15_a_flat_rate_is_kept_whole(cut: str, assumed: str) -> None:
    product = f"""
  - ticker: SLNC
    asset: SOL
    fee: {{rate: 0%, as_of: 2022, source: page}}
    staking: {{{cut} rate: 3.00%, basis: flat, payout: coin entitlement, as_of: 2022, source: page}}
{assumed}"""
    assert figures(product)["net_yield"] == pytest.approx(0.03, abs=1e-9)


def test_t20_n15_a_cut_written_as_a_fraction_is_doubted_and_shows_in_the_gap() -> None:
    product = bsol("6.76%", "6.36%").replace("cut: 6%", "cut: 0.06%")
    _, problems = read_text(SOLANA + product)
    doubts = [one for one in problems if one.path == "products[BSOL].staking.cut"]
    assert [str(one.severity) for one in doubts] == ["warning"]
    assert "share of rewards" in doubts[0].message
    assert "6%" in doubts[0].hint
    found = figures(product)
    assert found["staking_yield"] == pytest.approx(0.06756, abs=5e-6)
    assert found["published_gap"] * 1e4 == pytest.approx(39.6, abs=0.05)
