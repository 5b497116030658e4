"""The bar at the top: what it leads to opens for whoever sees it, and what belongs together stands under one word."""

import pytest
from django.urls import resolve

from reviewqueue.context import GROUPED, NAVIGATION

SEEN = [(label, url, roles) for label, url, roles in NAVIGATION if url != "/admin/"]  # Django's own doors


@pytest.mark.parametrize(("label", "url", "roles"), SEEN, ids=[row[0] for row in SEEN])
def test_a_link_is_shown_only_to_those_for_whom_it_opens(label, url, roles):
    opens_for = resolve(url).func.allowed_roles
    assert not opens_for or set(roles) <= set(opens_for)


def links(page: str) -> str:
    return page.split('<nav class="nav"')[1].split("</nav>")[0]


def test_what_belongs_together_stands_under_one_word_that_opens_it(signed_in):
    bar = links(signed_in("admin").get("/webhooks/").content.decode())
    assert 'popovertarget="nav-set-up" aria-current="true"' in bar
    menu = bar.split('id="nav-set-up" popover')[1].split("</div>")[0]
    assert '<a href="/webhooks/" aria-current="page">Webhooks</a>' in menu
    assert '<a href="/queues/">Queues</a>' in menu
    assert menu.count("<a ") == sum(url in GROUPED for _, url, _ in NAVIGATION if url in menu)


def test_a_group_of_one_is_shown_as_itself(signed_in):
    bar = links(signed_in("supervisor").get("/queues/").content.decode())
    assert '<a href="/queues/" aria-current="page">Queues</a>' in bar
    assert "nav-set-up" not in bar
    assert "/admin/" not in bar
