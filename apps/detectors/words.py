"""Numbers as people read them."""

from apps.detectors.statistics import Estimate

TOO_FEW = "–"


def percent(share: float) -> str:
    """Whole percents, with one decimal below ten and as many as tell something below one."""
    value = share * 100
    if value == 0 or value >= 9.95:
        return f"{value:.0f} %"
    if value >= 1:
        return f"{value:.1f} %"
    return f"{value:.2g} %" if value >= 0.001 else "below 0.001 %"


def share(found: Estimate | None) -> dict[str, str] | None:
    """A share with its interval; None when there is nothing to say it from."""
    if found is None:
        return None
    return {
        "value": percent(found.value),
        "between": f"{percent(found.low)} to {percent(found.high)}",
        "n": f"{found.n:,}",
    }


def amount(found: Estimate) -> dict[str, str]:
    return {"value": number(found.value), "between": f"{number(found.low)} to {number(found.high)}"}


def number(value: float | None) -> str:
    if value is None:
        return TOO_FEW
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"
