"""Solves in a thread whatever is asked last, so that keys never wait for a solver."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Lock
from typing import Generic, TypeVar

from textual.widget import Widget

Job = TypeVar("Job")
Result = TypeVar("Result")


class Solving(Generic[Job, Result]):
    """One thread at a time; a job that another one has overtaken ends with its next result."""

    def __init__(
        self,
        host: Widget,
        work: Callable[[Job], Iterator[Result]],
        done: Callable[[Job, Result], None],
    ) -> None:
        """Make it ready; the thread begins with the first job.

        Args:
            host: Whose thread it is; with its end nothing more is told.
            work: Finds results one after the other, in the thread.
            done: Takes each of them, in the thread of the host.
        """
        self._host, self._work, self._done = host, work, done
        self._lock = Lock()
        self._job: Job | None = None
        self._is_running = False

    @property
    def is_idle(self) -> bool:
        """Whether all that was asked has been found."""
        return not self._is_running

    def ask(self, job: Job) -> None:
        """Solve a job, and no other one any more."""
        with self._lock:
            self._job = job
            if self._is_running:
                return
            self._is_running = True
        self._host.run_worker(self._run, thread=True, group="solving")

    def _run(self) -> None:
        while (job := self._next()) is not None:
            for result in self._work(job):
                if self._job is not None:  # overtaken
                    break
                self._host.call_later(self._done, job, result)

    def _next(self) -> Job | None:
        with self._lock:
            job, self._job = self._job, None
            self._is_running = job is not None
            return job
