"""Reasons in Chinese for errors of the operating system, whose own words are in any language."""

from __future__ import annotations

import errno

_WHY = {
    errno.ENOENT: "找不到，可能已被移走或删除",
    errno.ENOTDIR: "路径里有一段不是文件夹",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.EEXIST: "同名的文件或文件夹已经有了",
    errno.EACCES: "没有权限，或正被别的程序打开",
    errno.EPERM: "系统不允许",
    errno.EBUSY: "正被别的程序占用",
    errno.ELOOP: "链接绕成了圈，没有指到文件",
    errno.ENAMETOOLONG: "路径太长",
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EFBIG: "文件超过系统允许的大小",
    errno.EROFS: "磁盘是只读的",
    errno.EIO: "磁盘读写出错，磁盘或网络可能有故障",
    errno.EMFILE: "同时打开的文件太多",
    errno.ENFILE: "同时打开的文件太多",
    errno.ENOMEM: "内存不足",
    errno.ETIMEDOUT: "网络没有回应",
    errno.ENXIO: "不是普通文件",
}


def why(error: OSError) -> str:
    """Return a few words of Chinese; for an unknown error, its number."""
    if isinstance(error, PermissionError):
        return _WHY[errno.EACCES] if error.errno != errno.EPERM else _WHY[errno.EPERM]
    if not error.errno:
        return "系统拒绝访问"
    return _WHY.get(error.errno, f"系统拒绝访问（错误号 {error.errno}）")
