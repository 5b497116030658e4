"""The form of a translation: a field for each part of a text, which says which part it is and whether it is behind."""

from collections.abc import Mapping
from typing import Any

OF = {"rule": "of the rule", "policy": "of the policy", "set": "of the guidelines"}
# The parts that are lists, by what one of them is called; each has a field of its own, numbered as in the source.
LISTS = {
    "violating_examples": "Example {} that breaks it",
    "allowed_examples": "Allowed example {}",
    "principles": "Principle {}",
}
TITLE, DESCRIPTION = "title", "description"


def sent(data: Mapping[str, str], source: Mapping[str, Any]) -> dict[str, Any]:
    """The texts of a form, shaped as the source is. What a list has is said in one paragraph each; more of them than the
    source has now were typed beside other words, and are kept to be looked at."""
    texts: dict[str, Any] = {}
    for name, own in source.items():
        if isinstance(own, list):
            said = [
                " ".join(data.get(f"{name}.{n}", "").split()) for n in range(1, _last(data, name, own) + 1)
            ]
            while len(said) > len(own) and not said[-1]:
                said.pop()
            texts[name] = said
        elif isinstance(own, dict):
            texts[name] = {key: data.get(f"{name}.{key}", "") for key in own}
        else:
            texts[name] = data.get(name, "")
    return texts


def _last(data: Mapping[str, str], name: str, own: list[str]) -> int:
    n = len(own)
    while f"{name}.{n + 1}" in data:
        n += 1
    return n


def carried(texts: Mapping[str, Any], of: Mapping[str, Any], source: Mapping[str, Any]) -> dict[str, Any]:
    """A translation of the words `of`, put beside the words of now: in lists, each goes with the words it is a translation
    of; where those were reworded, with what stands in their place. Shapes as in `source`, and '' for what is missing."""
    found = dict(texts)
    for name, own in source.items():
        if not isinstance(own, list):
            continue
        before, given = list(of.get(name) or ()), list(texts.get(name) or ())
        by_words = dict(zip(before, given, strict=False))
        in_place = [
            text if before[n] not in own else "" for n, text in enumerate(given[: len(before)])
        ]  # what goes with words that are elsewhere now is not offered here as well
        found[name] = [
            by_words.get(words, in_place[n] if n < len(in_place) else "") for n, words in enumerate(own)
        ]
    return found


def fields(
    *,
    kind: str,
    source: Mapping[str, Any],
    texts: Mapping[str, Any],
    earlier: Mapping[str, Any] | None,
    errors: Mapping[str, str],
) -> list[dict[str, Any]]:
    """A field for each part: name, label, source, value, rows, error, `behind`, and `earlier`, the words it is a translation of.

    `texts` is shaped as `source` is; `earlier` are the words that were translated, None where they are those of now.
    """
    found = []
    for name, own in source.items():
        given, before = texts.get(name), (earlier or {}).get(name)
        if isinstance(own, dict):
            for key, words in own.items():
                was = (before or {}).get(key)
                behind = earlier is not None and was != words
                found.append(
                    _field(
                        f"{name}.{key}",
                        f"Action “{words}”",
                        words,
                        (given or {}).get(key, ""),
                        behind=behind,
                        was=was,
                    )
                )
        elif isinstance(own, list):
            for n in range(max(len(own), len(given or ()))):
                words = own[n] if n < len(own) else ""
                value = given[n] if given and n < len(given) else ""
                behind = n < len(own) and earlier is not None and words not in (before or ())
                was = before[n] if before and n < len(before) and before[n] not in own else None
                error = errors.get(name, "") if not value else ""
                label = LISTS[name].format(n + 1)
                found.append(
                    _field(
                        f"{name}.{n + 1}", label, words, value, rows=2, error=error, behind=behind, was=was
                    )
                )
        else:
            label = f"{'Title' if name == TITLE else 'Description'} {OF[kind]}"
            behind = earlier is not None and before != own
            found.append(
                _field(
                    name,
                    label,
                    own,
                    given or "",
                    rows=1 if name == TITLE else 5,
                    error=errors.get(name, ""),
                    behind=behind,
                    was=before,
                )
            )
    return found


def part(kind: str, name: str) -> str:
    """What a refused part is called, where several fields make it up: “Title of the rule”, “Allowed examples”."""
    if name in LISTS:
        return LISTS[name].replace(" {}", "s")
    return f"{name.capitalize()} {OF[kind]}" if name in (TITLE, DESCRIPTION) else name.capitalize()


def _field(
    name: str,
    label: str,
    source: str,
    value: str,
    *,
    rows: int = 1,
    error: str = "",
    behind: bool,
    was: str | None,
) -> dict[str, Any]:
    return {
        "name": name, "label": label, "source": source, "value": value, "rows": rows, "error": error, "behind": behind,
        "earlier": was if behind and value else None,
    }  # fmt: skip
