"""A run on a Dask cluster gives the bytes of a run here, whatever becomes of the cluster."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import jixiao_xlsx as jx
from jixiao_xlsx.batch.executors import cluster
from jixiao_xlsx.batch.executors.choose import executor_at
from jixiao_xlsx.batch.executors.processes import DIED
from jixiao_xlsx.output.files import Blocked

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore")
SAMPLES = Path(__file__).parents[2] / "samples"
FILES = 10


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inbox")
    for path in sorted((SAMPLES / "inbox").glob("*.xlsx"))[:FILES]:
        shutil.copy2(path, folder)
    return folder


@pytest.fixture(scope="module")
def here(inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return results(inbox, tmp_path_factory.mktemp("here"), None)


@pytest.fixture
def client() -> Iterator[Any]:
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as local,
        distributed.Client(local) as client,
    ):
        yield client


def results(
    inbox: Path, output: Path, executor: object, progress: Callable[[int, int], None] | None = None
) -> dict[str, bytes]:
    """What a run writes, by path."""
    roster = SAMPLES / "departments.csv"
    done = jx.run(inbox, output, roster=roster, jobs=1, executor=executor, progress=progress)
    assert len(done.submitted) == FILES
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in output.rglob("*")
        if path.is_file()
    }


def test_the_bytes_are_those_of_a_run_here(
    inbox: Path, here: dict[str, bytes], tmp_path: Path, client: Any
) -> None:
    assert results(inbox, tmp_path, client) == here


def test_a_worker_that_is_killed_loses_nothing(
    inbox: Path, here: dict[str, bytes], tmp_path: Path, client: Any
) -> None:
    killed: list[int] = []

    def progress(done: int, total: int) -> None:
        if done > FILES and not killed:  # all are identified, the first is examined
            killed.extend(client.run(os.getpid).values())
            os.kill(killed[0], signal.SIGKILL)

    assert results(inbox, tmp_path, client, progress) == here
    assert killed


def test_what_a_cluster_that_went_away_still_owed_is_done_here(
    inbox: Path, here: dict[str, bytes], tmp_path: Path, client: Any
) -> None:
    gone: list[bool] = []

    def progress(done: int, total: int) -> None:
        if done > FILES and not gone:
            gone.append(True)
            client.shutdown()

    assert results(inbox, tmp_path, client, progress) == here
    assert gone


@dataclass(frozen=True)
class Task:
    data: bytes
    form: Path


def dies_of_one(task: Task) -> str:
    if task.data == b"2":
        os.kill(os.getpid(), signal.SIGKILL)
    return f"{task.data.decode()} {task.form}"


def test_a_task_that_kills_its_process_costs_its_own_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worker = SimpleNamespace(plugins={"form": SimpleNamespace(folder=Path("there"))})
    monkeypatch.setattr(cluster.distributed, "get_worker", lambda: worker)
    batch = [Task(str(number).encode(), Path("here")) for number in range(4)]
    answers = cluster._done(dies_of_one, batch, "form")
    cluster._of_thread.__dict__.pop("executor").__exit__()
    assert answers[:2] == ["0 there", "1 there"] and answers[3] == "3 there"
    assert answers[2].cause == DIED


def test_batches_are_small_where_workbooks_are_large() -> None:
    large = [Task(b"x" * (3 << 20), Path()) for _ in range(9)]
    waiting = iter(large)
    assert [len(cluster._batch(waiting, 64)) for _ in range(4)] == [3, 3, 3, 0]


@pytest.mark.parametrize(
    ("place", "words"),
    [("dask://127.0.0.1:9", "连不上集群"), ("spark://x", "不是集群的地址")],
)
def test_what_is_no_cluster_is_said(
    place: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = distributed.Client
    monkeypatch.setattr(distributed, "Client", lambda address, timeout: refused(address, timeout=1))
    with pytest.raises(Blocked, match=words):
        executor_at(place, 1, Path())
