"""Opens the allocation and the rebalancing from any screen; what was set there is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etfcompare.tui.allocation_frame import AnswerScreen
from etfcompare.tui.allocation_screen import AllocationScreen
from etfcompare.tui.rebalance_screen import RebalanceScreen

if TYPE_CHECKING:
    from etfcompare.tui.products import ProductsScreen


def open_allocation(products: ProductsScreen) -> None:
    """Show what to hold, in place of what to trade if that is open.

    Args:
        products: Whose products in sight and scenario it follows.
    """
    if products.allocation is None:
        products.allocation = AllocationScreen(products)
        products.app.install_screen(products.allocation, "allocation")
    _show(products.allocation)


def open_rebalance(products: ProductsScreen) -> None:
    """Show what to trade, in place of what to hold if that is open.

    Args:
        products: Whose holdings and scenario it follows.
    """
    if products.rebalance is None:
        products.rebalance = RebalanceScreen(products)
        products.app.install_screen(products.rebalance, "rebalance")
    _show(products.rebalance)


def _show(screen: AnswerScreen) -> None:
    app = screen.products.app
    if isinstance(app.screen, AnswerScreen):
        if app.screen is not screen:
            app.switch_screen(screen)
    else:
        app.push_screen(screen)
