from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from apps.accounts.operations import set_password, signed_in, signed_out


class HouseAdapter(DefaultAccountAdapter):
    """Nobody signs up: people are added by an admin."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # One sentence whether the name or the password was wrong: a guess learns nothing.
        "username_password_mismatch": "The name or the password is not right.",
        "enter_current_password": "This is not the password you have now.",
        "too_many_login_attempts": "Too many tries. Please wait five minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The page one lands on says it all; "Successfully signed in" says nothing."""

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        signed_in(user)
        return super().post_login(request, user, **kwargs)

    def set_password(self, user: Any, password: str) -> None:
        """Her own choice, through the same operation as an admin's. Her other sessions end; this one is kept."""
        user.password = set_password(user, password, actor=user).password

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        messages.success(
            request, "Your password is changed. Wherever else you were signed in, you are not any more."
        )
        return super().get_password_change_redirect_url(request)

    @transaction.atomic
    def logout(self, request: HttpRequest) -> None:
        signed_out(request.user)  # type: ignore[arg-type]
        super().logout(request)
