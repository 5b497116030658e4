"""Who is never given a case: its author, whoever reported it, and whoever may know what decides nothing."""

from django.db import connection

from apps.accounts.models import Role, User
from apps.queues.models import Barred

KNOWING = [Role.LEGAL_REVIEWER, Role.ADMIN, Role.SUPERVISOR]  # who reads requests of authorities


def bar_conflicts(case_ids: list[int]) -> None:
    """Nobody is given her own item, or an item she reported: one statement for a batch of cases."""
    if not case_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO queues_barred (case_id, user_id, why)
            SELECT cs.id, own.user_id, 'conflict'
            FROM accounts_platformaccount own
            JOIN intake_item item ON item.source = own.source
            JOIN queues_case cs ON cs.item_id = item.id AND cs.id = ANY(%s)
            WHERE EXISTS (SELECT 1 FROM intake_author author
                          WHERE author.id = item.author_id AND author.external_id = own.external_id)
               OR EXISTS (SELECT 1 FROM intake_report report JOIN intake_reporter r ON r.id = report.reporter_id
                          WHERE report.item_id = item.id AND r.external_id = own.external_id)
            ON CONFLICT DO NOTHING
            """,
            [case_ids],
        )


def bar_who_may_know(case_ids: list[int]) -> None:
    """Whoever may read that an authority asks decides none of these cases."""
    for case in case_ids:
        knowing = User.objects.filter(roles__overlap=KNOWING).values_list("pk", flat=True)
        Barred.objects.bulk_create(
            [Barred(case_id=case, user_id=user, why=Barred.Why.KNOWS) for user in knowing],
            ignore_conflicts=True,
        )
