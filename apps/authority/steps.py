"""What can be done about an item now, as forms: which step is next, and which letters fit."""

from typing import Any

from apps.accounts.models import User
from apps.authority.access import HANDLE
from apps.authority.forms import AnswerForm, ContestForm, LetterForm, LocateForm, ProposeForm, ValidityForm
from apps.authority.models import NecessityTest, RequestItem
from apps.authority.operations.writing import OPEN_TO_LETTERS

State = RequestItem.State
FORMS: dict[str, Any] = {
    "locate": LocateForm,
    "validity": ValidityForm,
    "propose": ProposeForm,
    "answer": AnswerForm,
    "contest": ContestForm,
    "letter": LetterForm,
}
NEXT = {State.UNKNOWN: "locate", State.LAW: "validity", State.TEST: "propose", State.SECOND: "answer"}
SAYS = {
    State.REVIEW: "A moderator looks at it under our own guidelines, in a case like any other. "
    "Whoever decides is not told that an authority asks.",
    State.LAW: "It breaks none of our rules. Is the order valid, and is the item unlawful there?",
    State.TEST: "Write the test down. The only measure is to withhold it in the sender’s country, with no strike.",
    State.SECOND: "A second person reads the test and answers. One of the two is a legal reviewer.",
    State.ASKED_BACK: "The sender was asked. The clock stands still until they answer.",
    State.UNKNOWN: "Nothing here is at that address. Find it, ask the sender, or refuse.",
    State.BY_RULES: "It breaks a rule of ours: it was acted on everywhere, as anything else would have been.",
    State.BY_LAW: "It breaks no rule of ours. It is withheld in one country, with no strike.",
    State.REFUSED: "Nothing was done.",
}


def kinds_of_letters(row: RequestItem) -> list[str]:
    return [kind for kind, states in OPEN_TO_LETTERS.items() if row.state in states]


def form_for(step: str, row: RequestItem, data: Any = None) -> Any:
    """A step's form, its fields named for the item, so that a page holds several."""
    more = {"kinds": kinds_of_letters(row)} if step == "letter" else {}
    return FORMS[step](data, prefix=f"{step}-{row.position}", **more)


def panel(
    row: RequestItem, person: User, sent: tuple[str, Any] | None = None, *, took_part: bool = False
) -> dict[str, Any]:
    """One item as the page shows it. `sent`: the step that was just refused, with its form. `took_part`: the person did,
    and does not decide a contest.
    """
    handles = person.has_role(*HANDLE)
    step = NEXT.get(State(row.state), "")
    pending = next((one for one in row.tests.all() if one.state == NecessityTest.State.PENDING), None)
    mine = pending is not None and pending.proposed_by_id == person.pk
    may = (handles or step == "answer") and not (step == "answer" and mine)
    forms = {step: form_for(step, row)} if step and may else {}
    if handles and (kinds := kinds_of_letters(row)):
        forms["letter"] = form_for("letter", row) if kinds else None
    contest = next((one for test in row.tests.all() for one in test.contests.all()), None)
    if contest is not None and contest.is_open and handles and not took_part:
        forms["contest"] = form_for("contest", row)
    if sent is not None and sent[0] in FORMS:
        forms[sent[0]] = sent[1]
    agreed = next((one for one in row.tests.all() if one.state == NecessityTest.State.AGREED), None)
    return {
        "row": row,
        "says": SAYS[State(row.state)],
        "step": step if step in forms else "",
        "forms": forms,
        "pending": pending,
        "mine": mine,
        "agreed": agreed,
        "may_lift": handles and agreed is not None and agreed.lifted_at is None,
        "contest": contest,
        "may_hear": contest is not None and contest.is_open and handles and not took_part,
        "refused_contest": sent is not None and sent[0] == "contest",
        "may_go_on": handles and row.state == State.ASKED_BACK,
    }
