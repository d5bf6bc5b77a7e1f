"""Why a file gives nothing, for people: system errors, refusals, and lost processes."""

from __future__ import annotations

from dataclasses import dataclass

from jixiao_xlsx.batch.executors import processes
from jixiao_xlsx.intake.file_kinds import Encrypted, Refused
from jixiao_xlsx.intake.os_errors import why
from jixiao_xlsx.reading.workbook import Unreadable
from jixiao_xlsx.values.program import error_text
from jixiao_xlsx.values.season import FileStatus

_STILL_LOCKED = (
    "文件已加密，给出的密码都打不开。请部门告知密码，或取消密码（文件—文档加密）后重新保存并报送"
)
_TOO_LARGE = "文件展开后过大，内存不足"
FAULT = "处理这个文件时程序出错，没有读成；请把文件交给维护人员"


@dataclass(frozen=True, slots=True)
class Failure:
    """The reason and the status of a file that gives nothing; `faults` are the program's own."""

    reason: str
    status: FileStatus = FileStatus.UNREADABLE
    faults: tuple[str, ...] = ()


def failure_of(error: BaseException, *, passwords: bool = False) -> Failure:
    """Return what an exception means for the file; `passwords`: some were tried on it."""
    if isinstance(error, Unreadable):
        locked = isinstance(error.__cause__, Encrypted) and passwords
        return Failure(_STILL_LOCKED if locked else error.reason, error.status)
    if isinstance(error, Refused):
        return Failure(error.reason)
    if isinstance(error, OSError):
        return Failure(f"无法打开：{why(error)}")
    if isinstance(error, MemoryError):
        return Failure(_TOO_LARGE)
    return Failure(FAULT, faults=(error_text(error),))


def failure_of_process(cause: str) -> Failure:
    """Return what the end of a process, or the exception it died of, means for its file."""
    reasons = {
        processes.DIED: "读取时程序异常中止，文件可能已损坏或展开后过大。"
        "请在本机确认能打开，另存为 .xlsx 后重报",
        "MemoryError": _TOO_LARGE,
        processes.HUNG: f"读取超过 {processes.SECONDS:.0f} 秒，已放弃。"
        "文件可能已损坏，请在本机确认能打开，另存为 .xlsx 后重报",
    }
    reason = reasons.get(cause.partition(":")[0].partition(" ")[0])
    return Failure(reason) if reason else Failure(FAULT, faults=(cause,))
