"""On the command line: do the sums a report is drafted from say what the rows say?"""

import pytest
from django.core.management import CommandError, call_command

from apps.insight.models import RemovalCell


def test_it_says_so_when_they_are_the_same(removed, capsys):
    removed(3)
    call_command("check_report", "2025-q3")
    assert capsys.readouterr().out == "The same: 3 removals and 3 restrictions.\n"


def test_it_says_what_differs_and_what_to_do(removed, capsys):
    removed(3)
    RemovalCell.objects.filter(rule_code="AU-4").update(removals=4)
    with pytest.raises(CommandError, match="2 sums differ from the rows"):
        call_command("check_report", "2025-q3")
    assert "AU-4" in capsys.readouterr().out


def test_a_period_that_is_none_is_refused(db):
    with pytest.raises(CommandError, match="write 2026-q3, 2026-h2 or 2026"):
        call_command("check_report", "2025-q7")
