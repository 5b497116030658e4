from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from apps.accounts.models import Role
from apps.intake.models import Item
from apps.queues.models_beside import Barred, CaseNote
from apps.queues.models_reach import ItemReach, Milestones, ReachAsk
from apps.queues.models_refusing import CLAIM_TRIGGERS

__all__ = [
    "Barred",
    "Case",
    "CaseNote",
    "Claim",
    "ItemReach",
    "Lane",
    "Milestones",
    "Queue",
    "ReachAsk",
    "RoutingRule",
]


class Queue(models.Model):
    """A named place where cases wait. Who may work it: any of `roles`, and `skill` when one is asked."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80, unique=True)
    description = models.CharField(max_length=300, default="", blank=True)
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), default=list)
    skill = models.CharField(max_length=40, default="", blank=True)
    claim_minutes = models.PositiveSmallIntegerField(default=15)
    escalates_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    is_default = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    # Whether its light cases may come between the heavy ones of other queues.
    mixes = models.BooleanField(default=True, db_default=True)
    version = models.PositiveIntegerField(default=1, db_default=1)  # counts edits: nobody overwrites unseen

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="queue_one_default"
            ),
            models.CheckConstraint(
                name="queue_default_is_active", condition=Q(is_default=False) | Q(active=True)
            ),
            models.CheckConstraint(name="queue_claim_lasts_a_minute", condition=Q(claim_minutes__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name


class RoutingRule(models.Model):
    """If all conditions hold, the case goes to `queue`. The first match in `position` order wins.

    `conditions` keys, all optional: policies, rules, languages, countries, kinds, sources, purposes, authors
    (source:external id), words, hashes (SHA-256) (lists);
    min_severity, min_views, min_views_per_hour, min_followers (numbers); public_figure, minors, trusted (true).
    """

    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField()
    conditions = models.JSONField(default=dict, blank=True)
    queue = models.ForeignKey(Queue, models.PROTECT, related_name="routing_rules")
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["position"],
                name="routing_rule_one_per_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.name}"


class Lane(models.Model):
    """Cases alike in everything a limit may ask about, so that a claim probes the head of a few lanes.

    `units` is the worst-case reservation of one case, in centiunits; `harms` the kinds of harm it may show, as
    bits (apps.wellbeing.harms). The language is '' when unknown.
    """

    queue = models.ForeignKey(Queue, models.PROTECT, related_name="lanes", db_index=False)
    exposure = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=8)
    units = models.PositiveIntegerField()
    harms = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["queue", "exposure", "language", "units", "harms"], name="lane_once"
            ),
            models.CheckConstraint(name="lane_exposure_0_to_4", condition=Q(exposure__range=(0, 4))),
        ]

    def __str__(self) -> str:
        return f"lane {self.pk} of {self.queue_id}"


class Case(models.Model):
    """An item waiting for, or under, human review, for one purpose."""

    class State(models.TextChoices):
        PREPARING = "preparing", "Being prepared"
        WAITING = "waiting", "Waiting"
        CLAIMED = "claimed", "With a moderator"
        DONE = "done", "Done"

    class Purpose(models.TextChoices):
        REVIEW = "review", "Review"
        RE_REVIEW = "re_review", "Re-review"
        SECOND_OPINION = "second_opinion", "Second opinion"
        APPROVAL = "approval", "Approval by a second person"
        APPEAL = "appeal", "Appeal"
        SECOND_LOOK = "second_look", "Second look"
        ADJUDICATION = "adjudication", "Adjudication"
        GOLDEN = "golden", "Golden"
        AUTHORITY_REQUEST = "authority_request", "Authority request"
        BOARD = "board", "Outside board"  # of decisions, never of a case

    item = models.ForeignKey(Item, models.PROTECT, related_name="cases", db_index=False)
    purpose = models.CharField(max_length=20, choices=Purpose.choices, default=Purpose.REVIEW)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    queue = models.ForeignKey(Queue, models.PROTECT, related_name="cases", db_index=False)
    lane = models.ForeignKey(Lane, models.PROTECT, related_name="cases", db_index=False)
    severity = models.PositiveSmallIntegerField()
    exposure = models.PositiveSmallIntegerField()
    units = models.PositiveIntegerField()
    harms = models.PositiveIntegerField(default=0, db_default=0)
    priority = models.PositiveSmallIntegerField(default=0)
    breakdown = models.JSONField(default=list)
    rank = models.BigIntegerField()
    due_at = models.DateTimeField()
    due_because = models.CharField(max_length=60, default="", blank=True)
    rule_codes = ArrayField(models.CharField(max_length=20), default=list)
    detection_source = models.CharField(max_length=20)
    # Whoever decides must not know that an authority asks: such a case looks like the review it would be otherwise.
    shown_as = models.CharField(max_length=20, default="", db_default="", blank=True)
    due_by = models.DateTimeField(null=True)  # a statutory clock: due no later, whatever else is known
    language = models.CharField(max_length=8, default="", blank=True)
    about_decision_id = models.BigIntegerField(null=True)
    item_revision = models.PositiveIntegerField(default=1)
    placed_by_hand = models.BooleanField(default=False)
    folded_into = models.BigIntegerField(null=True)  # the case of a near-duplicate that is decided for both
    opened_at = models.DateTimeField()
    ready_by = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "purpose"],
                condition=~Q(state="done"),
                name="case_one_open_per_item_and_purpose",
            ),
            models.CheckConstraint(
                name="case_state_valid", condition=Q(state__in=["preparing", "waiting", "claimed", "done"])
            ),
            models.CheckConstraint(
                name="case_done_has_a_time",
                condition=Q(state="done", closed_at__isnull=False) | ~Q(state="done") & Q(closed_at=None),
            ),
            models.CheckConstraint(
                name="case_of_an_authority_is_shown_as_a_review",
                condition=Q(purpose="authority_request", shown_as__in=["review", "re_review"])
                | ~Q(purpose="authority_request") & Q(shown_as=""),
            ),
            models.CheckConstraint(name="case_severity_1_to_5", condition=Q(severity__range=(1, 5))),
            models.CheckConstraint(name="case_exposure_0_to_4", condition=Q(exposure__range=(0, 4))),
            models.CheckConstraint(name="case_priority_0_to_100", condition=Q(priority__range=(0, 100))),
        ]
        indexes = [
            # Serves the claim: the head of a lane.
            models.Index(
                fields=["lane", "rank", "id"], name="case_waiting_in_lane", condition=Q(state="waiting")
            ),
            # Serves the first look of a claim: the most urgent cases of all, whichever lane they are in.
            models.Index(
                fields=["rank", "id"],
                include=["lane"],
                name="case_waiting_by_rank",
                condition=Q(state="waiting"),
            ),
            # Serves the sweep that releases cases whose media took too long.
            models.Index(fields=["ready_by"], name="case_preparing", condition=Q(state="preparing")),
            # Serve the case lists: newest first, in a queue or overall (by id).
            models.Index(fields=["queue", "-id"], name="case_by_queue"),
            models.Index(
                fields=["queue", "due_at"], name="case_waiting_by_due", condition=Q(state="waiting")
            ),
            models.Index(fields=["item"], name="case_by_item"),
        ]

    def __str__(self) -> str:
        return f"case {self.pk} ({self.shown_purpose}, {self.state})"

    @property
    def shown_purpose(self) -> str:
        """The purpose as every page, door, event and decision has it: never that an authority asks."""
        return self.shown_as or self.purpose

    @property
    def shown_purpose_label(self) -> str:
        return Case.Purpose(self.shown_purpose).label


class Claim(models.Model):
    """A moderator's hold on a case. At most one is live per case and per person, whatever the code does.

    It carries the sum that justified it: what was spent and reserved before, the budget, what it reserved, and
    the highest level allowed then. `again`: an undo gave the case back, so it is no new work. `owed` means
    wellbeing could not be read: nothing is reserved yet and the cost is still due.
    """

    class Ending(models.TextChoices):
        DECIDED = "decided", "Decided"
        SKIPPED = "skipped", "Skipped"
        ESCALATED = "escalated", "Escalated"
        RELEASED = "released", "Returned to the queue"
        EXPIRED = "expired", "Ran out of time"
        REASSIGNED = "reassigned", "Given to someone else"
        UNDONE = "undone", "Given back by an undo"

    case = models.ForeignKey(Case, models.PROTECT, related_name="claims", db_index=False)
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    shift_id = models.BigIntegerField(null=True)
    exposure = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField(default=4, db_default=4)
    used_before = models.PositiveIntegerField()
    budget = models.PositiveIntegerField()
    reserved = models.PositiveIntegerField()
    owed = models.BooleanField(default=False)
    again = models.BooleanField(default=False, db_default=False)
    seconds_revealed = models.FloatField(null=True)
    seconds_before_page = models.FloatField(default=0, db_default=0)
    uncovered_at = models.DateTimeField(
        null=True
    )  # when a heartbeat said that something lay open; null once one says not
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=10, choices=Ending.choices, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None), name="claim_one_live_per_case"
            ),
            models.UniqueConstraint(
                fields=["holder"], condition=Q(ended_at=None), name="claim_one_live_per_moderator"
            ),
            models.CheckConstraint(
                name="claim_ends_after_it_starts", condition=Q(expires_at__gt=F("started_at"))
            ),
            models.CheckConstraint(
                name="claim_fits_the_budget",
                # Owed from the start is only light work; what was within the budget may be owed once it has ended.
                condition=Q(exposure__lte=1)
                | Q(budget__gte=F("used_before") + F("reserved"))
                & (Q(owed=False) | Q(ended_at__isnull=False, shift_id__isnull=False)),
            ),
            models.CheckConstraint(
                name="claim_is_never_above_the_level_allowed", condition=Q(exposure__lte=F("level"))
            ),
            models.CheckConstraint(
                name="claim_ended_has_an_ending",
                condition=Q(ended_at=None, ending="") | Q(ended_at__isnull=False) & ~Q(ending=""),
            ),
        ]
        triggers = CLAIM_TRIGGERS
        indexes = [
            models.Index(fields=["expires_at"], name="claim_live_by_expiry", condition=Q(ended_at=None)),
            models.Index(fields=["case"], name="claim_by_case"),
            models.Index(fields=["id"], name="claim_owed", condition=Q(owed=True, ended_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"claim {self.pk} on case {self.case_id}"
