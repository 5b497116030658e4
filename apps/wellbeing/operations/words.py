"""A word with the wellbeing lead, only when somebody asks for one."""

from django.db import IntegrityError, transaction
from django.utils.timezone import now

from apps.accounts.models import User
from apps.ledger.operations import record
from apps.wellbeing.models import WordWanted


@transaction.atomic
def ask_for_a_word(*, actor: User) -> bool:
    """Tell the wellbeing leads that she would like a word, because she chose to. False when they know already."""
    try:
        with transaction.atomic():
            WordWanted.objects.create(user=actor, asked_at=now())
    except IntegrityError as refusal:
        if "word_wanted_one_open_per_person" not in str(refusal):
            raise
        return False
    record("word.wanted", actor=actor, private=True)
    return True


@transaction.atomic
def answer_word(*, actor: User, word_id: int) -> bool:
    """A wellbeing lead has spoken with her. False when another lead was quicker."""
    done = WordWanted.objects.filter(pk=word_id, answered_at=None).update(
        answered_at=now(), answered_by=actor
    )
    if done:
        record("word.answered", actor=actor, private=True, word=word_id)
    return bool(done)


@transaction.atomic
def note_refused_look(*, actor: User) -> None:
    """Somebody asked for another person's account of exposure and was refused: who asked is kept, about whom is not."""
    record("wellbeing.refused", actor=actor)
