"""An erasure: that the content of an item was taken away for good, why, and at whose word. Never what it said."""

import pgtrigger
from django.db import models
from django.db.models import Q

from apps.accounts.models import User
from apps.intake.models import Item


class Erasure(models.Model):
    """The content of an item, up to a revision, erased at somebody's word."""

    class Because(models.TextChoices):
        PERSON = "person", "A person asked for it"
        DELETED = "deleted", "Its author deleted it"
        LAW = "law", "A law or a court asks for it"
        MISTAKE = "mistake", "It should not have been sent here"

    item = models.ForeignKey(Item, models.PROTECT, related_name="erasures", db_index=False)
    revision = models.PositiveIntegerField()
    because = models.CharField(max_length=8, choices=Because.choices)
    reference = models.CharField(max_length=200, default="", blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    key_id = models.BigIntegerField(null=True)
    erased_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "revision"], name="erasure_once_per_revision"),
            models.CheckConstraint(
                name="erasure_says_why", condition=Q(because__in=["person", "deleted", "law", "mistake"])
            ),
            models.CheckConstraint(
                name="erasure_at_the_word_of_a_person_or_a_program",
                condition=Q(asked_by__isnull=False, key_id__isnull=True)
                | Q(asked_by__isnull=True, key_id__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="erasure_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
            # Whoever writes the row has taken the content away in the same transaction: none is said that was not done.
            pgtrigger.Trigger(
                name="erasure_is_of_what_is_gone",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (SELECT 1 FROM intake_itemcontent content
                               WHERE content.item_id = NEW.item_id AND content.revision <= NEW.revision
                                 AND content.erased_at IS NULL) THEN
                        RAISE EXCEPTION 'erasure_is_of_what_is_gone' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"erasure of item {self.item_id} up to revision {self.revision}"
