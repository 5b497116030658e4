from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from apps.accounts.operations import signed_in, signed_out


class HouseAdapter(DefaultAccountAdapter):
    """Nobody signs up: people are added by an admin."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # One sentence whether the name or the password was wrong: a guess learns nothing.
        "username_password_mismatch": "The name or the password is not right.",
        "too_many_login_attempts": "Too many tries. Please wait five minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The page one lands on says it all; "Successfully signed in" says nothing."""

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        signed_in(user)
        return super().post_login(request, user, **kwargs)

    @transaction.atomic
    def logout(self, request: HttpRequest) -> None:
        signed_out(request.user)  # type: ignore[arg-type]
        super().logout(request)
