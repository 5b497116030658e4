"""Django's admin as a window: the rows of every room, to be read. What changes them is on the rooms' own pages.

Left out on purpose: texts, media, comments and notes (they would be shown without a veil), and everything
that says what somebody looked at, for how long, or how much of a budget she used.
"""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from apps.decisions.models import Decision, Enforcement, Hold
from apps.delivery.models import Attempt, Delivery, Endpoint
from apps.guidelines.models import GuidelineVersion, Policy, RuleVersion
from apps.intake.models import Author, Flag, Item, Media, Report, Reporter
from apps.ledger.models import Event, Handoff, Seal
from apps.queues.models import Barred, Case, Claim, Lane, Queue, RoutingRule
from apps.wellbeing.models import LimitSet

# Pages of other packages: people have roles, not groups, and no e-mail; the worker's queues are only its way of waking.
NOT_OURS = ("auth.Group", "account.EmailAddress", "account.EmailConfirmation", "django_rq.Dashboard")
for model in [model for model in admin.site._registry if model._meta.label in NOT_OURS]:
    admin.site.unregister(model)

admin.site.site_header = admin.site.site_title = "reviewqueue"
admin.site.index_title = "Rows, to be read"


class Window(admin.ModelAdmin):
    """Newest first, without counting whole tables; nothing can be added, changed or deleted."""

    show_full_result_count = False
    list_per_page = 50
    ordering = ("-pk",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def window(shown: type[Model], columns: tuple[str, ...], **more: Any) -> None:
    """Register a window on these columns of a model, and on no others."""
    names = tuple(column for column in columns if column != "__str__")
    follow = tuple(
        name for name in names if name in {field.name for field in shown._meta.fields if field.is_relation}
    )
    admin.site.register(
        shown,
        type(f"{shown.__name__}Window", (Window,), {
            "list_display": columns, "fields": names, "readonly_fields": names, "list_select_related": follow or False,
            **more,
        }),
    )  # fmt: skip


class EventWindow(Window):
    """The shared stream only: private events are nobody's here."""

    list_display = fields = readonly_fields = (
        "id", "kind", "actor_id", "case_id", "item_id", "data", "occurred_at",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        return super().get_queryset(request).filter(private=False)


admin.site.register(Event, EventWindow)
window(Handoff, ("id", "event_id", "subscriber", "due_at", "attempts", "last_error", "given_up_at"))
window(Seal, ("number", "sealed_at"))
window(
    GuidelineVersion,
    ("number", "code", "title", "state", "published_at", "retired_at", "published_by", "reason"),
)
window(Policy, ("code", "title", "version", "severity", "dsa_category"), list_filter=("version",))
window(
    RuleVersion,
    ("code", "title", "version", "severity", "exposure", "actions", "dsa_category", "handling"),
    list_filter=("version",),
    search_fields=("code", "title"),
)
window(Author, ("id", "source", "followers", "public_figure"))
window(
    Item,
    ("id", "source", "external_id", "kind", "language", "country", "posted_at", "views", "revision", "demo"),
)
window(Media, ("id", "item_id", "position", "mime", "sha256", "state", "refused_reason", "attempts"))
window(Reporter, ("id", "source", "trusted_flagger", "judged", "upheld"))
window(Report, ("id", "item_id", "trusted", "reason", "rule_code", "received_at"))
window(Flag, ("id", "item_id", "detector", "detector_version", "scores", "over_threshold", "received_at"))
window(Queue, ("slug", "name", "roles", "skill", "claim_minutes", "escalates_to", "is_default", "active"))
window(RoutingRule, ("position", "name", "conditions", "queue", "active", "version"))
window(Lane, ("id", "queue", "exposure", "language", "units", "harms"))
window(
    Case,
    (
        "id",
        "item_id",
        "shown_purpose_label",
        "state",
        "queue",
        "severity",
        "priority",
        "rule_codes",
        "due_at",
        "opened_at",
    ),
    list_filter=("state", "queue"),
)
window(Claim, ("id", "case_id", "holder", "started_at", "expires_at", "ended_at", "ending"))
window(Barred, ("id", "case_id", "user", "why", "since"))
window(
    Decision,
    (
        "id",
        "case_id",
        "item_id",
        "outcome",
        "rule_codes",
        "actions",
        "purpose",
        "origin",
        "held",
        "decided_at",
    ),
    list_filter=("outcome", "origin", "held"),
)
window(Enforcement, ("id", "decision_id", "action", "due_at", "effective_at", "views_at_effect"))
window(Hold, ("id", "decision_id", "because", "state", "resolved_at"))
window(LimitSet, ("id", "budget", "max_exposure", "shift_minutes", "break_every_minutes", "reason", "set_at"))
window(Endpoint, ("name", "url", "kinds", "active", "created_at"))
window(Delivery, ("id", "endpoint", "kind", "state", "attempts_made", "next_attempt_at", "delivered_at"))
window(Attempt, ("id", "delivery_id", "at", "status", "milliseconds", "error"))
