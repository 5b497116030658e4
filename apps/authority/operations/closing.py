"""What the author is told of her contest, once; and contests whose measure ended before anybody decided them."""

from django.utils.timezone import now

from apps.authority.models import Contest, ContestLetter, Ending, NecessityTest
from apps.authority.phrases import ANSWERS
from apps.intake.codes import country_in_words
from apps.ledger.operations import record


def tell_outcome(contest: Contest, test: NecessityTest) -> ContestLetter:
    """Write what came of a contest to its author and have it delivered (`contest_is_answered_once`). It names nobody."""
    about = contest.outcome or contest.state
    text = ANSWERS[contest.language][about].format(
        country=country_in_words(test.country, contest.language), reasons=contest.reasons
    )
    letter = ContestLetter.objects.create(contest=contest, text=text)
    facts = {"decision": test.decision_id, "letter": letter.pk}
    record("authority.contest_answered", actor=None, private=True, **facts)
    return letter


def close_moot(test: NecessityTest) -> None:
    """The measure has just ended for another reason: an open contest of it has nothing left to decide.

    The caller holds the measure's row.
    """
    contest = (
        Contest.objects.select_for_update(no_key=True).filter(test=test, state=Contest.State.OPEN).first()
    )
    if contest is None:
        return
    contest.state, contest.decided_at = Contest.State.MOOT, now()
    contest.save(update_fields=["state", "decided_at"])
    tell_outcome(contest, test)


def owe_ending(test: NecessityTest) -> None:
    """A measure has just ended: its author is owed that, unless a contest of it says so. The caller holds its row."""
    if Contest.objects.filter(test=test).exclude(outcome=Contest.Outcome.UPHELD).exists():
        return
    Ending.objects.create(test=test, due_at=now())
