import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from apps.intake.models_accounts import AccountEvidence as AccountEvidence


class Kind(models.TextChoices):
    TEXT = "text", "Text"
    IMAGE = "image", "Image"
    VIDEO = "video", "Video"
    AUDIO = "audio", "Audio"
    LIVE = "live", "Live stream"
    ACCOUNT = "account", "Account"


class Author(models.Model):
    """The account on the platform that posted an item. Personal data: erasable."""

    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=200)
    handle = models.CharField(max_length=200, default="", db_default="", blank=True)
    followers = models.BigIntegerField(null=True)
    public_figure = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="author_once_per_source")
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"


class Reporter(models.Model):
    """A person who reports. `upheld` of `judged` of her reports led to an action (decimal counts)."""

    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=200)
    trusted_flagger = models.BooleanField(default=False, db_default=False)
    judged = models.PositiveIntegerField(default=0, db_default=0)
    upheld = models.PositiveIntegerField(default=0, db_default=0)
    paused_until = models.DateTimeField(null=True)  # no reports are taken until then; only a person sets it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="reporter_once_per_source"),
            models.CheckConstraint(
                name="reporter_upheld_at_most_judged", condition=Q(upheld__lte=models.F("judged"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"


class Item(models.Model):
    """One piece of content or one account on the platform, as last sent. `revision` counts content changes."""

    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    author = models.ForeignKey(Author, models.PROTECT, null=True, related_name="items", db_index=False)
    language = models.CharField(max_length=8, default="", db_default="", blank=True)
    country = models.CharField(max_length=2, default="", db_default="", blank=True)
    url = models.CharField(max_length=2000, default="", db_default="", blank=True)
    parent = models.CharField(max_length=200, default="", db_default="", blank=True)
    minors = models.BooleanField(default=False, db_default=False)
    posted_at = models.DateTimeField(null=True)
    views = models.BigIntegerField(null=True)
    views_at = models.DateTimeField(null=True)
    views_per_hour = models.FloatField(null=True)
    revision = models.PositiveIntegerField(default=1, db_default=1)
    content_sha256 = models.CharField(max_length=64)
    text_sha256 = models.CharField(max_length=64, default="", db_default="", blank=True)
    media_sha256 = models.CharField(max_length=64, default="", db_default="", blank=True)
    context_sha256 = models.CharField(max_length=64, default="", db_default="", blank=True)
    demo = models.BooleanField(default=False, db_default=False)
    received_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="item_once_per_source"),
            models.CheckConstraint(name="item_kind_valid", condition=Q(kind__in=Kind.values)),
        ]
        indexes = [
            models.Index(fields=["author"], name="item_by_author"),
            # Serves "the same text seen before".
            models.Index(fields=["text_sha256"], name="item_by_text", condition=~Q(text_sha256="")),
            # Serves "what is at this address", asked by authorities and notices of law. A hash: addresses are long.
            HashIndex(fields=["url"], name="item_by_url", condition=~Q(url="")),
        ]

    def __str__(self) -> str:
        return f"item {self.pk} ({self.kind})"


class ItemContent(models.Model):
    """What an item said at one revision. Erasable; its hash stays on the item and on decisions."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="contents", db_index=False)
    revision = models.PositiveIntegerField()
    text = models.TextField(default="", db_default="", blank=True)
    context = models.JSONField(default=list)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "revision"], name="item_content_once_per_revision"),
            models.CheckConstraint(
                name="erased_content_is_empty", condition=Q(erased_at=None) | Q(text="", context=[])
            ),
        ]
        indexes = [
            # Serves "what was erased".
            models.Index(fields=["item", "revision"], name="content_erased", condition=~Q(erased_at=None)),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="erased_content_stays_erased",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.erased_at IS NOT NULL"),
                func="RAISE EXCEPTION 'erased_content_stays_erased' USING ERRCODE = 'check_violation';",
            )
        ]

    def __str__(self) -> str:
        return f"content of item {self.item_id} at revision {self.revision}"


class Upload(models.Model):
    """A media file sent to us ahead of the item that will name it."""

    file = models.CharField(max_length=200)
    mime = models.CharField(max_length=60)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    key_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"upload {self.pk} ({self.mime})"


class Media(models.Model):
    """One media file of an item. Fetched, checked and veiled by a worker before anyone may open it."""

    class State(models.TextChoices):
        PREPARING = "preparing", "Being prepared"
        READY = "ready", "Ready"
        REFUSED = "refused", "Refused"

    item = models.ForeignKey(Item, models.CASCADE, related_name="media", db_index=False)
    revision = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField()
    url = models.CharField(max_length=2000, default="", db_default="", blank=True)
    upload = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="+")
    mime = models.CharField(max_length=60, default="", db_default="", blank=True)
    sha256 = models.CharField(max_length=64, default="", db_default="", blank=True)
    pdq = models.CharField(max_length=64, default="", db_default="", blank=True)
    pdq_quality = models.PositiveSmallIntegerField(null=True)
    # [hash, quality] of each frame of a film; of a picture with bars around it, without them.
    frame_pdqs = models.JSONField(default=list, db_default=[])
    # Milliseconds from the beginning of the film to each of them; null where nobody knows, as before this was kept.
    frame_offsets = ArrayField(models.PositiveIntegerField(), null=True)
    duration_s = models.FloatField(null=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    alt = models.TextField(default="", db_default="", blank=True)
    transcript = models.TextField(default="", db_default="", blank=True)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.PREPARING, db_default=State.PREPARING
    )
    refused_reason = models.CharField(max_length=200, default="", db_default="", blank=True)
    file = models.CharField(max_length=200, default="", db_default="", blank=True)
    veil = models.TextField(default="", db_default="", blank=True)
    frames = models.PositiveSmallIntegerField(default=0, db_default=0)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    try_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "media"
        ordering = ["item", "revision", "position"]
        constraints = [
            models.UniqueConstraint(fields=["item", "revision", "position"], name="media_once_per_position"),
            models.CheckConstraint(
                name="media_state_valid", condition=Q(state__in=["preparing", "ready", "refused"])
            ),
            models.CheckConstraint(
                name="media_frame_offsets_one_for_each_frame",
                condition=Q(frame_offsets=None)
                | Q(frame_offsets__len=Func(F("frame_pdqs"), function="jsonb_array_length")),
            ),
        ]
        indexes = [
            models.Index(fields=["try_at"], name="media_to_prepare", condition=Q(state="preparing")),
            models.Index(fields=["sha256"], name="media_by_sha256", condition=~Q(sha256="")),
        ]

    def __str__(self) -> str:
        return f"media {self.pk} of item {self.item_id}"


class Report(models.Model):
    """A person's complaint about an item. The comment is erasable; the rest stays.

    `upheld` is null until a decision judged it, and again when that decision is withdrawn.
    """

    item = models.ForeignKey(Item, models.PROTECT, related_name="reports", db_index=False)
    item_revision = models.PositiveIntegerField()
    reporter = models.ForeignKey(Reporter, models.PROTECT, null=True, related_name="reports", db_index=False)
    trusted = models.BooleanField(default=False, db_default=False)
    reason = models.CharField(max_length=200)
    rule_code = models.CharField(max_length=20, default="", db_default="", blank=True)
    comment = models.TextField(default="", db_default="", blank=True)
    notice = models.JSONField(null=True)
    upheld = models.BooleanField(null=True)
    key_id = models.BigIntegerField(null=True)
    idempotency_key = models.CharField(max_length=200, null=True)
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key_id", "idempotency_key"], name="report_once_per_idempotency_key"
            ),
        ]
        indexes = [
            models.Index(fields=["item", "id"], name="report_by_item"),
            models.Index(fields=["reporter", "id"], name="report_by_reporter"),
        ]

    def __str__(self) -> str:
        return f"report {self.pk} on item {self.item_id}"


# A rules engine's results are known by the engine's own numbers, whoever hands them on: such keys are nobody's (0).
OF_AN_ENGINE = "osprey:"


class Flag(models.Model):
    """What a detector said of an item: scores per rule, with the threshold in force at that moment.

    A *shadow* only looks on: its scores are kept and compared, and open, move or show nothing. Where the house has a
    threshold of its own it stands in `scores` as the threshold, and the one sent beside it as `sent`.
    """

    item = models.ForeignKey(Item, models.PROTECT, related_name="flags", db_index=False)
    item_revision = models.PositiveIntegerField()
    detector = models.CharField(max_length=80)
    detector_version = models.CharField(max_length=40)
    scores = models.JSONField()
    over_threshold = models.BooleanField()
    shadow = models.BooleanField(default=False, db_default=False)
    key_id = models.BigIntegerField(null=True)
    idempotency_key = models.CharField(max_length=200, null=True)
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key_id", "idempotency_key"], name="flag_once_per_idempotency_key"
            ),
            models.CheckConstraint(
                name="engine_flag_is_known_by_the_engines_key_alone",
                condition=Q(idempotency_key=None)
                | ~Q(idempotency_key__startswith="osprey:")
                | Q(key_id__isnull=False, key_id=0),
            ),
            models.CheckConstraint(
                name="shadow_flag_is_never_over_its_threshold",
                condition=Q(shadow=False) | Q(over_threshold=False),
            ),
        ]
        indexes = [models.Index(fields=["item", "id"], name="flag_by_item")]

    def __str__(self) -> str:
        return f"flag {self.pk} by {self.detector}"


class ViewCount(models.Model):
    """A reading of an item's distinct viewers (author excluded). Append-only: views at a past moment stay known."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="view_counts", db_index=False)
    views = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "at"], name="view_count_once_per_moment")]

    def __str__(self) -> str:
        return f"{self.views} views of item {self.item_id}"


class IdempotentAnswer(models.Model):
    """The answer given to an Idempotency-Key, so that sending again changes nothing."""

    key_id = models.BigIntegerField()
    idempotency_key = models.CharField(max_length=200)
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key_id", "idempotency_key"], name="one_answer_per_idempotency_key"
            )
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotent_answer_by_age")]

    def __str__(self) -> str:
        return self.idempotency_key
