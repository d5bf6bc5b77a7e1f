"""The installed version of this package."""

from __future__ import annotations


def version() -> str:
    """Return the installed version of this package; "0" in a folder that was never installed."""
    from importlib import metadata

    try:
        return metadata.version("jixiao-xlsx")
    except metadata.PackageNotFoundError:
        return "0"
