"""What the demo tells of accounts: numbers as in `cases/*.yaml`, their days and hashes made when they are sent."""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

EXACT = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, config=EXACT)
class DemoGrowth:
    """`daily` ends with yesterday."""

    of: str
    daily: tuple[int, ...]
    baseline_mean: float
    baseline_spread: float

    def said(self, now: datetime) -> dict[str, Any]:
        last = now.date() - timedelta(days=1)
        return {
            "of": self.of,
            "first_day": (last - timedelta(days=len(self.daily) - 1)).isoformat(),
            "last_day": last.isoformat(),
            "daily": list(self.daily),
            "baseline_mean": self.baseline_mean,
            "baseline_spread": self.baseline_spread,
        }


@dataclass(frozen=True, config=EXACT)
class DemoFingerprint:
    kind: Literal["device", "payment", "network"]
    accounts: int


@dataclass(frozen=True, config=EXACT)
class DemoPurchase:
    of: str
    count: int
    hours_ago: float
    window_hours: float
    from_one_source: float

    def said(self, now: datetime) -> dict[str, Any]:
        return {
            "of": self.of,
            "count": self.count,
            "began_at": (now - timedelta(hours=self.hours_ago)).isoformat(),
            "window_hours": self.window_hours,
            "from_one_source": self.from_one_source,
        }


@dataclass(frozen=True, config=EXACT)
class DemoImpersonation:
    name: str
    handle: str
    claimed_by: str
    claimant_verified: bool
    name_similarity: float
    picture_similarity: float


@dataclass(frozen=True, config=EXACT)
class DemoEvidence:
    growth: tuple[DemoGrowth, ...] = ()
    fingerprints: tuple[DemoFingerprint, ...] = ()
    purchases: tuple[DemoPurchase, ...] = ()
    impersonation: DemoImpersonation | None = None

    def said(self, key: str, now: datetime) -> dict[str, Any]:
        """As the intake door takes it; `key` names the case, so that its hashes are its own."""
        said: dict[str, Any] = {}
        if self.growth:
            said["growth"] = [one.said(now) for one in self.growth]
        if self.fingerprints:
            said["fingerprints"] = [
                {"kind": one.kind, "sha256": _hash(f"{key}/{one.kind}/{n}"), "accounts": one.accounts}
                for n, one in enumerate(self.fingerprints)
            ]
        if self.purchases:
            said["purchases"] = [one.said(now) for one in self.purchases]
        if self.impersonation:
            said["impersonation"] = dict(vars(self.impersonation))
        return said


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
