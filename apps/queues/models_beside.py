"""What stands beside a case: who may not have it, and words for whoever has it next."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class Barred(models.Model):
    """Not this person, for this case: she skipped it, reported it, wrote it, decided the item before, or may know too much."""

    class Why(models.TextChoices):
        SKIPPED = "skipped", "Skipped"
        CONFLICT = "conflict", "Own item or own report"
        DECIDED = "decided", "Decided before"
        KNOWS = "knows", "May know what whoever decides must not"

    case = models.ForeignKey("queues.Case", models.CASCADE, related_name="barred", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    why = models.CharField(max_length=10, choices=Why.choices)
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "user"], name="barred_once_per_case_and_person")
        ]

    def __str__(self) -> str:
        return f"person {self.user_id} and case {self.case_id}"


class CaseNote(models.Model):
    """Words a moderator leaves for the next person who sees the case. Erasable; never leaves this product."""

    case = models.ForeignKey("queues.Case", models.PROTECT, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"note on case {self.case_id}"
