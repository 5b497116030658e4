from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from apps.accounts import keys, operations
from apps.accounts.errors import RolesExclude
from apps.accounts.models import MachineKey, PlatformAccount, Role, Scope, User


class PersonForm(forms.ModelForm):
    roles = forms.MultipleChoiceField(
        choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    languages = SimpleArrayField(
        forms.CharField(max_length=8), required=False, help_text="Codes, best first: km, vi, en"
    )
    skills = SimpleArrayField(
        forms.CharField(max_length=40), required=False, help_text="Certifications: specialist"
    )
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        required=False,
        help_text="Leave empty to keep the one she has. A new one ends her sessions.",
    )

    class Meta:
        model = User
        fields = ("username", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = self.instance
        if person.pk:
            now = {"roles": person.roles, "languages": person.languages, "skills": person.skills}
            self.initial = {**self.initial, **now}
        else:
            self.fields["password"].required = True
            self.fields["password"].help_text = ""

    def clean_roles(self) -> list[str]:
        roles = self.cleaned_data["roles"]
        if {Role.SUPERVISOR, Role.WELLBEING_LEAD} <= set(roles):
            raise forms.ValidationError(RolesExclude.sentence)
        return roles


@admin.register(User)
class PersonAdmin(admin.ModelAdmin):
    """People are changed here through the same operations as everywhere, so that every change leaves its event."""

    form = PersonForm
    list_display = (
        "username",
        "pseudonym",
        "roles",
        "languages",
        "skills",
        "is_active",
        "last_login",
        "demo",
    )
    list_filter = ("is_active", "demo")
    search_fields = ("username", "pseudonym")
    ordering = ("username",)
    fields = ("username", "pseudonym", "roles", "languages", "skills", "is_active", "password", "last_login")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        return ("username", "pseudonym", "last_login") if obj else ("pseudonym", "last_login", "is_active")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        asked, actor = form.cleaned_data, request.user
        assert isinstance(actor, User)
        abilities = {"languages": asked["languages"], "skills": asked["skills"]}
        if not change:
            made = operations.create_person(
                username=asked["username"],
                password=asked["password"],
                roles=asked["roles"],
                actor=actor,
                **abilities,
            )
            obj.pk = made.pk
            return
        operations.change_roles(obj, roles=asked["roles"], actor=actor)
        operations.change_abilities(obj, actor=actor, **abilities)
        operations.set_active(obj, asked["is_active"], actor=actor)
        if asked["password"]:
            operations.set_password(obj, asked["password"], actor=actor)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # her decisions name her; she is shut out instead


@admin.register(PlatformAccount)
class PlatformAccountAdmin(admin.ModelAdmin):
    """Accounts people have on the platform, so that nobody is given her own items or reports."""

    list_display = ("user", "source", "external_id")
    autocomplete_fields = ("user",)


class KeyForm(forms.ModelForm):
    """What a new key is for. Its hash and hint come with it."""

    name = forms.CharField(max_length=80, help_text="What it is for, such as the platform’s name.")
    scopes = forms.MultipleChoiceField(choices=Scope.choices, widget=forms.CheckboxSelectMultiple)
    rate_per_minute = forms.IntegerField(
        min_value=1, max_value=10_000_000, initial=60_000, label="Requests a minute, at most"
    )

    class Meta:
        model = MachineKey
        fields = ("name", "scopes", "rate_per_minute")


@admin.register(MachineKey)
class MachineKeyAdmin(admin.ModelAdmin):
    """Made, seen and revoked here. The key itself is shown once, in the answer; its hash is of no use to anybody."""

    list_display = ("name", "hint", "scopes", "rate_per_minute", "created_at", "revoked_at")
    exclude = ("hash",)
    actions = ("revoke",)
    form = KeyForm

    def get_fields(self, request: HttpRequest, obj: MachineKey | None = None) -> tuple[str, ...]:
        seen = ("hint", "created_at", "revoked_at") if obj else ()
        return ("name", "scopes", "rate_per_minute", *seen)

    def save_model(self, request: HttpRequest, obj: MachineKey, form: Any, change: bool) -> None:
        asked, actor = form.cleaned_data, request.user
        assert isinstance(actor, User)
        obj.token = keys.issue(  # type: ignore[attr-defined]
            asked["name"], asked["scopes"], rate_per_minute=asked["rate_per_minute"], actor=actor
        )

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """The ledger has `key.issued`, which names who did it."""

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "title": f"The key {obj.name}", "key": obj}
        answer = TemplateResponse(request, "admin/key_issued.html", context)
        answer["Cache-Control"] = "no-store"
        return answer

    @admin.action(description="Revoke for good")
    def revoke(self, request: HttpRequest, chosen: QuerySet[MachineKey]) -> HttpResponse | None:
        """Asked twice: what used the key stops at once, and no key can be given back."""
        in_force = list(chosen.filter(revoked_at=None).order_by("name", "pk"))
        if not in_force:
            self.message_user(request, "These keys are revoked already.")
            return None
        if "sure" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": "Revoke keys for good",
                "keys": in_force,
            }
            return TemplateResponse(request, "admin/revoke_keys.html", context)
        assert isinstance(request.user, User)
        for key in in_force:
            keys.revoke(key, actor=request.user)
        self.message_user(request, f"Revoked: {', '.join(key.name for key in in_force)}.")
        return None

    def has_change_permission(self, request: HttpRequest, obj: MachineKey | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: MachineKey | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[MachineKey]:
        return super().get_queryset(request).defer("hash")
