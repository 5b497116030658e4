"""Names without names: keyed hashes for one export, and the split, which is the same in every export of its version."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

NAME = 16  # bytes of a pseudonym
_AS_BYTES = b"%d".__mod__
SHARES = (("train", 0.8), ("validation", 0.1), ("test", 0.1))
TEST_IS_THE_LAST = 0.2  # of the decisions, in time, unless a date is given


@dataclass(frozen=True)
class Pseudonyms:
    """Keyed BLAKE2b (RFC 7693) under a random salt that lives only as long as the export runs: nobody can join two exports.

    It is a keyed hash by design, and ten times as fast here as an HMAC.
    """

    salt: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def of(self, what: str, number: int | None) -> str | None:
        if number is None:
            return None
        whole = self._keyed(what)
        whole.update(_AS_BYTES(number >> 2))
        begin = NAME * (number & 3)
        return bytes(whole.digest()[begin : begin + NAME]).hex()

    def many(self, what: str, numbers: Iterable[int | None]) -> list[str | None]:
        """The names of many; None stays None."""
        return [self.of(what, number) for number in numbers]

    def digests(self, what: str, numbers: Sequence[int]) -> bytes:
        """The names of many before they are written in hexadecimal, 16 bytes each, one after the other.

        BLAKE2b gives 64 bytes for the price of 16: of `what:N` they are the names of the numbers 4N to 4N + 3.
        """
        import numpy as np  # a web process has no use for it, and names nobody

        asked = np.asarray(numbers, np.int64)
        found, where = np.unique(asked >> 2, return_inverse=True)
        told = b"".join(_digests(self._keyed(what), map(_AS_BYTES, found.tolist())))
        return bytes(np.frombuffer(told, np.uint8).reshape(-1, 4, NAME)[where, asked & 3].tobytes())

    def _keyed(self, what: str) -> Any:
        return hashlib.blake2b(f"{what}:".encode(), digest_size=4 * NAME, key=self.salt)


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
        return self.sides([group])[0]

    def sides(self, groups: Iterable[str]) -> list[str]:
        """The sides of many."""
        keyed = hashlib.blake2b(digest_size=8, key=self.seed.encode()[:64])
        train, known = self.train, self.train + self.validation
        import numpy as np

        names = np.array([name for name, _ in SHARES], dtype=object)
        places = np.frombuffer(b"".join(_digests(keyed, map(str.encode, groups))), ">u8") / 2**64
        return names[np.searchsorted((train, known), places, side="right")].tolist()  # type: ignore[no-any-return]

    def of(self, group: str, decided_at: datetime, review_kind: str) -> str | None:
        if review_kind in NEVER_SPLIT:
            return None
        name = self.side(group)
        late = decided_at >= self.test_from
        return None if (name == "test") != late and name != "validation" else name


def _digests(keyed: Any, told: Iterable[bytes]) -> list[bytes]:
    """Of each, after what `keyed` has read: taking in the key costs as much as all the rest, so that it is done once."""
    found = []
    for one in told:
        digest = keyed.copy()
        digest.update(one)
        found.append(digest.digest())
    return found


NEVER_SPLIT = ("golden", "calibration")
