"""How far what came into the banks was compared with the items that were here before it."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class LookBack(models.Model):
    """Entries that came in together, compared with every fingerprint of an item that was here already.

    Entries numbered (`after_change`, `upto_change`], fingerprints of items after `after_print` up to `upto_print`; `at_print`
    is the last one compared. One begins where the one before ends, so that no entry is passed over and none is compared twice.
    """

    after_change = models.BigIntegerField(unique=True)
    upto_change = models.BigIntegerField()
    after_print = models.BigIntegerField(default=0)
    at_print = models.BigIntegerField(default=0)
    upto_print = models.BigIntegerField()
    matched = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="look_back_goes_forward", condition=Q(upto_change__gt=F("after_change"))
            ),
            models.CheckConstraint(
                name="look_back_done_has_compared_everything",
                condition=Q(done_at=None) | Q(at_print=F("upto_print")),
            ),
        ]
        indexes = [models.Index(fields=["id"], name="look_back_open", condition=Q(done_at=None))]

    def __str__(self) -> str:
        return f"look back {self.pk}: {self.at_print} of {self.upto_print}"

    @property
    def percent(self) -> int:
        """Of the fingerprints that were here, in whole percent, never rounded up to all of them."""
        whole = self.upto_print - self.after_print
        return 100 * (self.at_print - self.after_print) // whole if whole > 0 else 100
