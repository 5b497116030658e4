from django.db import models

from apps.quality.models import Comparison


class PairDay(models.Model):
    """How often, on one day, a first judgement said one thing and a second look another. Nobody is in it.

    `first`, `second` and `found` are choices: a rule's code, "none" for no violation, "unsure". Found is what both said,
    or the third person when they differed; '' until she has. `rule_code` is the rule the pair counts under, `origin`
    where the first judgement came from: a person, an automatic decision, a propagated one. `weight` is the sum of
    1 / probability of being drawn, in thousandths: how many decisions the pairs stand for; `weight_squared` the sum of
    its squares, in thousandths as well, from which the width of an interval follows.
    """

    day = models.DateField()
    rule_code = models.CharField(max_length=20, default="", blank=True)
    language = models.CharField(max_length=8, default="", blank=True)
    version_id = models.BigIntegerField()
    origin = models.CharField(max_length=16)
    first = models.CharField(max_length=20)
    second = models.CharField(max_length=20)
    found = models.CharField(max_length=20, default="", blank=True)
    n = models.IntegerField(default=0)
    weight = models.BigIntegerField(default=0)
    weight_squared = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule_code", "day", "language", "version_id", "origin", "first", "second", "found"],
                name="pair_day_once",
            ),
        ]
        indexes = [models.Index(fields=["day"], name="pair_day_by_day")]

    def __str__(self) -> str:
        return f"{self.n} × {self.first}, then {self.second}, on {self.day}"


class Counted(models.Model):
    """A comparison that is counted in `PairDay`, in which cell: so that none is counted twice, however often told."""

    comparison = models.OneToOneField(Comparison, models.PROTECT, primary_key=True, related_name="+")
    first = models.CharField(max_length=20)
    second = models.CharField(max_length=20)
    found = models.CharField(max_length=20, default="", blank=True)

    def __str__(self) -> str:
        return f"comparison {self.comparison_id}: {self.first}, {self.second}"
