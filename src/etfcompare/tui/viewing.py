"""Saved views and the choice of columns: how the user wants to look at the catalogue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from etfcompare.editing import SaveView as SaveInCatalogue
from etfcompare.engine.figures import FIGURES
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.sheet import sheet_of, sort_in_words
from etfcompare.engine.views import NamedView, ViewOrigin, Views, view_named, views_of
from etfcompare.errors import EtfcompareError, UsageError
from etfcompare.tui.cells import RANK, grid_columns
from etfcompare.tui.column_choice import Chosen
from etfcompare.tui.columns import ColumnChooser
from etfcompare.tui.look import Look
from etfcompare.tui.own import Own
from etfcompare.tui.view_picker import Home, ListedView, SaveView, SaveViewForm, ViewPicker
from etfcompare.units import format_span
from etfcompare.visible import visible
from etfcompare.workspace import Workspace

if TYPE_CHECKING:
    from etfcompare.tui.products import ProductsScreen

_ORIGINS = {
    ViewOrigin.SHIPPED: "shipped",
    ViewOrigin.CATALOGUE: "catalogue",
    ViewOrigin.SETTINGS: "yours",
}
_PACKAGED = "the sample that came with the program is never changed"


def look_of(view: NamedView) -> Look:
    """Return how a view has the catalogue looked at."""
    return Look(where=view.where, sort=view.sort, columns=view.columns, view=view.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How the table is looked at first."""

    look: Look
    view_look: Look
    """How the view in it is looked at before anything is changed."""
    base: Scenario
    """What is assumed."""
    notice: str = ""


def start(
    workspace: Workspace,
    own: Own,
    launched: Scenario,
    *,
    view: str | None,
    given: frozenset[str],
) -> Start:
    """Return the view that was asked for, else what the last run left.

    Args:
        workspace: The open catalogue.
        own: The user's settings and what is remembered.
        launched: What was assumed on the command line.
        view: The name of the view that was asked for.
        given: The assumptions that hold whatever the view says, by name.

    Raises:
        UsageError: There is no view of that name.
    """
    views = views_of(workspace.catalogue, own.settings.views)
    state = own.remembered
    named, notice = None, ""
    if view is not None:
        named = view_named(views, view)
    elif state.view is not None:
        try:
            named = view_named(views, state.view)
        except UsageError as error:
            notice = str(error)
    plain = Look() if named is None else look_of(named)
    base = launched if "horizon" in given else _base(launched, named)
    if view is not None:
        return Start(look=plain, view_look=plain, base=base)
    look = replace(
        plain,
        sort=state.sort or plain.sort,
        columns=state.columns or plain.columns,
        widths=state.widths,
    )
    return Start(look=look, view_look=plain, base=base, notice=notice)


def _base(launched: Scenario, view: NamedView | None) -> Scenario:
    if view is None or view.horizon is None:
        return launched
    return launched.but("horizon", view.horizon)


