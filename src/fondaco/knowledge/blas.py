"""Keeps numpy's linear algebra on the thread that asks for it."""

from __future__ import annotations

from functools import cache

from threadpoolctl import threadpool_limits


@cache
def keep_to_one_thread() -> None:
    """Let this process's BLAS use one thread from now on.

    A question is a few small products.  OpenBLAS would share each of them out among all cores, whose
    threads then spin while they wait for the next one: ten times the CPU for no gain in time.
    """
    threadpool_limits(limits=1, user_api="blas")
