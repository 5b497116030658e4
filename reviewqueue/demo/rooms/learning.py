"""Modules that people learn from, and calibrations: one that goes on, one that ended with a ruling."""

from apps.queues.models import Queue
from apps.training.errors import NothingToCalibrate
from apps.training.models import Calibration, Module
from apps.training.operations import (
    add_case,
    close_calibration,
    judge,
    open_calibration,
    open_module,
    publish_module,
    remark,
    rule_on,
)
from reviewqueue.demo.rooms.stage import Stage

BAIT = (
    "violates",
    "AU-4",
    "Money is asked for first and much more is promised: bait, whatever the story around it.",
)
WARNING = ("no_violation", "AU-4", "It quotes the bait to warn of it. AU-4 allows awareness and education.")
PAIR = (
    ("Your parcel waits at the depot. Pay the small fee on our page today, or it goes back.", *BAIT),
    (
        "This message about a parcel is a trick, my bank told me. Do not pay the fee, tell your parents.",
        *WARNING,
    ),
    ("Lend me the fare, and when my inheritance comes you get ten times as much.", *BAIT),
    (
        "Has anybody heard of this lottery? It asks for a fee before it pays, so I think it is a fraud.",
        *WARNING,
    ),
)
YOUNG = (
    ("I am ten and this is my first account, my brother set it up for me.", "violates", "YS-5",
     "She says her age herself, and it is under the limit: YS-5 names exactly this."),
    ("My daughter turned ten today, look at the cake her brother made!", "no_violation", "YS-5",
     "A parent tells of a child. The account is the parent’s, so YS-5 does not apply."),
    ("Third year of primary school here, add me if you are in my class.", "violates", "YS-5",
     "The school year tells the age; YS-5 asks for what the person says of herself."),
)  # fmt: skip
CALIBRATED = ("AU-4", "HR-5", "IN-1", "HT-2", "VX-1", "HR-1", "IN-2")


def fill_modules(stage: Stage) -> None:
    senior = stage.person("senior2")
    targeted = open_module(
        actor=senior, kind=Module.Kind.TARGETED, title="Bait, or a warning of it?", chosen="AU-4", instead_of="none"
    )  # fmt: skip
    _put_in(targeted, PAIR, stage)
    asks = (
        Queue.objects.filter(active=True).exclude(skill="").order_by("pk").first()
    )  # in the demo, youth safety
    if asks is not None:
        exam = open_module(
            actor=senior, kind=Module.Kind.CERTIFICATION, title=f"For the queue “{asks.name}”", queue=asks
        )
        _put_in(exam, YOUNG, stage)


def _put_in(module: Module, cases: tuple[tuple[str, str, str, str], ...], stage: Stage) -> None:
    senior = stage.person("senior2")
    for text, outcome, rule, why in cases:
        add_case(
            actor=senior,
            module_id=module.pk,
            text=text,
            exposure=0,
            outcome=outcome,
            rule_codes=[rule] if outcome == "violates" else [],
            about_rule=rule,
            explanation=why,
            names_nobody=True,
            language="en",
        )
    publish_module(actor=senior, module_id=module.pk)


def fill_calibrations(stage: Stage) -> None:
    """Two, under the first rules that have enough light cases; of the second everything has been said."""
    opened: list[Calibration] = []
    for code in CALIBRATED:
        try:
            opened.append(open_calibration(actor=stage.person("senior2"), rule_code=code))
        except NothingToCalibrate:
            continue
        if len(opened) == 2:
            break
    for session in opened:
        for name in ("senior2", "moderator2"):
            _answers(session, name, stage)
    if len(opened) == 2:
        _end(opened[1], stage)


def _answers(session: Calibration, name: str, stage: Stage) -> None:
    """What she says of each case: what was decided of it, but for one in six."""
    for case in session.cases.select_related("decision").order_by("position"):
        found = case.decision
        said = found.outcome if found is not None else "unsure"
        codes = list(found.rule_codes) if found is not None else []
        if stage.random.random() < 1 / 6:
            said = "no_violation" if said == "violates" else "unsure"
        judge(
            actor=stage.person(name), session_id=session.pk, position=case.position, outcome=said, rule_codes=codes
        )  # fmt: skip


def _end(session: Calibration, stage: Stage) -> None:
    _answers(session, "senior", stage)
    senior = stage.person("senior2")
    close_calibration(actor=senior, session_id=session.pk)
    remark(
        actor=senior,
        session_id=session.pk,
        position=1,
        text="What is said about an office is not said about the person who holds it: that was the difference here.",
    )
    rule_on(
        actor=senior,
        session_id=session.pk,
        text="Where a post can be read as criticism of what was done, it is read so. Only words against a person as "
        "such are weighed under this rule.",
    )
