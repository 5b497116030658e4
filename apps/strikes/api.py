from django.http import HttpRequest
from ninja import Router

from apps.accounts.api import Bearer
from apps.intake.schemas import READING
from apps.strikes.access import account_named
from apps.strikes.queries import standing_of
from apps.strikes.schemas import StandingAnswer, StrikeAnswer, SuspensionAnswer

router = Router(tags=["accounts"])


@router.get(
    "/accounts/{source}/{path:external_id}", auth=Bearer("read"), response={200: StandingAnswer, **READING}
)
def get_standing(request: HttpRequest, source: str, external_id: str) -> StandingAnswer:
    """How an account stands: strikes that count, and suspensions that run."""
    author = account_named(source, external_id)
    found = standing_of(author)
    return StandingAnswer(
        source=author.source,
        external_id=author.external_id,
        strikes=[
            StrikeAnswer(
                decision_id=one.decision_id,
                rule=one.rule_code,
                given_at=one.given_at,
                expires_at=one.expires_at,
                ladder=one.ladder.number or 0 if one.ladder else 0,
            )
            for one in found.strikes
        ],
        provides_for=found.step.words if found.step else "",
        suspensions=[
            SuspensionAnswer(
                decision_id=one.decision_id,
                enforcement_id=one.enforcement_id,
                action=one.action,
                starts_at=one.starts_at,
                ends_at=one.ends_at,
            )
            for one in found.running
        ],
    )
