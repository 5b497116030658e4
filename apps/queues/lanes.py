"""Finding the lane of a case. Lanes are made when first needed and never change."""

from apps.queues.models import Lane

LaneKey = tuple[int, int, str, int, int]  # queue, exposure, language, worst-case centiunits, kinds of harm


def lanes_for(keys: set[LaneKey]) -> dict[LaneKey, int]:
    """The ids of the lanes, made where new: two queries for a whole batch."""
    if not keys:
        return {}
    Lane.objects.bulk_create(
        [
            Lane(queue_id=queue, exposure=exposure, language=language, units=units, harms=harms)
            for queue, exposure, language, units, harms in sorted(keys - _existing(keys).keys())
        ],
        ignore_conflicts=True,
    )
    return _existing(keys)


def _existing(keys: set[LaneKey]) -> dict[LaneKey, int]:
    lanes = Lane.objects.filter(queue_id__in={key[0] for key in keys}).values_list(
        "queue_id", "exposure", "language", "units", "harms", "id"
    )
    return {tuple(key): lane for *key, lane in lanes if tuple(key) in keys}  # type: ignore[misc]


def lane_for(*, queue_id: int, exposure: int, language: str, units: int, harms: int) -> int:
    """The id of one lane, made if new."""
    key = (queue_id, exposure, language, units, harms)
    return lanes_for({key})[key]
