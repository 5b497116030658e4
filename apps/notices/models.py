import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

# What a template of each kind must say. One that leaves any of it out cannot be published.
NEEDS: dict[str, tuple[str, ...]] = {
    "author_restricted": ("rules", "actions", "facts", "automation", "link", "appeal", "until"),
    "author_restricted_appeal": ("rules", "actions", "reasons", "link", "appeal", "until"),
    "author_cleared_appeal": ("reasons", "link"),
    "reporter_restricted": ("rules", "actions", "automation", "link", "appeal", "until"),
    "reporter_cleared": ("automation", "link", "appeal", "until"),
    "reporter_restricted_appeal": ("rules", "actions", "reasons", "link", "appeal", "until"),
    "reporter_cleared_appeal": ("reasons", "link", "appeal", "until"),
}
PLACEHOLDERS = ("rules", "actions", "facts", "automation", "reasons", "link", "appeal", "until")


def _whole() -> Q:
    """That a text says all its kind has to: one branch for each kind, so an unknown kind is refused as well."""
    whole = Q()
    for kind, needs in NEEDS.items():
        branch = Q(kind=kind)
        for name in needs:
            branch &= Q(text__contains="{" + name + "}")
        whole |= branch
    return whole


class NoticeTemplate(models.Model):
    """One wording of a notice, published and never changed. The highest number of a kind and language is in force.

    Number 1 is the house's own (starter.py) and has no row. Placeholders stand in braces.
    """

    kind = models.CharField(max_length=30)
    language = models.CharField(max_length=8)
    number = models.PositiveIntegerField()
    text = models.TextField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "language", "number"], name="notice_template_numbered_once"
            ),
            models.CheckConstraint(name="notice_template_has_every_placeholder", condition=_whole()),
            models.CheckConstraint(name="notice_template_follows_the_first", condition=Q(number__gte=2)),
        ]
        triggers = [
            pgtrigger.Protect(
                name="notice_template_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language} {self.number}"
