"""The table of the terminal interface: a virtual grid that draws only what is visible.

It knows rows by key, columns by key, and asks for the text of a cell when it must draw it; what
a row means, how it is sorted and what a key on the keyboard does are the business of others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple, TypeAlias

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from etfcompare.tui.arrangement import (
    PADDING,
    SCROLLBAR,
    GridColumn,
    arranged,
    fitting_width,
)
from etfcompare.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.style import Style
    from textual import events

__all__ = ["Cell", "CellStyle", "Grid", "GridColumn", "SortKey", "fitting_width"]

CellStyle: TypeAlias = Literal["", "muted", "strong", "gain", "loss", "accent", "warning"]
"""How a cell looks, by meaning; the theme decides the colour."""

SortKey: TypeAlias = tuple[str, bool]
"""A column key and whether the order is descending."""

_WHEEL_ROWS = 3
_KEPT_LINES = 1024
_LOWEST_WITH_RULE = 5  # a lower grid gives the line of the rule to a row


class Cell(NamedTuple):
    """The text of one cell, shown literally, and how it looks."""

    text: str
    style: CellStyle = ""
    marks: str = ""
    """Signs behind the text, muted, in the room that the column keeps for them."""


class _Signs(NamedTuple):
    bar: str
    mark: str
    rule: str
    rule_cursor: str
    descending: str
    ascending: str
    orders: str
    before: str
    after: str
    thumb: str
    ellipsis: str


_UNICODE = _Signs("▌", "•", "─", "━", "▼", "▲", "¹²³⁴⁵⁶⁷⁸⁹", "‹", "›", "▐", "…")
_ASCII = _Signs(">", "*", "-", "=", "v", "^", "123456789", "<", ">", "|", ".")


def _fitted(text: str, width: int, align: Literal["left", "right"], ellipsis: str) -> str:
    """The text in exactly so many terminal cells."""
    if not text.isprintable():  # the caller made it visible; a slip must not reach the terminal
        text = visible(text)
    missing = width - (len(text) if text.isascii() else cell_len(text))
    if missing < 0:
        return set_cell_size(text, width - 1) + ellipsis
    return " " * missing + text if align == "right" else text + " " * missing


class _Line:
    """One line of the screen while it is put together, left to right."""

    __slots__ = ("_ground", "_segments", "_width")

    def __init__(self, ground: Style) -> None:
        self._ground = ground
        self._segments: list[Segment] = []
        self._width = 0

    def add(self, text: str, style: Style) -> None:
        """Append text whose width is not known."""
        if text:
            self.add_fitted(text, cell_len(text), style)

    def add_fitted(self, text: str, width: int, style: Style) -> None:
        """Append text of a known width in terminal cells."""
        self._width += width
        last = self._segments[-1] if self._segments else None
        if last is not None and last.style is style:
            self._segments[-1] = Segment(last.text + text, style)
        else:
            self._segments.append(Segment(text, style))

    def pad_to(self, x: int) -> None:
        """Append blanks up to a place."""
        if x > self._width:
            self.add_fitted(" " * (x - self._width), x - self._width, self._ground)

    def strip(self, width: int) -> Strip:
        """The line, finished and of exactly this width."""
        self.pad_to(width)
        strip = Strip(self._segments, self._width)
        return strip if self._width == width else strip.crop(0, width)


class Grid(Widget, can_focus=True):
    """A table whose cursor belongs to a product, not to a line.

    Rows and columns are known by key. The cursor and the marks stay with their keys through
    `show`, whatever the new order; a row that vanishes and comes back gets its cursor back.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "grid--heading",
        "grid--heading-cursor",
        "grid--arrow",
        "grid--rule",
        "grid--rule-cursor",
        "grid--marked",
        "grid--row-cursor",
        "grid--cell-cursor",
        "grid--bar",
        "grid--mark",
        "grid--muted",
        "grid--strong",
        "grid--gain",
        "grid--loss",
        "grid--accent",
        "grid--warning",
        "grid--more",
        "grid--thumb",
    }
    DEFAULT_CSS = """
    Grid {
        width: 1fr;
        height: 1fr;
        color: $foreground;

        & > .grid--heading { color: $text-muted; }
        & > .grid--heading-cursor { color: $foreground; text-style: bold; }
        & > .grid--arrow { color: $text-accent; text-style: bold; }
        & > .grid--rule { color: $foreground 30%; }
        & > .grid--rule-cursor { color: $foreground 60%; }
        & > .grid--marked { background: $accent 7%; }
        & > .grid--row-cursor { background: $foreground 7%; }
        & > .grid--cell-cursor { background: $foreground 12%; }
        & > .grid--bar { color: $foreground 40%; }
        & > .grid--mark { color: $text-accent; text-style: bold; }
        & > .grid--muted { color: $text-muted; }
        & > .grid--strong { text-style: bold; }
        & > .grid--gain { color: $text-success; }
        & > .grid--loss { color: $text-error; }
        & > .grid--accent { color: $text-accent; }
        & > .grid--warning { color: $text-warning; }
        & > .grid--more { color: $text-muted; }
        & > .grid--thumb { color: $foreground 25%; }

        &:focus {
            & > .grid--row-cursor { background: $accent 14%; }
            & > .grid--cell-cursor { background: $accent 24%; text-style: bold; }
            & > .grid--bar { color: $accent; }
            & > .grid--rule-cursor { color: $accent; }
        }
        &:ansi, &:nocolor {
            & > .grid--heading, & > .grid--rule, & > .grid--muted, & > .grid--more,
            & > .grid--thumb {
                color: $foreground;
                text-style: dim;
            }
            & > .grid--marked { background: transparent; }
            & > .grid--row-cursor { background: transparent; text-style: bold; }
            & > .grid--cell-cursor { background: transparent; text-style: reverse; }
            & > .grid--rule-cursor { text-style: not dim; }
        }
    }
    """

    marks: reactive[frozenset[str]] = reactive(frozenset[str](), repaint=False)
    """The keys of the marked rows, shown or not."""
    ascii: reactive[bool] = reactive(default=False)
    """Whether to draw with ASCII signs only, for poor terminals."""

    @dataclass
    class RowHighlighted(Message):
        """The cursor stands on another cell; a key is None when there is nothing to stand on."""

        grid: Grid
        row_key: str | None
        column_key: str | None

        @property
        def control(self) -> Grid:
            """The grid that sent it."""
            return self.grid

        def can_replace(self, message: Message) -> bool:
            """While a key is held only the last place matters."""
            return isinstance(message, Grid.RowHighlighted)

    @dataclass
    class RowSelected(Message):
        """The row under the cursor was chosen, by key or by a click on the cursor."""

        grid: Grid
        row_key: str

        @property
        def control(self) -> Grid:
            """The grid that sent it."""
            return self.grid

    @dataclass
    class SortRequested(Message):
        """A heading was clicked; with shift the column is an additional sort key."""

        grid: Grid
        column_key: str
        additional: bool

        @property
        def control(self) -> Grid:
            """The grid that sent it."""
            return self.grid

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - what Textual calls it
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._row_keys: tuple[str, ...] = ()
        self._columns: tuple[GridColumn, ...] = ()
        self._cell: Callable[[str, str], Cell] = lambda _row_key, _column_key: Cell("")
        self._sort: tuple[SortKey, ...] = ()
        self._row = 0
        self._top = 0
        self._column: str | None = None
        self._chosen: str | None = None  # the row gone to last, which may be out of the rows now
        self._announced: tuple[str | None, str | None] = (None, None)
        self._arrangement = arranged((), width=0, first=0, cursor=None)
        self._width = 0  # what the columns were arranged for
        self._is_dragging = False
        self._drawn: dict[tuple[int, bool], Strip] = {}
        self._rich_styles: dict[tuple[str, ...], Style] = {}

    # What is shown

    def show(
        self,
        *,
        row_keys: Sequence[str],
        columns: Sequence[GridColumn],
        cell: Callable[[str, str], Cell],
        sort: Sequence[SortKey] = (),
    ) -> None:
        """Show these rows and columns; nothing is asked for before it is drawn.

        Args:
            row_keys: The rows from top to bottom, each key once.
            columns: The columns from left to right.
            cell: The text of a row's cell in a column, by their keys.
            sort: The order the rows are in, for the arrows of the headings.
        """
        keys = tuple(row_keys)
        screen_line = self._row - self._top
        was_seen = 0 <= screen_line < self._page
        self._row = self._found_row(keys)
        self._row_keys = keys
        self._chosen = self._chosen or self.row_key
        self._cell = cell
        self._sort = tuple(sort)
        # The top stays in sight where it was and can be; else the cursor keeps its line.
        stays = self._top == 0 and self._row < self._page
        wanted = self._row - screen_line if was_seen and not stays else self._top
        self._top = self._clamped_top(wanted)
        self._column = self._found_column(columns)
        self._columns = tuple(columns)
        self._arrange(cursor=self._column)
        self._redraw()
        self._announce()

    def _found_row(self, row_keys: tuple[str, ...]) -> int:
        """Where the cursor goes among new rows: to its product, else to the nearest line."""
        nearest = min(self._row, max(0, len(row_keys) - 1))
        for key in (self._chosen, self.row_key):
            if row_keys and row_keys[nearest] == key:
                return nearest
            if key in row_keys:
                return row_keys.index(key)
        return nearest

    def _found_column(self, columns: Sequence[GridColumn]) -> str | None:
        """Where the cursor goes among new columns; it starts on the one they are sorted by."""
        keys = [column.key for column in columns]
        if self._column in keys or not keys:
            return self._column if keys else None
        shown = [column.key for column in self._arrangement.order]
        if self._column in shown:
            return keys[min(shown.index(self._column), len(keys) - 1)]
        return next((key for key, _ in self._sort if key in keys), keys[0])

    @property
    def row_key(self) -> str | None:
        """The key of the row under the cursor; None if there are no rows."""
        return self._row_keys[self._row] if self._row_keys else None

    @property
    def row_index(self) -> int | None:
        """The place of the cursor from the top, counted from 0; None if there are no rows."""
        return self._row if self._row_keys else None

    @property
    def column_key(self) -> str | None:
        """The key of the column under the cursor; None if there are no columns."""
        return self._column

    # Moving

    def move_to(self, row_key: str) -> None:
        """Put the cursor on a row, if it is shown."""
        if row_key in self._row_keys:
            self._move_row(self._row_keys.index(row_key))

    def move_to_column(self, column_key: str) -> None:
        """Put the cursor on a column, if it is shown."""
        if any(column.key == column_key for column in self._columns):
            self._move_column(column_key)

    def _move_row(self, row: int, *, scroll: int = 0) -> None:
        if not self._row_keys:
            return
        before, top = self._row, self._top
        self._row = min(max(row, 0), len(self._row_keys) - 1)
        self._chosen = self._row_keys[self._row]
        self._top = self._top_with_cursor(top + scroll)
        if self._top != top:
            self._redraw_rows()
        elif self._row != before:
            self._redraw_row(before)
            self._redraw_row(self._row)
        self._announce()

    def _move_column(self, column_key: str) -> None:
        first = self._arrangement.first
        self._column = column_key
        self._arrange(cursor=column_key)
        if self._arrangement.first != first:
            self._redraw()
        else:
            self.refresh(Region(0, 0, self.size.width, self._header))
            self._redraw_row(self._row)
        self._move_row(self._row)
        self._announce()

    def _step_column(self, step: int) -> None:
        keys = [column.key for column in self._arrangement.order]
        if self._column in keys:
            place = keys.index(self._column) + step
            self._move_column(keys[min(max(place, 0), len(keys) - 1)])

    def _announce(self) -> None:
        here = (self.row_key, self._column)
        if here != self._announced and self.is_running:
            self._announced = here
            self.post_message(self.RowHighlighted(self, *here))

    # Scrolling

    @property
    def _header(self) -> int:
        """Lines above the rows: heading and rule, as far as the height allows."""
        height = self.size.height
        return 2 if height >= _LOWEST_WITH_RULE else min(1, max(0, height - 1))

    @property
    def _page(self) -> int:
        """Rows that can be seen at once."""
        return max(0, self.size.height - self._header)

    def _clamped_top(self, top: int) -> int:
        return max(0, min(top, len(self._row_keys) - self._page))

    def _top_with_cursor(self, top: int) -> int:
        return self._clamped_top(max(min(top, self._row), self._row - self._page + 1))

    def _scroll_rows_to(self, top: int) -> None:
        """Move the view; the cursor stays where it is."""
        top = self._clamped_top(top)
        if top != self._top:
            self._top = top
            self._redraw_rows()

    def _scroll_columns(self, columns: int) -> None:
        """Move the view sideways by whole columns; the cursor stays where it is."""
        before = self._arrangement
        if columns < 0 or before.hidden_after:
            self._arrange(cursor=None, first=before.first + columns)
            if self._arrangement.first != before.first:
                self._redraw()

    def _arrange(self, *, cursor: str | None, first: int | None = None) -> None:
        self._width = self.size.width
        self._arrangement = arranged(
            self._columns,
            width=self.size.width,
            first=self._arrangement.first if first is None else first,
            cursor=cursor,
        )

    def _redraw(self) -> None:
        """Draw everything anew."""
        self._drawn.clear()
        self.refresh()

    def _redraw_rows(self) -> None:
        """Draw the rows at their new places; the lines kept are still good."""
        self.refresh(Region(0, self._header, self.size.width, self._page))

    def _redraw_row(self, row: int) -> None:
        line = row - self._top
        if 0 <= line < self._page:
            self.refresh(Region(0, self._header + line, self.size.width, 1))

    # Marks

    def toggle_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away."""
        if self.row_key is not None:
            self.marks = self.marks ^ {self.row_key}

    def clear_marks(self) -> None:
        """Take all marks away, also those of rows not shown."""
        self.marks = frozenset()

    # Drawing

    @property
    def _signs(self) -> _Signs:
        return _ASCII if self.ascii else _UNICODE

    def _style(self, *names: str) -> Style:
        """The style of these component classes laid over each other; empty names are skipped."""
        style = self._rich_styles.get(names)
        if style is None:
            classes = [f"grid--{name}" for name in names if name]
            style = self.get_visual_style(*classes).rich_style
            for name in classes:  # Textual blends the colours, but leaves out `reverse`
                style += self.get_component_styles(name).text_style
            self._rich_styles[names] = style
        return style

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen."""
        if self._width != self.size.width:  # the first paint comes before the news of the size
            self._fit()
        if y < self._header:
            return self._heading_line() if y == 0 else self._rule_line()
        row = self._top + y - self._header
        if row >= len(self._row_keys):
            return Strip.blank(self.size.width, self._style())
        has_thumb = self._thumb_at(y - self._header)
        if row == self._row:
            return self._row_line(row, has_thumb=has_thumb)
        strip = self._drawn.get((row, has_thumb))
        if strip is None:
            if len(self._drawn) >= _KEPT_LINES:
                self._drawn.clear()
            strip = self._drawn[row, has_thumb] = self._row_line(row, has_thumb=has_thumb)
        return strip

    def _heading_line(self) -> Strip:
        signs = self._signs
        arrangement = self._arrangement
        places = {key: place for place, (key, _) in enumerate(self._sort)}
        line = _Line(self._style())
        for column, x, width in arrangement.placed:
            if arrangement.hidden_before and column is arrangement.order[arrangement.first]:
                line.pad_to(x - 1)
                line.add(signs.before, self._style("more"))
            line.pad_to(x + 1)
            arrow = order = ""
            if (place := places.get(column.key)) is not None:
                arrow = signs.descending if self._sort[place][1] else signs.ascending
                order = signs.orders[place : place + 1] if len(places) > 1 else ""
            # The arrow stands behind the words, where figures have their mark.
            kept = column.marks or int(bool(arrow) or cell_len(column.heading) < width)
            room = width - kept
            words = _fitted(column.heading, room, column.align, signs.ellipsis)
            words = words.rstrip() if arrow else words
            line.add(words, self._style("heading" + "-cursor" * (column.key == self._column)))
            line.add(arrow + order, self._style("arrow"))
        line.pad_to(self.size.width - SCROLLBAR)
        line.add(signs.after if arrangement.hidden_after else " ", self._style("more"))
        return line.strip(self.size.width)

    def _rule_line(self) -> Strip:
        """A rule under each group of columns, stronger under the column of the cursor."""
        signs = self._signs
        line = _Line(self._style())
        for placed in self._arrangement.placed:
            line.pad_to(placed.x)
            here = placed.column.key == self._column
            line.add(
                (signs.rule_cursor if here else signs.rule) * (placed.width + PADDING),
                self._style("rule-cursor" if here else "rule"),
            )
        return line.strip(self.size.width)

    def _row_line(self, row: int, *, has_thumb: bool) -> Strip:
        signs = self._signs
        key = self._row_keys[row]
        is_cursor = row == self._row
        is_marked = key in self.marks
        ground = ("marked" if is_marked else "", "row-cursor" if is_cursor else "")
        line = _Line(self._style(*ground))
        line.add(signs.bar if is_cursor else " ", self._style(*ground, "bar"))
        line.add(signs.mark if is_marked else " ", self._style(*ground, "mark"))
        for column, x, width in self._arrangement.placed:
            text, name, marks = self._cell(key, column.key)
            over = "cell-cursor" if is_cursor and column.key == self._column else ""
            line.pad_to(x)
            room = width - column.marks
            style = self._style(*ground, name, over)
            line.add_fitted(
                f" {_fitted(text, room, column.align, signs.ellipsis)}", room + 1, style
            )
            if column.marks:
                signs_style = self._style(*ground, "muted", over)
                line.add_fitted(f"{marks:<{column.marks}}", column.marks, signs_style)
            line.add_fitted(" ", 1, style)
        line.pad_to(self.size.width - SCROLLBAR)
        line.add(signs.thumb if has_thumb else " ", self._style(*ground, "thumb"))
        return line.strip(self.size.width)

    def _thumb_at(self, line: int) -> bool:
        """Whether the thumb of the scrollbar covers this line of the rows."""
        rows, page = len(self._row_keys), self._page
        if rows <= page:
            return False
        size = max(1, page * page // rows)
        start = round(self._top * (page - size) / (rows - page))
        return start <= line < start + size

    # What happens to it

    def notify_style_update(self) -> None:
        """Forget what was drawn in the colours of before."""
        self._rich_styles.clear()
        self._drawn.clear()
        super().notify_style_update()

    def watch_marks(self) -> None:
        """Draw the marks as they are now."""
        self._redraw()

    def watch_ascii(self) -> None:
        """Draw with the other signs."""
        self._redraw()

    def on_mount(self) -> None:
        """Say where the cursor stands if rows were shown before there was a screen."""
        self._announce()

    def on_resize(self) -> None:
        """Fit the columns to the new width and keep the cursor in sight."""
        top = self._top
        self._fit()
        if self._top != top:
            self._redraw()

    def _fit(self) -> None:
        if self._width != self.size.width:
            self._arrange(cursor=self._column)
            self._drawn.clear()
        self._top = self._top_with_cursor(self._top)

    def on_click(self, event: events.Click) -> None:
        """Sort by a heading, go to a cell, or choose the row if the cursor is on that cell."""
        offset = event.get_content_offset(self)
        if offset is None or self._is_scrollbar(offset.x):
            return
        column_key = self._column_at(offset.x)
        row = self._top + offset.y - self._header
        if offset.y < self._header:
            if column_key is not None:
                self.post_message(self.SortRequested(self, column_key, additional=event.shift))
        elif row < len(self._row_keys):
            if row == self._row and column_key in {None, self._column}:
                self.action_select()
            self._move_row(row)
            if column_key is not None:
                self._move_column(column_key)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the scrollbar."""
        offset = event.get_content_offset(self)
        if offset is not None and offset.y >= self._header and self._is_scrollbar(offset.x):
            self._is_dragging = True
            self.capture_mouse()
            self._drag_to(offset.y)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the scrollbar, or tell what the heading under the mouse means."""
        offset = event.get_content_offset_capture(self)
        if self._is_dragging:
            self._drag_to(offset.y)
            return
        key = self._column_at(offset.x) if offset.y < self._header else None
        tooltip = next((column.tooltip for column in self._columns if column.key == key), "")
        self.tooltip = Content(tooltip) if tooltip else None

    def on_mouse_up(self) -> None:
        """Let go of the scrollbar."""
        if self._is_dragging:
            self._is_dragging = False
            self.release_mouse()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move the view down, or to the right with shift."""
        self._wheel(event, rows=_WHEEL_ROWS, columns=1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move the view up, or to the left with shift."""
        self._wheel(event, rows=-_WHEEL_ROWS, columns=-1)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Move the view to the right."""
        self._wheel(event, rows=0, columns=1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Move the view to the left."""
        self._wheel(event, rows=0, columns=-1)

    def _wheel(self, event: events.MouseEvent, *, rows: int, columns: int) -> None:
        event.stop()
        event.prevent_default()
        if event.shift or event.ctrl or not rows:
            self._scroll_columns(columns)
        else:
            self._scroll_rows_to(self._top + rows)

    def _drag_to(self, y: int) -> None:
        """Show the rows at this share of the scrollbar: its ends are the ends of the rows."""
        share = (y - self._header) / max(1, self._page - 1)
        self._scroll_rows_to(round(share * (len(self._row_keys) - self._page)))

    def _is_scrollbar(self, x: int) -> bool:
        return x >= self.size.width - SCROLLBAR and len(self._row_keys) > self._page

    def _column_at(self, x: int) -> str | None:
        for column, start, width in self._arrangement.placed:
            if start <= x < start + width + PADDING:
                return column.key
        return None

    # Actions, bound to keys elsewhere

    def action_cursor_down(self) -> None:
        """Go one row down."""
        self._move_row(self._row + 1)

    def action_cursor_up(self) -> None:
        """Go one row up."""
        self._move_row(self._row - 1)

    def action_cursor_right(self) -> None:
        """Go one column to the right."""
        self._step_column(1)

    def action_cursor_left(self) -> None:
        """Go one column to the left."""
        self._step_column(-1)

    def action_page_down(self) -> None:
        """Go down by what is seen, less one row that is seen again."""
        self._turn(self._page - 1)

    def action_page_up(self) -> None:
        """Go up by what is seen, less one row that is seen again."""
        self._turn(1 - self._page)

    def action_half_page_down(self) -> None:
        """Go down by half of what is seen."""
        self._turn(self._page // 2)

    def action_half_page_up(self) -> None:
        """Go up by half of what is seen."""
        self._turn(-(self._page // 2))

    def _turn(self, rows: int) -> None:
        rows = rows or 1
        self._move_row(self._row + rows, scroll=rows)

    def action_first(self) -> None:
        """Go to the first row."""
        self._move_row(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self._move_row(len(self._row_keys) - 1)

    def action_first_column(self) -> None:
        """Go to the first column."""
        self._step_column(-len(self._columns))

    def action_last_column(self) -> None:
        """Go to the last column."""
        self._step_column(len(self._columns))

    def action_toggle_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away."""
        self.toggle_mark()

    def action_clear_marks(self) -> None:
        """Take all marks away."""
        self.clear_marks()

    def action_select(self) -> None:
        """Choose the row under the cursor."""
        if self.row_key is not None:
            self.post_message(self.RowSelected(self, self.row_key))
