"""Names without names: keyed hashes for one export, and the split, which is the same in every export."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime

SHARES = (("train", 0.8), ("validation", 0.1), ("test", 0.1))
TEST_IS_THE_LAST = 0.2  # of the decisions, in time, unless a date is given


@dataclass(frozen=True)
class Pseudonyms:
    """HMAC-SHA-256 under a random salt that lives only as long as the export runs: nobody can join two exports."""

    salt: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def of(self, what: str, number: int | None) -> str | None:
        if number is None:
            return None
        return hmac.new(self.salt, f"{what}:{number}".encode(), hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True)
class Split:
    """Groups to train, validation and test by a keyed hash; the test set lies strictly later than the rest of train.

    A group is the author of the first copy of a content (or that item, when the author is unknown): copies never
    straddle a split, nor do an author's own items. A row never moves between train and test: where time speaks
    against its group (test before `test_from`, train after), it is in no split.
    """

    seed: str
    test_from: datetime

    def of(self, group: str, decided_at: datetime, review_kind: str) -> str | None:
        if review_kind == "golden":
            return None
        digest = hmac.new(self.seed.encode(), group.encode(), hashlib.sha256).digest()
        place = int.from_bytes(digest[:8]) / 2**64
        train, validation = SHARES[0][1], SHARES[1][1]
        name = "train" if place < train else "validation" if place < train + validation else "test"
        late = decided_at >= self.test_from
        if (name == "test") != late and name != "validation":
            return None
        return name
