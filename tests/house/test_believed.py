"""A connection that answered a moment ago is not asked again whether it still does."""

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import RequestFactory

from reviewqueue import middleware
from reviewqueue.middleware import TroubleMiddleware

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def looks(monkeypatch):
    """How often the connection was asked, by requests that come one after the other on it."""
    asked = []
    usable = connection.is_usable
    monkeypatch.setattr(connection, "is_usable", lambda: asked.append(1) or usable())
    monkeypatch.setattr(connection, "health_check_enabled", True)
    connection.answered_at = -10.0
    connection.ensure_connection()
    yield asked
    connection.answered_at = -10.0
    connection.close()


def page(_request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return HttpResponse(str(cursor.fetchone()[0]))


def asked_for(view=page):
    connection.close_if_unusable_or_obsolete()  # as at the beginning of each request
    return TroubleMiddleware(view)(RequestFactory().get("/"))


def ended(pid):
    """PostgreSQL ends this connection, as when it is restarted."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()


def test_it_is_asked_once_and_then_believed_for_two_seconds(looks, monkeypatch):
    for _ in range(3):
        assert asked_for().status_code == 200
    assert len(looks) == 1
    monkeypatch.setattr(middleware, "BELIEVED_SECONDS", 0.0)
    asked_for()
    asked_for()
    assert len(looks) == 3


def test_a_page_without_a_question_to_the_database_makes_nothing_believed(looks):
    asked_for(lambda _request: HttpResponse("still"))
    assert looks == []
    asked_for()
    assert len(looks) == 1


def test_one_that_went_away_meanwhile_fails_one_page_that_says_so_and_no_other(looks):
    first = asked_for()
    ended(first.content.decode())
    assert asked_for().status_code == 503
    again = asked_for()
    assert again.status_code == 200
    assert again.content != first.content


def test_one_that_went_away_longer_ago_fails_nothing(looks):
    first = asked_for()
    ended(first.content.decode())
    connection.answered_at = -10.0
    again = asked_for()
    assert (again.status_code, again.content != first.content) == (200, True)


def test_an_error_of_the_page_itself_changes_nothing(looks):
    def wrong(_request):
        raise OperationalError("canceling statement due to statement timeout")

    assert asked_for(wrong).status_code == 503
    assert asked_for().status_code == 200
    assert len(looks) == 1
