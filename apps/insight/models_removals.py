"""Sums of what was removed and restricted, as domain/METRICS.md and the public report count it."""

from django.db import models


class FirstRemoval(models.Model):
    """The first effective removal of an item on guideline grounds, as it is counted in `RemovalDay`."""

    item_id = models.BigIntegerField(primary_key=True)
    enforcement_id = models.BigIntegerField(unique=True)
    effective_at = models.DateTimeField()
    day = models.DateField()
    policies = models.JSONField(default=list)
    rules = models.JSONField(default=list)
    language = models.CharField(max_length=8, default="", blank=True)
    country = models.CharField(max_length=2, default="", blank=True)
    source = models.CharField(max_length=20, default="", blank=True)
    decided_by = models.CharField(max_length=16, default="", blank=True)
    views = models.BigIntegerField(null=True)
    within_24h = models.BooleanField(null=True)
    proactive = models.BooleanField()
    reinstated = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"first removal of item {self.item_id}"


class RemovalSums(models.Model):
    """What is summed of first removals, whatever they are divided by. domain: METRICS.md.

    `…_known` is how many of the removals the rate can be told of; the rest is shown as missing coverage.
    The `net_` columns leave out items that were reinstated later.
    """

    day = models.DateField()
    removals = models.IntegerField(default=0)
    views_known = models.IntegerField(default=0)
    zero_views = models.IntegerField(default=0)
    posted_known = models.IntegerField(default=0)
    within_24h = models.IntegerField(default=0)
    proactive = models.IntegerField(default=0)
    net_removals = models.IntegerField(default=0)
    net_views_known = models.IntegerField(default=0)
    net_zero_views = models.IntegerField(default=0)

    class Meta:
        abstract = True


class RemovalDay(RemovalSums):
    """The first removals of one day by policy, as the live page shows them; policy '' counts each removal once."""

    policy_code = models.CharField(max_length=10, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "policy_code"], name="removal_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.removals} removals of {self.policy_code or 'all policies'} on {self.day}"


class RemovalCell(RemovalSums):
    """The first removals of one day, as the public report divides them.

    One row for each language, country, detection source and kind of decider, under rule '' where each removal counts
    once; and one for each rule alone, under which a removal that cites two rules counts for both. `views`: the sum
    of the views that are known; `seen_…`: how many had from so many views to below the next, the last from 10,000.
    """

    rule_code = models.CharField(max_length=20, default="", blank=True)
    language = models.CharField(max_length=8, default="", blank=True)
    country = models.CharField(max_length=2, default="", blank=True)
    source = models.CharField(max_length=20, default="", blank=True)
    decided_by = models.CharField(max_length=16, default="", blank=True)
    views = models.BigIntegerField(default=0)
    seen_1 = models.IntegerField(default=0)
    seen_10 = models.IntegerField(default=0)
    seen_100 = models.IntegerField(default=0)
    seen_1000 = models.IntegerField(default=0)
    seen_10000 = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "rule_code", "language", "country", "source", "decided_by"],
                name="removal_cell_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.removals} removals of {self.rule_code or 'all rules'} on {self.day}"


class ActionDay(models.Model):
    """Restrictions that took effect on one day, by what was done and the first rule cited; reversals are none."""

    day = models.DateField()
    action = models.CharField(max_length=40)
    rule_code = models.CharField(max_length=20, default="", blank=True)
    ground = models.CharField(max_length=10)
    source = models.CharField(max_length=20)
    decided_by = models.CharField(max_length=16)
    n = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "action", "rule_code", "ground", "source", "decided_by"],
                name="action_day_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.n} × {self.action} on {self.day}"


class RemovalReachDay(models.Model):
    """A histogram of the views that items had gathered when their first removal took effect, by rule and day.

    `bucket` as in `apps.insight.histogram.views_bucket`; removals whose views are unknown are in a bucket of their own.
    """

    day = models.DateField()
    rule_code = models.CharField(max_length=20)
    bucket = models.SmallIntegerField()
    n = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "rule_code", "bucket"], name="removal_reach_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.n} in bucket {self.bucket} of {self.rule_code} on {self.day}"
