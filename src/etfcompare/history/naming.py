"""Whose figures they are: names of other people's files, as the catalogue has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from etfcompare.catalogue.fields import nearest
from etfcompare.catalogue.schema import Catalogue, Product
from etfcompare.history.foreign_text import quoted
from etfcompare.history.rows import Scope, name_in
from etfcompare.units import UnitError
from etfcompare.visible import visible

_NUMBERS: Final = {"twentyone": "21", "three": "3"}
"""Words that begin keys, as in `twentyOneShares`, where names have digits."""
_SPREADSHEET: Final = "=+-@"
_HOME: Final = "US"


class UnnamedError(Exception):
    """A name that cannot be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Finds the names of a catalogue for those of a file."""

    catalogue: Catalogue
    renamed: Mapping[str, str] = field(default_factory=dict)
    """What the user says that a name of the file stands for, by the name in lower case."""
    takes_unknown: bool = False
    """Whether funds that the catalogue does not have are taken, too."""

    def of(self, scope: Scope, name: str, issuers_of: str) -> str:
        """Return the name under which a figure is kept.

        Args:
            scope: Whose figure it is.
            name: As the file has it.
            issuers_of: The asset, where names of the file are issuers and mean their fund on it.

        Raises:
            UnnamedError: There is none, or more than one.
        """
        given = self.renamed.get(name.casefold(), name)
        try:
            given = name_in(given)
        except UnitError as error:
            raise UnnamedError(str(error)) from error
        if given[0] in _SPREADSHEET:
            raise UnnamedError(f"{quoted(given)} would be a formula in a spreadsheet")
        match scope:
            case Scope.PRODUCT if issuers_of and given == name:
                return self._fund(given, issuers_of)
            case Scope.PRODUCT:
                return self._known(given, self._tickers(), "product")
            case Scope.ASSET:
                return _spelled(given, self.catalogue.assets) or given
            case _:
                return given

    def asset(self, name: str) -> str:
        """Return the code of an asset that has prices.

        Raises:
            UnnamedError: The catalogue has none of that name.
        """
        given = self.renamed.get(name.casefold(), name)
        return self._known(given, self.catalogue.assets, "asset")

    def guessed(self, file_name: str, scope: Scope) -> str | None:
        """Return the one ticker or asset that the name of a file holds as a word."""
        known = self.catalogue.assets if scope is Scope.ASSET else self._tickers()
        words = {word.casefold() for word in re.split(r"[^A-Za-z0-9]+", file_name)}
        found = [one for one in known if one.casefold() in words]
        return found[0] if len(found) == 1 else None

    def _tickers(self) -> tuple[str, ...]:
        return tuple(one.ticker for one in self.catalogue.products)

    def _known(self, name: str, known: Iterable[str], what: str) -> str:
        known = tuple(known)
        if spelled := _spelled(name, known):
            return spelled
        if self.takes_unknown:
            return name
        close = nearest(name, known)
        hint = f"--rename {visible(name)}={visible(close)} if it is that, " if close else ""
        raise UnnamedError(
            f"{quoted(name)} is no {what} of the catalogue; {hint}--unknown to take it"
        )

    def _fund(self, key: str, asset: str) -> str:
        """Return the fund of an issuer on an asset, one of the United States if there is one."""
        plain = key.casefold()
        for word, digits in _NUMBERS.items():
            plain = plain.replace(word, digits) if plain.startswith(word) else plain
        funds = [
            one
            for one in self.catalogue.products
            if one.asset.casefold() == asset.casefold()
            and one.status != "closed"
            and _is_issuer(plain, one.issuer or "")
        ]
        at_home = [one for one in funds if _country(one) == _HOME]
        tickers = tuple(one.ticker for one in at_home or funds)
        if len(tickers) == 1:
            return tickers[0]
        said = f"{quoted(key)} names no fund on {visible(asset)} of the catalogue"
        if tickers:
            said = f"{quoted(key)} may be {' or '.join(map(visible, tickers))}"
        raise UnnamedError(f"{said}; --rename {visible(key)}=TICKER says which")


def _spelled(name: str, known: Iterable[str]) -> str | None:
    known = tuple(known)
    if name in known:
        return name
    return next((one for one in known if one.casefold() == name.casefold()), None)


def _is_issuer(plain: str, issuer: str) -> bool:
    """Tell whether a key such as `canary` names an issuer such as `Canary Capital`."""
    words = re.findall(r"[a-z0-9]+", issuer.casefold())
    return "".join(words).startswith(plain) or plain in words


def _country(product: Product) -> str | None:
    return product.listing.country if product.listing is not None else None
