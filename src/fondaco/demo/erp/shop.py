"""The shop as its endpoints see it: today's books, every change, and the one writer."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, date, datetime
from functools import partial

from starlette.requests import Request

from fondaco.demo.erp.books import Books
from fondaco.demo.erp.changes import Change, all_changes
from fondaco.demo.erp.database import books_of
from fondaco.demo.erp.problems import unknown_order
from fondaco.demo.erp.proof import normal_order_number
from fondaco.demo.erp.records import Order, Rows
from fondaco.demo.erp.standing import Standing, standing_of
from fondaco.demo.erp.writer import Writer
from fondaco.kit.clock import Clock


class Calendar:
    """Says which day it is: a fixed one, or the clock's day in UTC."""

    def __init__(self, clock: Clock, fixed: date | None) -> None:
        self._clock = clock
        self._fixed = fixed

    def now_ms(self) -> int:
        """Return the clock's milliseconds since 1970-01-01 UTC."""
        return self._clock.now_ms()

    def today(self) -> date:
        """Return the day the books must tell of."""
        return self._fixed or datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC).date()


class Shop:
    """Books and changes in memory, for reading; whoever decides on a change reads the database."""

    def __init__(self, writer: Writer, calendar: Calendar, seed: int) -> None:
        self.writer = writer
        self.calendar = calendar
        self._seed = seed
        self._books: Books | None = None
        self._changes: dict[str, tuple[Change, ...]] = {}
        self._turning = asyncio.Lock()

    async def books(self) -> Books:
        """Return today's books, drawn anew by the first request of a new day."""
        today = self.calendar.today()
        if self._books is not None and self._books.today == today:
            return self._books
        async with self._turning:
            if self._books is None or self._books.today != today:
                rows, changes = await self.writer.run(partial(_draw, today=today, seed=self._seed))
                for change in changes:
                    self.note(change)
                self._books = Books(rows)
            return self._books

    async def order_of(self, request: Request) -> tuple[Books, Order]:
        """Return the order of the path if it belongs to the customer that the caller has identified."""
        books = await self.books()
        order = books.orders.get(normal_order_number(request.path_params["number"]))
        if order is None or request.headers.get("x-customer-ref") != order.customer_ref:
            raise unknown_order()
        return books, order

    async def standing_of(self, request: Request) -> tuple[Books, Standing]:
        """Return what the order of the path has come to, as ``order_of`` finds it."""
        books, order = await self.order_of(request)
        return books, standing_of(books, order, self._changes.get(order.order_number, ()))

    def note(self, change: Change) -> None:
        """Remember a change that was stored; twice is once, and answers may come in another order."""
        known = self._changes.get(change.order_number, ())
        if all(one.sequence != change.sequence for one in known):
            ordered = sorted([*known, change], key=lambda one: one.sequence)
            self._changes[change.order_number] = tuple(ordered)


def _draw(connection: sqlite3.Connection, *, today: date, seed: int) -> tuple[Rows, tuple[Change, ...]]:
    return books_of(connection, today, seed), all_changes(connection)
