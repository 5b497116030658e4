"""What a case says of its item: severity, exposure, priority and queue, worked out from what is known."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.guidelines.queries import in_force
from apps.intake.models import Item
from apps.queues.lanes import LaneKey
from apps.queues.models import Queue, RoutingRule
from apps.queues.priority import Facts, Priority, prioritise
from apps.queues.queries import Said, Signals, queue_map, routing_rules, said_by
from apps.queues.routing import Traits, asks_for_content, first_match
from apps.wellbeing.exposure import worst_units
from apps.wellbeing.harms import harms_of

NOTHING = Said()
UNKNOWN_SEVERITY = 3
UNSUSPECTED_SEVERITY = 1  # nobody and nothing has said a word against it: it waits behind everything else
UNKNOWN_EXPOSURE = {"text": 1, "account": 0, "image": 2, "audio": 2, "video": 2, "live": 2}


@dataclass(frozen=True)
class Assessment:
    """Everything a case row says of its item, worked out from what is known now."""

    queue_id: int
    severity: int
    exposure: int
    units: int
    harms: int
    priority: Priority
    rule_codes: list[str]
    detection_source: str

    def lane_key(self, language: str) -> LaneKey:
        return (self.queue_id, self.exposure, language, self.units, self.harms)


@dataclass(frozen=True)
class Map:
    """The queues and routing rules of one moment."""

    queues: list[Queue]
    rules: list[RoutingRule]

    @classmethod
    def now(cls) -> "Map":
        return cls(queue_map(), routing_rules())

    def said(self, item_ids: list[int]) -> dict[int, Said]:
        """What the items say, read only when a routing rule asks for words or files."""
        return said_by(item_ids) if item_ids and asks_for_content(self.rules) else {}

    @property
    def default(self) -> Queue:
        return next(queue for queue in self.queues if queue.is_default)


def assess(
    item: Item, signals: Signals, *, purpose: str, opened_at: datetime, where: Map, said: Said = NOTHING
) -> Assessment:
    """Severity, exposure, priority, due time and queue of an item. Pure, but for the guidelines in force.

    `said` is needed only when the routing asks for it; see `Map.said`.
    """
    edition = in_force()
    over = [(rule, score) for rule, score, threshold in signals.scores if score >= threshold]
    codes = sorted({*signals.hinted, *signals.matched, *(rule for rule, _ in over)} & edition.rules.keys())
    rules = [edition.rules[code] for code in codes]
    suspected = bool(signals.reports or over)
    severity = max(
        (rule.severity for rule in rules), default=UNKNOWN_SEVERITY if suspected else UNSUSPECTED_SEVERITY
    )
    exposure = max((rule.exposure for rule in rules), default=UNKNOWN_EXPOSURE[item.kind])
    hours = [
        rule.handling["reporter_deadline_hours"]
        for rule in rules
        if "reporter_deadline_hours" in rule.handling
    ]
    clock = timedelta(hours=min(hours)) if hours and signals.reports else None
    author = item.author
    priority = prioritise(
        Facts(
            severity=severity,
            likelihood=max((score for _, score in over), default=None),
            views_per_hour=item.views_per_hour,
            reporters=signals.reporters,
            reporter_weight=signals.reporter_weight,
            trusted=signals.trusted,
            minors=item.minors,
            clock=clock,
            clock_name=f"legal clock, {min(hours)} h" if clock else "",
            opened_at=opened_at,
        )
    )
    source = _detected_by(signals)
    traits = Traits(
        purpose=purpose,
        rules=tuple(codes),
        policies=tuple(sorted({rule.policy_code for rule in rules})),
        language=item.language,
        country=item.country,
        kind=item.kind,
        detected_by=source,
        severity=severity,
        views=item.views,
        views_per_hour=item.views_per_hour,
        followers=author.followers if author else None,
        public_figure=bool(author and author.public_figure),
        minors=item.minors,
        trusted=signals.trusted,
        author=f"{author.source}:{author.external_id}" if author else "",
        said=said.text,
        files=said.files,
    )
    match = first_match((rule for rule in where.rules if rule.queue.active), traits)
    return Assessment(
        queue_id=match.queue_id if match else where.default.pk,
        severity=severity,
        exposure=exposure,
        units=worst_units(exposure=exposure, kind=item.kind),
        harms=harms_of(rules),
        priority=priority,
        rule_codes=codes,
        detection_source=source,
    )


def _detected_by(signals: Signals) -> str:
    """Who found it first, from the events themselves (never typed by a person; see domain/TRANSPARENCY.md)."""
    firsts = [
        (signals.first_trusted_at, 0, "trusted_flagger"),
        (signals.first_report_at, 1, "user_report"),
        (signals.first_flag_at, 2, "auto_flag"),
    ]
    known = [(at, order, name) for at, order, name in firsts if at is not None]
    if known:
        return min(known)[2]
    return "hash" if signals.matched else "proactive_sample"
