"""How far an item reaches, and at which reach a person looks at it again."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.intake.models import Item


class Milestones(models.Model):
    """At how many views an item is looked at again: one numbered version, never changed.

    `rows` are `{policy, country, first, step}`: the first milestone in views, and by how much each next one is
    larger (10 means decades). An empty policy or country stands for all. An item *accelerates* when its views an hour
    are at least `surge` times its own mean since it was posted and carry it over a milestone within `ahead_hours`.
    """

    number = models.PositiveIntegerField()
    rows = models.JSONField()
    surge = models.FloatField(default=3)
    ahead_hours = models.FloatField(default=1)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-number"]
        constraints = [
            # Whoever changes what somebody else has just changed is refused, not overwritten.
            models.UniqueConstraint(fields=["number"], name="milestones_number_once"),
            models.CheckConstraint(name="milestones_say_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="milestones_ask_for_a_surge", condition=Q(surge__gte=1, ahead_hours__gt=0)
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="milestones_are_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"milestones {self.number}"


class ItemReach(models.Model):
    """At which reach an item was last judged by a person, and last asked about again.

    `judged_views` counts for `judged_revision` of the item only, `asked_views` for `asked_revision`: the milestone, in
    views, that was asked about. `removed`: the judgement ordered its removal, so that views that still trickle in
    ask for nothing.
    """

    item = models.OneToOneField(Item, models.CASCADE, primary_key=True, related_name="+")
    judged_revision = models.PositiveIntegerField(default=0, db_default=0)
    judged_views = models.BigIntegerField(default=0, db_default=0)
    judged_decision = models.BigIntegerField(default=0, db_default=0)
    removed = models.BooleanField(default=False, db_default=False)
    asked_revision = models.PositiveIntegerField(default=0, db_default=0)
    asked_views = models.BigIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"reach of item {self.item_id}"


class ReachAsk(models.Model):
    """Why a case was opened again because of its reach; what the reviewer is told.

    `milestone` is in views; `accelerating` means it was about to be crossed. `judged_views` is the reach at which a
    person last judged this revision, null when nobody did.
    """

    case = models.OneToOneField("queues.Case", models.CASCADE, primary_key=True, related_name="reach_ask")
    milestone = models.BigIntegerField()
    views = models.BigIntegerField()
    views_per_hour = models.FloatField(null=True)
    accelerating = models.BooleanField(default=False)
    judged_views = models.BigIntegerField(null=True)
    policy = models.CharField(max_length=10, default="", blank=True)
    country = models.CharField(max_length=2, default="", blank=True)
    number = models.PositiveIntegerField()  # of the milestones in force
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reach_ask_is_at_its_milestone_or_accelerating",
                condition=Q(accelerating=True) | Q(views__gte=models.F("milestone")),
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.case_id} at {self.milestone} views"
