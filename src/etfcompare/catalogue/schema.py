"""What a catalogue may say: one class a block, a sentence and a unit for every field.

Everything is optional but a product's ticker and asset: what is not known is left out. A figure is
kept as `Stated`: its value with the date and source that stand behind it and its place in the file.
The reader, the JSON Schema and the editors' completion all follow from these classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Generic, NamedTuple, TypeVar

from etfcompare.catalogue.fields import (
    Block,
    Bound,
    Field,
    Kind,
    declare,
    inner,
    listed,
    named,
    required,
    several,
)
from etfcompare.catalogue.problem import Severity
from etfcompare.units import AsOf

SCHEMA_VERSION = "1"

T = TypeVar("T")


class Stated(NamedTuple, Generic[T]):
    """A figure as the file states it."""

    value: T
    """Rates and shares as fractions, money in US dollars, dates as dates."""
    text: str
    """As written in the file."""
    as_of: AsOf | None
    """When it was true: its own date, or its block's."""
    source: str | None
    """Key into `Catalogue.sources`: its own, or its block's."""
    start: int
    """Where the value begins in the text of the document."""
    path: str
    """Its place in the catalogue, as `products[BSOL].fee.rate`."""


Rate = Stated[float] | None
"""A fraction, or unknown."""
Dollars = Stated[float] | None
"""US dollars, or unknown."""
Days = Stated[int] | None
"""A number of days, or the default."""

# What no honest figure breaks, and what an unusual one may (methodology section 6).
_COST = Bound(least=0, most=1, message="is not between 0% and 100%", severity=Severity.ERROR)
_PART = Bound(least=0, most=1, message="is not between 0% and 100%", severity=Severity.ERROR)
_FEE = (
    _COST,
    Bound(least=0.0003, message="a year is a very low fee", slip=100),
    Bound(most=0.05, message="a year is a very high fee", slip=0.01),
)
_SPREAD = (_COST, Bound(most=0.05, message="is a very wide spread"))
_STAKED = (
    _PART,
    Bound(least=0.010001, message="is a very small part of the coins", slip=100),
)
_CUT = (
    _PART,
    Bound(least=0.005, message="is a very small share of rewards", slip=100),
    Bound(most=0.4, message="is a very large share of rewards"),
)
_REWARD = (
    _COST,
    Bound(least=0.005, most=0.15, message="is outside what coins have paid, 0.5% to 15%"),
)
_SIZE = (
    Bound(least=0, message="is below zero", severity=Severity.ERROR),
    Bound(least=1e5, message="is very little money for a fund", slip=1e6),
    Bound(most=1e12, message="is more money than any fund holds"),
)
MOST_DOLLARS = 1e15
"""More than all the money there is: what somebody may be said to hold."""
_OWN = (
    Bound(least=0, message="is below zero", severity=Severity.ERROR),
    Bound(most=MOST_DOLLARS, message="is more money than there is", severity=Severity.ERROR),
)
_CASH = (Bound(least=-1, most=1, message="is not a yearly rate", severity=Severity.ERROR),)
_VOLATILITY = (Bound(least=0, message="is below zero", severity=Severity.ERROR),)
_FALL = (Bound(least=-1, most=0, message="is not a fall", severity=Severity.ERROR),)
_CORRELATION = Field(
    kind=Kind.NUMBER,
    meaning="Correlation with that asset, -1 to 1.",
    bounds=(Bound(least=-1, most=1, message="is not between -1 and 1", severity=Severity.ERROR),),
)
_PREMIUM = (
    Bound(least=-1, message="is below -100%", severity=Severity.ERROR),
    Bound(
        least=-0.05,
        most=0.05,
        message="is far from net asset value",
        hint="are price and value of the same day?",
    ),
)

