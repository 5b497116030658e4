"""How a program shows who it is: a machine key as a bearer token, with the scope the door asks for."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from apps.accounts.keys import find
from apps.accounts.models import MachineKey, Scope
from apps.accounts.rates import seconds_to_wait
from apps.errors import DomainError


class NoKey(DomainError):
    code = "no_key"
    status = 401
    sentence = "Send a machine key in force: Authorization: Bearer KEY."


class WrongScope(DomainError):
    code = "wrong_scope"
    status = 403


class TooManyRequests(DomainError):
    code = "too_many_requests"
    status = 429

    def __init__(self, limit: int, seconds: int) -> None:
        self.retry_after = seconds
        super().__init__(f"This key may make {limit} requests a minute. Try again in {seconds} s.")


class Bearer(HttpBearer):
    """`auth=Bearer("ingest")`: opens for keys with that scope, and for keys with admin."""

    def __init__(self, scope: str) -> None:
        self.scope = Scope(scope)
        super().__init__()

    def __call__(self, request: HttpRequest) -> MachineKey:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return self.authenticate(request, token.strip() if scheme.lower() == "bearer" else "")

    def authenticate(self, request: HttpRequest, token: str) -> MachineKey:
        key = find(token) if token else None
        if key is None:
            raise NoKey
        if self.scope not in key.scopes and Scope.ADMIN not in key.scopes:
            raise WrongScope(f"This key does not hold the scope “{self.scope.value}”.")
        seconds = seconds_to_wait(key.pk, key.rate_per_minute)
        if seconds:
            raise TooManyRequests(key.rate_per_minute, seconds)
        request.key = key  # type: ignore[attr-defined]
        return key