class Viewing:
    """Views and columns of a products screen."""

    def __init__(self, screen: ProductsScreen) -> None:
        self.screen = screen

    def views(self) -> Views:
        """Return the views that there are for the open catalogue."""
        return views_of(self.screen.workspace.catalogue, self.screen.own.settings.views)

    def choose(self) -> None:
        """Let the user choose a view."""
        views = self.views()
        for fault in views.faults:
            self._complain(fault.message)
        listed = [
            ListedView(one.name, _ORIGINS[one.origin], _in_words(one)) for one in views.offered
        ]
        picker = ViewPicker(listed, current=self.screen.look.view)
        self.screen.app.push_screen(picker, self._chosen)

    def _chosen(self, name: str | None) -> None:
        if name is None:
            return
        try:
            self.take(view_named(self.views(), name))
        except EtfcompareError as error:  # the file has changed behind the list
            self._complain(str(error))

    def take(self, view: NamedView) -> None:
        """Look at the catalogue as a view has it, over its holding period if it names one."""
        look = replace(look_of(view), widths=self.screen.look.widths)
        self.screen.rebase(_base(self.screen.launched, view))
        self.screen.view_look = look
        self.screen.show(look)
        self.screen.grid.action_first()  # a view is a question of its own: its answer is on top
        if view.sort:
            self.screen.grid.move_to_column(view.sort[0].key)

    def columns(self) -> None:
        """Let the user choose the columns; the table shows the choice while it is made."""
        look, comparison = self.screen.look, self.screen.comparison
        all_columns = grid_columns(sheet_of(comparison, tuple(FIGURES)), {})
        usual = {one.key: one.width for one in all_columns if one.key != RANK}
        chooser = ColumnChooser(look.columns, look.widths, usual=usual, preview=self._preview)
        self.screen.app.push_screen(chooser, self._columns_chosen)

    def _preview(self, chosen: Chosen) -> None:
        self.screen.try_out(self._look_with(chosen))

    def _columns_chosen(self, chosen: Chosen | None) -> None:
        if chosen is not None:
            self.screen.show(self._look_with(chosen))

    def _look_with(self, chosen: Chosen) -> Look:
        return replace(self.screen.look, columns=chosen.columns, widths=chosen.widths)

    def save(self) -> None:
        """Let the user save how the table is looked at now."""
        view = self._view_now("")
        what = [
            ("filter", view.where or "none"),
            ("sort", sort_in_words(view.sort)),
            ("columns", ", ".join(FIGURES[key].label for key in view.columns)),
            ("horizon", "as asked" if view.horizon is None else format_span(view.horizon)),
        ]
        is_packaged = self.screen.workspace.location.is_packaged
        form = SaveViewForm(
            self.screen.look.view,
            what,
            consequence=self._consequence,
            refusal=_PACKAGED if is_packaged else "",
        )
        self.screen.app.push_screen(form, self._saved)

    def _view_now(self, name: str) -> NamedView:
        look, horizon = self.screen.look, self.screen.scenario.horizon
        asked = {one.horizon for one in self.views().offered if one.name == look.view}
        is_as_launched = horizon == self.screen.launched.horizon and horizon not in asked
        return NamedView(
            name=name,
            where=look.where,
            sort=look.sort,
            columns=look.columns,
            horizon=None if is_as_launched else horizon,
            origin=ViewOrigin.SETTINGS,
        )

    def _consequence(self, wanted: SaveView) -> str:
        """Say which view would give way; raise what stands against saving it."""
        if wanted.home is Home.CATALOGUE:
            self.screen.changing.editor.propose(SaveInCatalogue(self._view_now(wanted.name).text()))
        there = ViewOrigin.CATALOGUE if wanted.home is Home.CATALOGUE else ViewOrigin.SETTINGS
        for one in self.views().offered:
            if one.name.casefold() == wanted.name.casefold():
                verb = "replaces" if one.origin is there else "stands in front of"
                if there is ViewOrigin.SETTINGS and one.origin is ViewOrigin.CATALOGUE:
                    return f'the catalogue has a view "{visible(one.name)}", which comes first'
                return f'{verb} the {_ORIGINS[one.origin]} view "{visible(one.name)}"'
        return ""

    def _saved(self, wanted: SaveView | None) -> None:
        if wanted is not None:
            self.screen.run_worker(self._save(wanted), group="change")

    async def _save(self, wanted: SaveView) -> None:
        text = self._view_now(wanted.name).text()
        if wanted.home is Home.CATALOGUE:
            if not await self.screen.changing.commit(SaveInCatalogue(text)):
                return
        else:
            own = self.screen.own
            try:
                own.settings = own.settings.save_view(text)
            except EtfcompareError as error:
                self._complain(str(error))
                return
            said = f'saved the view "{visible(wanted.name)}" in {visible(str(own.settings.path))}'
            self.screen.app.notify(said, markup=False)
        look = replace(self.screen.look, view=wanted.name)
        self.screen.view_look = look
        self.screen.show(look)

    def _complain(self, fault: str) -> None:
        self.screen.app.notify(visible(fault), severity="error", markup=False)


def _in_words(view: NamedView) -> str:
    parts = [view.where, sort_in_words(view.sort)]
    if view.horizon is not None:
        parts.append(f"held {format_span(view.horizon)}")
    return " · ".join(one for one in parts if one)
