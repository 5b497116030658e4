"""Which way cases go. A change is counted against the last seven days before it is saved."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import allow
from apps.guidelines.queries import in_force
from apps.queues.access import access_rule
from apps.queues.errors import EditedMeanwhile, RoutingChangedMeanwhile
from apps.queues.forms import OrderForm, RuleForm
from apps.queues.models import RoutingRule
from apps.queues.operations import editing
from apps.queues.proposals import Proposal, add, change, reorder
from apps.queues.queries import queue_map, routing_rules
from apps.queues.routing_preview import CASES_AT_MOST, DAYS, Tally, count_on
from apps.queues.routing_words import conditions_in_words, notes_on
from apps.queues.views.setup import SETS_UP


@allow(*SETS_UP)
@require_safe
def routing(request: HttpRequest) -> HttpResponse:
    rules = routing_rules()
    context = {
        "rules": _in_words(rules),
        "default": next((queue for queue in queue_map() if queue.is_default), None),
        "stamp": editing.stamp_of(rules),
    }
    return render(request, "queues/routing.html", context)


def _in_words(rules: list[RoutingRule]) -> list[dict[str, Any]]:
    """Rules as the pages list them: number, words, notes."""
    edition = in_force()
    numbers = {rule.pk: number for number, rule in enumerate(rules, start=1)}
    rows = []
    for rule, notes in zip(rules, notes_on(rules, edition), strict=True):
        told = [{"note": note, "others": [(numbers[r.pk], r) for r in note.rules]} for note in notes]
        rows.append({"rule": rule, "number": numbers[rule.pk], "words": _words(rule), "notes": told})
    return rows


def _words(rule: RoutingRule) -> list[str]:
    return conditions_in_words(rule.conditions, in_force())


@allow(*SETS_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def new_rule(request: HttpRequest) -> HttpResponse:
    rules = routing_rules()
    form = _rule_form(request.POST if request.method == "POST" else None, rules, None)
    form.initial.update(RuleForm.proposed(request.GET))
    if request.method != "POST" or not form.is_valid() or request.POST.get("step") == "back":
        return _rule_page(request, form, None)
    return _change(request, add(rules, form.draft()), form)


@allow(*SETS_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    found, rules = access_rule(rule_id), routing_rules()
    data: Any = request.POST if request.method == "POST" else None
    if data and data.get("step") == "toggle":
        data = RuleForm.data_of(found, editing.stamp_of(rules), active=not found.active)
    form = _rule_form(data, rules, found)
    if data is None or not form.is_valid() or request.POST.get("step") == "back":
        return _rule_page(request, form, found)
    if (form.cleaned_data["version"] or 0) != found.version:
        return _rule_conflict(request, form, found, rules)
    try:
        return _change(request, change(rules, found, form.draft()), form)
    except EditedMeanwhile:
        return _rule_conflict(request, form, access_rule(rule_id), routing_rules())


def _rule_form(data: Any, rules: list[RoutingRule], found: RoutingRule | None) -> RuleForm:
    stamp = editing.stamp_of(rules)
    initial = RuleForm.initial_of(found, stamp) if found else {"stamp": stamp, "active": True}
    return RuleForm(data, initial=initial, edition=in_force(), queues=queue_map(), others=rules, rule=found)


def _rule_page(request: HttpRequest, form: RuleForm, found: RoutingRule | None) -> HttpResponse:
    return render(
        request, "queues/rule.html", {"form": form, "rule": found}, status=422 if form.errors else 200
    )


@allow(*SETS_UP)
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest) -> HttpResponse:
    """Rules are moved up and down on the page's own form; nothing is saved until the count was seen."""
    rules = routing_rules()
    if request.method != "POST":
        return _order_page(request, rules, editing.stamp_of(rules))
    form = OrderForm(request.POST, rules=rules)
    wanted = form.cleaned_data["order"] if form.is_valid() else []
    by_id = {rule.pk: rule for rule in rules}
    if sorted(wanted) != sorted(by_id) or form.cleaned_data["stamp"] != editing.stamp_of(rules):
        return _order_conflict(request, [by_id[pk] for pk in wanted if pk in by_id], rules)
    if move := request.POST.get("move"):
        return _order_page(
            request, [by_id[pk] for pk in moved(wanted, move)], form.cleaned_data["stamp"], move
        )
    if request.POST.get("step") == "back":
        return _order_page(request, [by_id[pk] for pk in wanted], form.cleaned_data["stamp"])
    try:
        return _change(request, reorder(rules, wanted), form)
    except EditedMeanwhile:
        return _order_conflict(request, [by_id[pk] for pk in wanted], routing_rules())


def moved(order: list[int], move: str) -> list[int]:
    """The order after one step, `ID:up` or `ID:down`; the same when there is nowhere to go."""
    name, _, way = move.partition(":")
    if not name.isdigit() or int(name) not in order:
        return order
    place = order.index(int(name))
    other = place + (-1 if way == "up" else 1)
    if not 0 <= other < len(order):
        return order
    swapped = list(order)
    swapped[place], swapped[other] = swapped[other], swapped[place]
    return swapped


def _order_page(request: HttpRequest, rules: list[RoutingRule], stamp: str, move: str = "") -> HttpResponse:
    htmx = bool(request.htmx)  # type: ignore[attr-defined]
    context = {"rules": _in_words(rules), "stamp": stamp, "move": move}
    return render(request, "queues/order.html#list" if htmx else "queues/order.html", context)


