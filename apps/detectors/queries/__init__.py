"""The questions this room answers, one file per noun."""

from apps.detectors.queries.exploration import Inclusion, inclusion_of
from apps.detectors.queries.standing import terms_of

__all__ = ["Inclusion", "inclusion_of", "terms_of"]