GRADES = ("filing", "issuer", "capture", "press", "unverified")
"""How good a source is, best first."""
STAKES = "staking"
"""The status of a fund that stakes."""
NOT_STAKING = ("none", "allowed", "pending")
"""The statuses of one that does not, and why."""
FUND_BASIS, FLAT_BASIS = "fund", "flat"
"""Bases of a fund's own rate that are not on staked coins."""
TAXABLE, SHELTERED = "taxable", "sheltered"
"""The accounts that a lot may lie in."""
REWARD_BANDS = {"ETH": (0.015, 0.05), "SOL": (0.04, 0.09), "AVAX": (0.04, 0.09)}
"""What each network has paid a year; past it, a rate is doubted (methodology section 6)."""


class Figures(Block):
    """A block that may say `as_of` and `source`, and that stands or falls as a whole.

    Of other blocks, a fault costs only the field it is in.
    """

    is_cited: ClassVar[bool] = True
    """Whether its figures are others' and want a source."""


class Cash(Figures):
    """What cash pays: the hurdle that every yield is measured against."""

    name: str | None = declare(Kind.TEXT, "What the rate is of.")
    rate: Rate = declare(Kind.RATE, "Yearly yield of cash.", key="yield", bounds=_CASH)


class AssetStaking(Figures):
    """What the network pays on staked coins, the same for every fund."""

    rate: Rate = declare(Kind.RATE, "Gross yearly reward rate on staked coins.", bounds=_REWARD)
    periods: Rate = declare(
        Kind.NUMBER,
        "How often a year rewards join the stake; 1 for none.",
        bounds=(Bound(least=1, most=1e5, message="is not a count", severity=Severity.ERROR),),
    )


class Risk(Figures):
    """How the coin's price behaves."""

    volatility: Rate = declare(Kind.RATE, "Yearly volatility.", bounds=_VOLATILITY)
    max_drawdown: Rate = declare(Kind.RATE, "Largest fall from a peak, negative.", bounds=_FALL)
    beta: Rate = declare(Kind.NUMBER, "Beta against bitcoin.")
    correlation: Mapping[str, Stated[float]] = named(
        _CORRELATION, "Correlation with other assets, by their code."
    )


class Asset(Block):
    """A coin that funds hold."""

    code: str
    """Its symbol, as BTC: its key."""
    name: str | None = declare(Kind.TEXT, "Its name.")
    staking: AssetStaking | None = inner(AssetStaking)
    risk: Risk | None = inner(Risk)


class Assume(Block):
    """What to take where a product is silent; everything built on it is marked `~`."""

    staked: Rate = declare(Kind.SHARE, "Staked share of a fund that stakes.", bounds=_STAKED)
    cut: Rate = declare(Kind.SHARE, "Cut of rewards of a fund that stakes.", bounds=_CUT)
    spread: Rate = declare(Kind.RATE, "Quoted bid-ask spread.", bounds=_SPREAD)
    premium: Rate = declare(Kind.RATE, "Price over net asset value, less one.", bounds=_PREMIUM)


class Limits(Block):
    """After how many days a figure of each block is marked stale."""

    fee: Days = declare(Kind.SPAN, "Fees and waivers; 400d unless given.")
    staking: Days = declare(Kind.SPAN, "Staking terms and reward rates; 60d unless given.")
    market: Days = declare(Kind.SPAN, "Size, spread and premium; 45d unless given.")
    flows: Days = declare(Kind.SPAN, "Flows; 14d unless given.")
    risk: Days = declare(Kind.SPAN, "Volatility, falls, beta, correlation; 90d unless given.")
    cash: Days = declare(Kind.SPAN, "The yield of cash; 45d unless given.")


DEFAULT_LIMITS = {"fee": 400, "staking": 60, "market": 45, "flows": 14, "risk": 90, "cash": 45}
"""Days, by block; a mark must mean something."""


class Source(Block):
    """Where figures come from."""

    key: str
    """What figures name it by."""
    title: str | None = declare(Kind.TEXT, "What it is.")
    url: str | None = declare(Kind.URL, "Where it is.")
    grade: str | None = declare(
        Kind.CHOICE,
        "How good it is; figures from an unverified one are marked `~`.",
        choices=GRADES,
    )
    as_of: Stated[date] | None = declare(Kind.AS_OF, "When it was published or read.")
    note: str | None = declare(Kind.TEXT, "How the figures were made, or a caution.")