def _order_conflict(request: HttpRequest, mine: list[RoutingRule], rules: list[RoutingRule]) -> HttpResponse:
    refusal = EditedMeanwhile(
        "Someone else changed the routing while you had it open. Nothing was overwritten."
    )
    mine = list({rule.pk: rule for rule in mine}.values())
    known = {rule.pk for rule in mine}
    mine = [*mine, *(rule for rule in rules if rule.pk not in known)]
    names = [[f"{n}. {rule.name}" for n, rule in enumerate(some, start=1)] for some in (rules, mine)]
    rows = [{"label": "", "theirs": theirs, "mine": own} for theirs, own in zip(*names, strict=True)]
    context = {
        "refusal": refusal,
        "what": "the order of the rules",
        "rows": rows,
        "hidden": [("stamp", editing.stamp_of(rules)), *(("order", rule.pk) for rule in mine)],
        "keep": "queues:routing",
    }
    return render(request, "queues/conflict.html", context, status=refusal.status)


def _change(request: HttpRequest, proposal: Proposal, form: Any) -> HttpResponse:
    """Show what a change of routing would do, count on, or save it: the page's buttons say which."""
    stamp = form.cleaned_data["stamp"]
    if request.POST.get("step") == "save":
        try:
            proposal.save(actor=request.user, stamp=stamp, version=form.cleaned_data.get("version"))  # type: ignore[arg-type]
        except RoutingChangedMeanwhile as refusal:
            return _preview(request, proposal, form, refusal)
        messages.success(request, "The routing is saved. Cases that come in from now on follow it.")
        return redirect("queues:routing")
    stale = RoutingChangedMeanwhile() if stamp != editing.stamp_of(proposal.before) else None
    return _preview(request, proposal, form, stale)


def _preview(
    request: HttpRequest, proposal: Proposal, form: Any, refusal: RoutingChangedMeanwhile | None
) -> HttpResponse:
    tally = Tally.unpack(request.POST.get("tally", ""), proposal.about)
    tally = count_on(tally, before=proposal.before, after=proposal.after)
    names = {queue.pk: queue for queue in queue_map()}
    known = _new_notes(proposal)
    moves = sorted(tally.moves.items(), key=lambda move: -move[1])
    context = {
        "proposal": proposal,
        "hidden": _hidden(form, editing.stamp_of(proposal.before)),
        "refusal": refusal,
        "tally": tally,
        "packed": tally.pack(proposal.about),
        "moves": [(names[s], names[t], count, tally.samples[s, t]) for (s, t), count in moves],
        "changed": [
            (queue, tally.before[pk], tally.after[pk], tally.after[pk] - tally.before[pk])
            for pk, queue in names.items()
            if tally.before[pk] != tally.after[pk]
        ],
        "days": DAYS,
        "at_most": CASES_AT_MOST,
        "known": known,
        "worrying": any(told["note"].tone == "bad" for row in known for told in row["notes"]),
    }
    only_count = request.htmx and request.POST.get("step") == "count"  # type: ignore[attr-defined]
    template = "queues/preview.html#tally" if only_count else "queues/preview.html"
    return render(request, template, context, status=refusal.status if refusal else 200)


def _new_notes(proposal: Proposal) -> list[dict[str, Any]]:
    """Rules of which something is to be known that is not so today."""
    said = {
        row["rule"].pk: {told["note"].text for told in row["notes"]} for row in _in_words(proposal.before)
    }
    rows = []
    for row in _in_words(proposal.after):
        fresh = [told for told in row["notes"] if told["note"].text not in said.get(row["rule"].pk, set())]
        if fresh:
            rows.append({**row, "notes": fresh})
    return rows


def _hidden(form: Any, stamp: str) -> list[tuple[str, Any]]:
    """The form as hidden fields, in the routing as it is now."""
    pairs = [
        (name, value)
        for name, values in form.data.lists()
        for value in values
        if name in form.fields and name != "stamp"
    ]
    return [*pairs, ("stamp", stamp)]


def _rule_conflict(
    request: HttpRequest, form: RuleForm, there: RoutingRule, rules: list[RoutingRule]
) -> HttpResponse:
    """Both versions of the rule side by side, and the way on with either."""
    refusal = EditedMeanwhile()
    mine = change(rules, there, form.draft()).after[rules.index(there)]
    words = {"theirs": there, "mine": mine}
    rows = [
        {"label": "Name", **{who: one.name for who, one in words.items()}},
        {"label": "Goes to", **{who: one.queue.name for who, one in words.items()}},
        {
            "label": "When",
            **{who: "; ".join(_words(one)) or "every case" for who, one in words.items()},
        },
        {"label": "Active", **{who: "yes" if one.active else "no" for who, one in words.items()}},
    ]
    hidden = [pair for pair in _hidden(form, editing.stamp_of(rules)) if pair[0] != "version"]
    context = {
        "refusal": refusal,
        "what": f"the rule “{there.name}”",
        "rows": rows,
        "hidden": [*hidden, ("version", there.version)],
        "keep": "queues:routing",
    }
    return render(request, "queues/conflict.html", context, status=refusal.status)
