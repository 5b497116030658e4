"""The first statement of a request finds out itself whether its connection still stands."""

import pytest
from django.db import OperationalError, connection

from apps.statements import Statement

ASK = Statement("house_first_ask", "SELECT 1 + %(n)s::int")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def as_a_request_finds_it():
    """A connection that stayed open from the request before, not looked at yet."""
    connection.ensure_connection()
    connection.close_if_unusable_or_obsolete()
    connection.health_check_enabled = True
    connection.health_check_done = False
    yield connection
    connection.close()


def cut_off():
    """PostgreSQL ends this connection, as when it is restarted."""
    lone = connection.copy()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    connection.health_check_done = False
    with lone.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    lone.close()
    return pid


def asked(n):
    return ASK.first({"n": n})


def test_it_asks_nothing_beforehand(as_a_request_finds_it, django_assert_num_queries, monkeypatch):
    looked = []
    monkeypatch.setattr(connection, "is_usable", lambda: looked.append(1) or True)
    with django_assert_num_queries(1):
        assert asked(1) == (2,)
    assert looked == []


def test_where_the_connection_is_gone_it_takes_a_new_one(as_a_request_finds_it):
    old = cut_off()
    assert asked(2) == (3,)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone()[0] != old


def test_any_other_statement_is_not_run_again(as_a_request_finds_it):
    cut_off()
    connection.health_check_done = True  # as after the first one
    with pytest.raises(OperationalError):
        ASK.run({"n": 3})


def test_within_a_transaction_it_is_a_statement_like_any_other(as_a_request_finds_it, monkeypatch):
    from django.db import transaction

    cut_off()
    connection.health_check_done = True
    with pytest.raises(OperationalError), transaction.atomic():
        asked(4)
