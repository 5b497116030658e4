"""What was wanted beside what was measured, as one row of the report."""

from typing import Any

Target = dict[str, Any]


def at_most(name: str, measured: float | None, limit: float, unit: str = "", digits: int = 0) -> Target:
    said = "not measured" if measured is None else f"{measured:,.{digits}f}{unit}"
    return _row(name, f"≤ {limit:,g}{unit}", said, measured is not None and measured <= limit)


def at_least(name: str, measured: float, limit: float, unit: str = "", digits: int = 0) -> Target:
    return _row(name, f"≥ {limit:,g}{unit}", f"{measured:,.{digits}f}{unit}", measured >= limit)


def between(name: str, measured: float, low: float, high: float, unit: str = "", digits: int = 1) -> Target:
    return _row(name, f"{low:g} to {high:g}{unit}", f"{measured:,.{digits}f}{unit}", low <= measured <= high)


def none(name: str, found: float) -> Target:
    return _row(name, "0", f"{found:g}", not found)


def holds(name: str, good: bool, otherwise: str) -> Target:
    return _row(name, "yes", "yes" if good else otherwise, good)


def reported(name: str, said: str) -> Target:
    """A number that was to be told, whatever it is."""
    return _row(name, "reported", said, True)


def _row(name: str, wanted: str, measured: str, met: bool) -> Target:
    return {"name": name, "wanted": wanted, "measured": measured, "met": bool(met)}
