"""Guideline text to HTML: a little Markdown, sanitised, with the codes of other rules made links."""

import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt

CODE = re.compile(r"\b[A-Z]{2,8}-[0-9]+[A-Za-z]?\b")
TAGS = {"p", "em", "strong", "ul", "ol", "li", "code", "br", "a", "blockquote"}

_markdown = MarkdownIt("commonmark", {"html": False}).disable(["heading", "lheading", "image", "html_block"])


@lru_cache(maxsize=4096)
def to_html(text: str, *, inline: bool = False, base: str = "", codes: frozenset[str] = frozenset()) -> str:
    """Safe HTML of a guideline text. Codes found in `codes` link to their rule under the address `base`."""
    linked = CODE.sub(lambda found: _link(found[0], base) if found[0] in codes else found[0], text)
    html = _markdown.renderInline(linked) if inline else _markdown.render(linked)
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
    )


def _link(code: str, base: str) -> str:
    return f"[{code}]({base}rules/{code}/)"
