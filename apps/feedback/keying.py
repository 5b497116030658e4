"""Names without names: keyed hashes for one export, and the split, which is the same in every export of its version."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

SHARES = (("train", 0.8), ("validation", 0.1), ("test", 0.1))
TEST_IS_THE_LAST = 0.2  # of the decisions, in time, unless a date is given


@dataclass(frozen=True)
class Pseudonyms:
    """Keyed BLAKE2b (RFC 7693) under a random salt that lives only as long as the export runs: nobody can join two exports.

    It is a keyed hash by design, and ten times as fast here as an HMAC.
    """

    salt: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def of(self, what: str, number: int | None) -> str | None:
        return self.many(what, [number])[0]

    def many(self, what: str, numbers: Iterable[int | None]) -> list[str | None]:
        """The names of many; None stays None."""
        salt, head, keyed = self.salt, what + ":", hashlib.blake2b
        return [
            None
            if number is None
            else keyed(f"{head}{number}".encode(), digest_size=16, key=salt).hexdigest()
            for number in numbers
        ]


@dataclass(frozen=True)
class Split:
    """Groups to train, validation and test by a keyed hash; the test set lies strictly later than the rest of train.

    A group is a cluster's: the author of its first item (or that item, when the author is unknown). Copies
    never straddle a split, nor do an author's own items. A row never moves between train and test: where
    time speaks against its group (test before `test_from`, train after), it is in no split.
    """

    seed: str
    test_from: datetime
    train: float = SHARES[0][1]
    validation: float = SHARES[1][1]

    def side(self, group: str) -> str:
        """train, validation or test, whatever the time."""
        digest = hashlib.blake2b(group.encode(), digest_size=8, key=self.seed.encode()[:64]).digest()
        place = int.from_bytes(digest) / 2**64
        return (
            "train"
            if place < self.train
            else "validation"
            if place < self.train + self.validation
            else "test"
        )

    def of(self, group: str, decided_at: datetime, review_kind: str) -> str | None:
        if review_kind in NEVER_SPLIT:
            return None
        name = self.side(group)
        late = decided_at >= self.test_from
        return None if (name == "test") != late and name != "validation" else name


NEVER_SPLIT = ("golden", "calibration")
