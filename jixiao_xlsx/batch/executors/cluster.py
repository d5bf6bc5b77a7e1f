"""Tasks on machines that share nothing with this one: an executor on Dask distributed.

Batches of tasks go to the workers of a running cluster. There each task is done by a process with
the limits of `processes`, so that a file that kills its process costs its own answer only. The form
goes once to every worker. What a cluster that went away still owed is done on this machine.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import shutil
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import distributed

from jixiao_xlsx.batch.executors.processes import Executor
from jixiao_xlsx.output.files import Blocked
from jixiao_xlsx.values.program import version

_MOST_TASKS, _MOST_BYTES = 64, 8 << 20  # of one batch
_FIRST_TASKS = 4
_AHEAD = 2  # batches per thread of the workers that wait for their turn
_LOOK = 5.0  # seconds between looks at whether the cluster is still there
_Task = TypeVar("_Task")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class _Lost:
    """A task whose process did not come back, and how it ended."""

    cause: str


class _FormPlugin(distributed.WorkerPlugin):
    """Unpacks the folder of a form on every worker, also on one that joins later."""

    def __init__(self, form: Path) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(form.rglob("*")):
                if path.is_file():
                    archive.write(path, path.relative_to(form).as_posix())
        self.packed = packed.getvalue()
        self.name = f"jixiao-{sha256(self.packed).hexdigest()[:16]}"
        self.folder: Path | None = None

    def setup(self, worker: Any) -> None:
        """Unpack the form."""
        self.folder = Path(tempfile.mkdtemp(prefix=f"{self.name}-"))
        with zipfile.ZipFile(io.BytesIO(self.packed)) as archive:
            archive.extractall(self.folder)

    def teardown(self, worker: Any) -> None:
        """Remove the form."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


class Cluster:
    """An executor on the cluster of a Dask client; the form of all tasks is in the folder `form`.

    Does what `processes.Executor` does, on other machines. Raises Blocked where these have another
    version of this program.
    """

    def __init__(self, client: Any, form: Path) -> None:
        self._client = client
        self._form = _FormPlugin(form)
        self._here = Executor(multiprocessing.cpu_count())
        try:
            there = client.run(version)
            client.register_plugin(self._form)
        except Exception as error:  # a worker without this program, or no cluster at all
            raise Blocked(f"集群用不了：{error}。请确认每台工作机都装了 jixiao-xlsx。") from error
        for address, other in there.items():
            if other != version():
                raise Blocked(
                    f"工作机 {address} 上的 jixiao 是 {other} 版，本机是 {version()} 版，"
                    "结果可能不同。请装成同一版后再运行。"
                )

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._here.__exit__()

    def results(
        self,
        work: Callable[[_Task], _Answer],
        tasks: Iterable[_Task],
        lost: Callable[[_Task, str], _Answer],
    ) -> Iterator[_Answer]:
        """Yield what `work` makes of each task, in the order of completion of their batches.

        A task whose process died or hung is answered by `lost(task, why)`, as by an Executor.
        """
        waiting = iter(tasks)
        running: dict[Any, Sequence[_Task]] = {}
        sent = 0
        while True:
            threads = self._threads()
            while threads and len(running) < _AHEAD * threads:
                batch = _batch(waiting, min(_MOST_TASKS, max(_FIRST_TASKS, sent // threads)))
                if not batch:
                    break
                sent += len(batch)
                running[self._submit(work, batch)] = batch
            if not running:
                break
            for future in self._ended(running):
                done = running.pop(future)
                answers = _answers_of(future)
                if answers is None:  # the cluster lost it, whatever the reason: it is done here
                    yield from self._here.results(work, done, lost)
                    continue
                for task, answer in zip(done, answers, strict=True):
                    yield lost(task, answer.cause) if isinstance(answer, _Lost) else answer
        yield from self._here.results(
            work, waiting, lost
        )  # nothing is left while there are workers

    def _submit(self, work: Callable[[_Task], _Answer], batch: Sequence[_Task]) -> Any:
        return self._client.submit(_done, work, batch, self._form.name, pure=False)

    def _threads(self) -> int:
        """Return how many batches the cluster can work on; 0 where there is no cluster any more."""
        if self._client.status != "running":
            return 0
        with contextlib.suppress(OSError, TimeoutError):
            return sum(self._client.nthreads().values())
        return 0

    def _ended(self, running: Iterable[Any]) -> list[Any]:
        """Wait for batches that are done or lost; all of them where the cluster is gone."""
        while self._threads():
            with contextlib.suppress(TimeoutError, CancelledError):
                wait: Any = distributed.wait
                wait(list(running), timeout=_LOOK, return_when="FIRST_COMPLETED")
            if ended := [one for one in running if one.status != "pending"]:
                return ended
        return list(running)


def _batch(waiting: Iterator[_Task], most: int) -> list[_Task]:
    """Take tasks until there are `most`, or their workbooks are too large together."""
    batch: list[_Task] = []
    size = 0
    while len(batch) < most and size < _MOST_BYTES:
        task = next(waiting, None)
        if task is None:
            break
        batch.append(task)
        size += len(getattr(task, "data", b""))
    return batch


def _answers_of(future: Any) -> list[Any] | None:
    """Return the answers to a batch; None where the cluster cannot give them."""
    try:
        answers: list[Any] = future.result(timeout=_LOOK)
        return answers
    except Exception:
        return None


# ----------------------------------------------------------------------------------- on the workers


_of_thread = threading.local()


def _done(work: Callable[[_Task], _Answer], batch: Sequence[_Task], form: str) -> list[Any]:
    """Do a batch on a worker, task by task, in a process with limits."""
    plugin: Any = distributed.get_worker().plugins[form]
    tasks = [replace(task, form=plugin.folder) for task in batch]  # type: ignore[type-var]
    return list(_executor().results(work, tasks, lambda _, cause: _Lost(cause)))


def _executor() -> Executor:
    """Return the process of this thread of the worker, which stays for the next batch."""
    if not hasattr(_of_thread, "executor"):
        # A nanny marks its worker as a daemon, which may have no processes of its own; the one
        # that is started here ends with it (`processes`).
        multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
        _of_thread.executor = Executor(1)
    executor: Executor = _of_thread.executor
    return executor