class History(Block):
    """Files of past flows, prices and holdings, in the catalogue's folder."""

    flows: str | None = declare(Kind.TEXT, "Flows by period, CSV.")
    prices: str | None = declare(Kind.TEXT, "Closing prices by day, CSV.")
    holdings: str | None = declare(Kind.TEXT, "Coins per share by day, CSV.")
    window: Days = declare(
        Kind.SPAN, "How far back the behaviour of prices is measured; 3y unless given."
    )


class View(Block):
    """A named way to look at the catalogue."""

    name: str | None = declare(Kind.TEXT, "What it is called.")
    sort: str | None = declare(Kind.TEXT, "Figures to sort by, most important first.")
    where: str | None = declare(Kind.TEXT, "A filter.")
    horizon: Days = declare(
        Kind.SPAN, "How long the fund is held, where the view asks about that; 1y unless given."
    )
    columns: tuple[str, ...] = listed("Figures to show, by key.")


class Listing(Block):
    """Where and since when the product trades."""

    exchange: str | None = declare(Kind.TEXT, "Its main exchange.")
    country: str | None = declare(Kind.COUNTRY, "Country of that exchange, ISO 3166.")
    since: Stated[date] | None = declare(Kind.AS_OF, "First day of trading.")
    isin: str | None = declare(Kind.ISIN, "Its ISIN.")


class Waiver(Figures):
    """A temporary lower fee."""

    rate: Rate = declare(Kind.RATE, "Yearly fee while it lasts.", bounds=(_COST,))
    first: Dollars = declare(
        Kind.MONEY,
        "The size of the fund up to which it holds.",
        bounds=_SIZE[:1],
        is_condition=True,
    )
    mode: str | None = declare(
        Kind.CHOICE,
        "tier: for the first so many dollars; cliff: for everyone until the fund is that large.",
        choices=("tier", "cliff"),
    )
    until: Stated[date] | None = declare(Kind.DATE, "First day at the full fee.")


class Fee(Figures):
    """What the fund charges on its net assets."""

    rate: Rate = declare(Kind.RATE, "Stated yearly fee (TER in Europe).", bounds=_FEE)
    waiver: Waiver | None = inner(Waiver, is_condition=True)


class StakingWaiver(Figures):
    """A temporary lower cut or charge."""

    cut: Rate = declare(Kind.SHARE, "Cut of rewards while it lasts.", bounds=(_PART,))
    charge: Rate = declare(Kind.RATE, "Charge on staked coins while it lasts.", bounds=(_COST,))
    until: Stated[date] | None = declare(Kind.DATE, "First day at the full cut and charge.")


class Published(Figures):
    """What the issuer prints as its staking rate."""

    rate: Rate = declare(Kind.RATE, "The printed yearly rate.", bounds=_REWARD)
    basis: str | None = declare(
        Kind.CHOICE,
        "What has been taken off the printed rate.",
        choices=("gross", "after cut", "after fee", "paid out"),
    )


class Staking(Figures):
    """How the fund stakes; no block means that it does not."""

    status: str | None = declare(
        Kind.CHOICE,
        "Leave out for a fund that stakes; otherwise why it does not.",
        choices=(STAKES, *NOT_STAKING),
    )
    staked: Rate = declare(Kind.SHARE, "Share of the coins that earn.", bounds=_STAKED)
    cut: Rate = declare(
        Kind.SHARE,
        "Share of rewards kept by sponsor, provider and custodian together.",
        bounds=_CUT,
    )
    charge: Rate = declare(
        Kind.RATE,
        "Yearly charge on staked coins, instead of or beside a cut.",
        bounds=(_COST, Bound(most=0.02, message="a year is a very high charge on staked coins")),
    )
    slashing: Rate = declare(
        Kind.RATE, "Expected yearly loss on staked coins to slashing.", bounds=(_COST,)
    )
    waiver: StakingWaiver | None = inner(StakingWaiver, is_condition=True)
    rate: Rate = declare(Kind.RATE, "The fund's own gross reward rate.", bounds=_REWARD)
    basis: str | None = declare(
        Kind.CHOICE,
        "What that rate is on: staked coins; all coins of the fund; "
        "or flat, promised whatever the network pays.",
        choices=("staked", FUND_BASIS, FLAT_BASIS),
    )
    published: Published | None = inner(Published)
    payout: str | None = declare(
        Kind.CHOICE,
        "Where the rewards go.",
        choices=("accrues", "cash", "coin entitlement"),
    )


