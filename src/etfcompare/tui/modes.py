"""Going from one mode to another, in the order in which the title names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etfcompare.tui.chrome import MODES
from etfcompare.tui.products import ProductsScreen

if TYPE_CHECKING:
    from textual.app import App

    from etfcompare.tui.flows_screen import FlowsScreen
    from etfcompare.tui.frontier_screen import FrontierScreen


def go_on(app: App[None], step: int) -> None:
    """Go some modes on; beside an open panel or field, go there.

    Args:
        app: Where the modes are.
        step: 1 for the next mode, -1 for the one before.
    """
    products = next((one for one in app.screen_stack if isinstance(one, ProductsScreen)), None)
    if products is None:
        return
    modes = (products, products.flows, products.frontier)
    screen = next((one for one in modes if one is app.screen), None)
    if screen is None:  # a page lies over the mode
        return
    if screen.has_class("-supposing") or screen.filter_bar.is_open:
        _ = screen.focus_next() if step > 0 else screen.focus_previous()
        return
    wanted = MODES[(modes.index(screen) + step) % len(MODES)]
    if wanted == "Products":
        app.pop_screen()
    elif screen is products:
        app.push_screen(_mode(products, wanted))
    else:
        app.switch_screen(_mode(products, wanted))


def _mode(products: ProductsScreen, wanted: str) -> FlowsScreen | FrontierScreen:
    """Return a mode, which is made when it is first looked at."""
    app = products.app
    if wanted == "Flows":
        if products.flows is None:
            from etfcompare.tui.flows_screen import FlowsScreen  # noqa: PLC0415 - not at the start

            products.flows = FlowsScreen(products)
            app.install_screen(products.flows, "flows")
        return products.flows
    if products.frontier is None:
        from etfcompare.tui.frontier_screen import FrontierScreen  # noqa: PLC0415 - likewise

        products.frontier = FrontierScreen(products)
        app.install_screen(products.frontier, "frontier")
    return products.frontier
