"""What somebody has to learn, has learned, and is certified for; and the time it took, which is working time."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Func, Q, Sum
from django.utils.timezone import now

from apps.accounts.models import User
from apps.briefing.models import Acknowledgement
from apps.guidelines.queries import in_force
from apps.queues.models import Queue
from apps.training.models import Answer, Assignment, Certificate, Module
from apps.wellbeing.queries import live_shift

AT_MOST = 50  # rows of a list


@dataclass(frozen=True)
class Step:
    """One step on the way to a queue. `state`: done, open, ready (may be begun), later; `module` where it is one."""

    words: str
    state: str
    module: Module | None = None
    assignment: Assignment | None = None


@dataclass(frozen=True)
class Path:
    """The way to a queue that asks for a certificate: reading, practice, certification, the certificate."""

    queue: Queue
    steps: list[Step]
    certificate: Certificate | None
    ended: Certificate | None  # the newest that ended, when there is none
    passed: bool  # a certification on which no certificate rests yet

    @property
    def certified(self) -> bool:
        return self.certificate is not None


def paths_of(person: User) -> list[Path]:
    """The paths to all queues of her roles that ask for a certificate. The same few queries for one as for many."""
    queues = list(Queue.objects.filter(active=True, roles__overlap=person.roles).exclude(skill=""))
    if not queues:
        return []
    current = in_force()
    read = Acknowledgement.objects.filter(user=person, version_id=current.id).exists()
    modules = list(
        Module.objects.filter(state=Module.State.PUBLISHED, queue__in=queues)
        .filter(Q(language="") | Q(language__in=person.languages))
        .order_by("kind", "id")
    )
    mine: dict[int, Assignment] = {}
    for one in Assignment.objects.filter(person=person, module__queue__in=queues).order_by("id"):
        known = mine.get(one.module_id)
        mine[one.module_id] = known if known is not None and known.passed else one
    certificates = list(Certificate.objects.filter(person=person).order_by("-id"))
    unused = set(
        Assignment.objects.filter(
            person=person, passed=True, certificate=None, module__kind=Module.Kind.CERTIFICATION
        ).values_list("module__queue_id", flat=True)
    )
    return [_path(queue, read, modules, mine, certificates, queue.pk in unused) for queue in queues]


def _path(
    queue: Queue,
    read: bool,
    modules: list[Module],
    mine: dict[int, Assignment],
    certificates: list[Certificate],
    passed: bool,
) -> Path:
    of_skill = [one for one in certificates if one.skill == queue.skill]
    live = next((one for one in of_skill if one.ended_at is None), None)
    steps = [Step("Read the guidelines in force", "done" if read else "ready")]
    practised = True
    for module in (one for one in modules if one.queue_id == queue.pk and one.kind == Module.Kind.PRACTICE):
        step = _step(f"Practice: {module.title}", module, mine.get(module.pk), needs_pass=False)
        practised = practised and step.state == "done"
        steps.append(step)
    exams = [one for one in modules if one.queue_id == queue.pk and one.kind == Module.Kind.CERTIFICATION]
    for module in exams:
        step = _step(f"Certification: {module.title}", module, mine.get(module.pk), needs_pass=True)
        if step.state == "ready" and not (read and practised):
            step = Step(step.words, "later", module)
        steps.append(step)
    if not exams:
        steps.append(Step("Certification: none is in use for this queue yet", "later"))
    given = "done" if live else "open" if passed else "later"
    steps.append(Step("A senior moderator or supervisor gives the certificate", given))
    return Path(queue, steps, live, None if live else next(iter(of_skill), None), passed)


def _step(words: str, module: Module, mine: Assignment | None, *, needs_pass: bool) -> Step:
    if mine is None:
        return Step(words, "ready", module)
    if mine.finished_at is None:
        return Step(words, "open", module, mine)
    return Step(words, "done" if mine.passed or not needs_pass else "ready", module, mine)


@dataclass(frozen=True)
class Time:
    """Minutes of training: in the running shift, and in the last thirty days. Paid, and without exposure."""

    now: int
    month: int


def time_of(person: User) -> Time:
    """The time she has spent on modules, in whole minutes."""
    mine = Answer.objects.filter(assignment__person=person)
    shift = live_shift(person)
    in_shift = mine.filter(shift_id=shift.pk).aggregate(s=Sum("seconds"))["s"] if shift else 0
    month = mine.filter(at__gt=now() - timedelta(days=30)).aggregate(s=Sum("seconds"))["s"]
    return Time(round((in_shift or 0) / 60), round((month or 0) / 60))


def open_and_done(person: User) -> tuple[list[Assignment], list[Assignment]]:
    """The modules she has open, and those she finished, newest first. Open ones that were retired are left out."""
    mine = Assignment.objects.filter(person=person).select_related("module__queue", "given_by")
    waiting = mine.filter(finished_at=None, module__state=Module.State.PUBLISHED)
    return list(waiting[:AT_MOST]), list(mine.exclude(finished_at=None)[:AT_MOST])


def answered(assignment: Assignment) -> list[Answer]:
    """Her answers with the cases they are to, in order."""
    return list(assignment.answers.select_related("case__rule_version").order_by("case__position"))


def people_with_certificates() -> list[dict[str, Any]]:
    """Everybody who moderates, with live certificates and her senior. By pseudonym; nobody is measured here."""
    people = list(
        User.objects.filter(is_active=True, roles__overlap=["moderator", "senior_moderator"]).order_by(
            "pseudonym"
        )[:500]
    )
    held: dict[int, list[str]] = {}
    for person, name in Certificate.objects.filter(person__in=people, ended_at=None).values_list(
        "person_id", "queue__name"
    ):
        held.setdefault(person, []).append(name)
    waiting = set(
        Assignment.objects.filter(
            person__in=people, passed=True, certificate=None, module__kind=Module.Kind.CERTIFICATION
        ).values_list("person_id", flat=True)
    )
    return [
        {"person": one, "certificates": held.get(one.pk, []), "waits": one.pk in waiting} for one in people
    ]


def languages_read() -> list[str]:
    """The codes of the languages that people here read, in their order."""
    found = User.objects.filter(is_active=True).annotate(code=Func("languages", function="unnest"))
    return sorted(set(found.values_list("code", flat=True)))
