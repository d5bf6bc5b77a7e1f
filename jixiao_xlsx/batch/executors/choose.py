"""Choose who does the tasks: processes here, or the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from jixiao_xlsx.batch.executors.processes import Executor
from jixiao_xlsx.output.files import Blocked

LOCAL, _DASK = "local", "dask://"
_Task = TypeVar("_Task")
_Answer = TypeVar("_Answer")


class TaskExecutor(Protocol):
    """What does tasks: `results` yields what `work` makes of each, in any order.

    A task whose process died or hung, or that raised, is answered by `lost(task, why)`.
    """

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
    def results(  # noqa: D102
        self,
        work: Callable[[_Task], _Answer],
        tasks: Iterable[_Task],
        lost: Callable[[_Task, str], _Answer],
    ) -> Iterator[_Answer]: ...


def executor_at(place: object, jobs: int, form: Path) -> TaskExecutor:
    """Return up to `jobs` processes here (`place` None or "local"), or the cluster at `place`.

    That is “dask://HOST:PORT”, or a Dask client. `form` is the folder of the form of all tasks.
    Raises Blocked.
    """
    if place is None or place == LOCAL:
        return Executor(jobs)
    try:
        import distributed

        from jixiao_xlsx.batch.executors.cluster import Cluster
    except ImportError as error:
        raise Blocked(
            "用集群要先装 dask：python -m pip install 'jixiao-xlsx[dask]'，每台机器都要装。"
        ) from error
    if not isinstance(place, str):
        return Cluster(place, form)
    if not place.startswith(_DASK):
        raise Blocked(f"“{place}”不是集群的地址，应写成 {_DASK}主机:端口，或 {LOCAL}（本机）。")
    try:
        connect: Any = distributed.Client
        client = connect(f"tcp://{place.removeprefix(_DASK)}", timeout=20)
    except (OSError, ValueError) as error:
        raise Blocked(f"连不上集群“{place}”。请确认调度程序已启动、地址和端口无误。") from error
    return Cluster(client, form)
