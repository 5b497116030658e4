from django.http import HttpRequest

from apps.accounts.adapter import HouseAdapter
from apps.queues.operations import release_held


class DeskAdapter(HouseAdapter):
    """Signing out of the whole house: whoever leaves takes no case with her."""

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            release_held(actor=request.user)
        super().logout(request)
