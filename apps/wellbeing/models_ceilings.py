"""What no wellbeing lead can go beyond: the organisation's own decision, made outside the product's pages."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Ceilings(models.Model):
    """The least and the most of every limit, as one immutable row per change; the newest counts.

    `bounds`: name of a column of LimitSet -> [least, most], budgets in centiunits. Set on the server's command
    line (`manage.py wellbeing_ceilings`), by whoever answers for the organisation; never from a page.
    """

    bounds = models.JSONField()
    reason = models.TextField()
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "ceilings"
        constraints = [models.CheckConstraint(name="ceilings_say_why", condition=~Q(reason=""))]
        triggers = [
            pgtrigger.Protect(
                name="ceilings_are_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"ceilings of {self.set_at}"
