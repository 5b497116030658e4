from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Role(models.TextChoices):
    MODERATOR = "moderator", "Moderator"
    SENIOR_MODERATOR = "senior_moderator", "Senior moderator"
    POLICY_LEAD = "policy_lead", "Policy lead"
    SUPERVISOR = "supervisor", "Supervisor"
    WELLBEING_LEAD = "wellbeing_lead", "Wellbeing lead"
    LEGAL_REVIEWER = "legal_reviewer", "Legal reviewer"
    ADMIN = "admin", "Admin"


class User(AbstractUser):
    """A person who works here. `pseudonym` is the only name that leaves her team."""

    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    skills = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    pseudonym = models.CharField(max_length=20, unique=True)
    demo = models.BooleanField(default=False, db_default=False)

    objects: ClassVar[UserManager["User"]] = UserManager()  # type: ignore[assignment]

    class Meta(AbstractUser.Meta):
        verbose_name, verbose_name_plural = "person", "people"
        constraints = [
            models.CheckConstraint(
                name="user_roles_are_known", condition=Q(roles__contained_by=[role.value for role in Role])
            ),
            models.CheckConstraint(
                name="user_is_not_supervisor_and_wellbeing_lead",
                condition=~Q(roles__contains=["supervisor", "wellbeing_lead"]),
            ),
            # Django's own flags open its admin pages; without the role they must open nothing.
            models.CheckConstraint(
                name="user_staff_is_admin",
                condition=Q(is_staff=False, is_superuser=False) | Q(roles__contains=["admin"]),
            ),
        ]

    def __str__(self) -> str:
        return self.username

    def has_role(self, *roles: str) -> bool:
        """Whether she holds any of the roles. An inactive person holds none."""
        return self.is_active and any(role in self.roles for role in roles)


class PlatformAccount(models.Model):
    """An account a person has on the platform she moderates: never her own items, never her own reports."""

    user = models.ForeignKey(User, models.CASCADE, related_name="platform_accounts")
    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="platform_account_belongs_to_one_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"


class Scope(models.TextChoices):
    INGEST = "ingest", "Send items, reports and flags"
    READ = "read", "Read items, decisions and numbers"
    ENFORCE = "enforce", "Confirm enforcement"
    APPEAL = "appeal", "File appeals"
    BANKS = "banks", "Keep banks of fingerprints"
    ERASE = "erase", "Erase the content of items"
    ADMIN = "admin", "Everything"


class MachineKey(models.Model):
    """A key for a program. Only the SHA-256 of the key is stored."""

    name = models.CharField(max_length=80)
    hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope.choices))
    rate_per_minute = models.PositiveIntegerField(default=60_000)
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="machine_key_scopes_are_known",
                condition=Q(scopes__contained_by=[scope.value for scope in Scope]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"