class Market(Figures):
    """Size and price of the product on its exchange."""

    aum: Dollars = declare(Kind.MONEY, "Assets under management.", bounds=_SIZE)
    spread: Rate = declare(Kind.RATE, "Quoted bid-ask spread over the middle.", bounds=_SPREAD)
    premium: Rate = declare(Kind.RATE, "Price over net asset value, less one.", bounds=_PREMIUM)
    volume: Dollars = declare(Kind.MONEY, "Traded in a day, on average.", bounds=_SIZE[:1])


class Flows(Figures):
    """Money that came in (+) or left (-), net."""

    week: Dollars = declare(Kind.MONEY, "Last week.", key="1w")
    month: Dollars = declare(Kind.MONEY, "Last four weeks.", key="4w")
    quarter: Dollars = declare(Kind.MONEY, "Last thirteen weeks.", key="13w")
    year: Dollars = declare(Kind.MONEY, "Since 1 January.", key="ytd")


class Product(Block):
    """A listed fund on one coin."""

    ticker: str = required("Its key in the catalogue, unique.")
    asset: str = required("Code of the coin it holds, a key under assets.")
    start: int
    """Where it begins in the text of the document."""
    name: str | None = declare(Kind.TEXT, "Its full name.")
    issuer: str | None = declare(Kind.TEXT, "Who runs it.")
    structure: str | None = declare(Kind.TEXT, "Its legal form.")
    status: str | None = declare(
        Kind.CHOICE,
        "Whether it trades; closed ones are hidden unless asked for.",
        choices=("trading", "closed", "pending"),
    )
    custodian: str | None = declare(Kind.TEXT, "Who keeps the coins.")
    note: str | None = declare(Kind.TEXT, "One line that readers of its figures should know.")
    listing: Listing | None = inner(Listing)
    fee: Fee | None = inner(Fee)
    staking: Staking | None = inner(Staking)
    market: Market | None = inner(Market)
    flows: Flows | None = inner(Flows)

    @property
    def stakes(self) -> bool:
        """Whether the fund earns staking rewards now."""
        return self.staking is not None and self.staking.status in (None, STAKES)


class Lot(Figures):
    """Shares of one fund that the user bought at one time."""

    ticker: str = required("The fund, a ticker under products.")
    value: Dollars = declare(Kind.MONEY, "What it is worth.", bounds=_OWN, is_condition=True)
    cost: Dollars = declare(Kind.MONEY, "What was paid for it, fees included.", bounds=_OWN)
    bought: Stated[date] | None = declare(Kind.DATE, "The day it was bought.")
    account: str | None = declare(
        Kind.CHOICE,
        "taxable unless given; sheltered: a sale there costs no tax.",
        choices=(TAXABLE, SHELTERED),
    )

    @property
    def is_sheltered(self) -> bool:
        """Whether a sale costs no tax."""
        return self.account == SHELTERED


class Holdings(Figures):
    """What the user holds: the start of every trade that is worked out."""

    is_cited = False
    cash: Dollars = declare(
        Kind.MONEY, "Cash and what else is no crypto.", bounds=_OWN, is_condition=True
    )
    lots: tuple[Lot, ...] = several(Lot, "What was bought, lot by lot.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Everything a catalogue says that could be used."""

    products: tuple[Product, ...] = ()
    assets: Mapping[str, Asset] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    cash: Cash | None = None
    assume: Assume = field(default_factory=Assume)
    limits: Mapping[str, int] = field(default_factory=lambda: DEFAULT_LIMITS)
    """Days after which a figure is stale, by block."""
    history: History | None = None
    views: tuple[View, ...] = ()
    holdings: Holdings | None = None
    """The user's own; None where the file has none that can be used."""
