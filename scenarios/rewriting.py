"""A YAML text with only those values changed that differ: comments, order and spelling of the rest stay."""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from scenarios.writing import styled, text_of

_FLUSH_LISTS = re.compile(r"^\w[^\n]*:[ \t]*\n(?:[ \t]*#[^\n]*\n)*- ", re.MULTILINE)
_NO_BREAKS = 100_000


def changed(text: str, old: dict[str, Any], new: dict[str, Any]) -> str:
    r"""The text of `old` edited so that it says `new`; both are plain values in their shortest form.

    Examples
    --------
    >>> changed("name: a # mine\ndays: 1", {"name": "a", "days": 1}, {"name": "a", "days": 2})
    'name: a # mine\ndays: 2\n'
    """
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    tree = yaml.load(text)
    _edit(tree, old, new, depth=0)
    return text_of(tree, offset=0 if _FLUSH_LISTS.search(text) else 2, width=_NO_BREAKS)


def _edit(tree: CommentedMap, old: dict[str, Any], new: dict[str, Any], depth: int) -> None:
    """Change a mapping in place, key by key."""
    for key in [key for key in old if key not in new]:
        tree.pop(key, None)
    for key, value in new.items():
        if key not in old or old[key] != value:
            _edit_value(tree, key, old.get(key), value, depth + 1)


def _edit_value(tree: Any, key: Any, old: Any, new: Any, depth: int) -> None:
    """Change what a tree holds at a key or position: in place if it is written the same way, else as a whole."""
    there = tree[key] if isinstance(tree, list) or key in tree else None
    if isinstance(there, CommentedMap) and isinstance(old, dict) and isinstance(new, dict) and _alike(there, old, new):
        _edit(there, old, new, depth)
    elif isinstance(there, CommentedSeq) and _named(old) and _named(new) and len(there) == len(old):
        _edit_named(there, old, new, depth)
    else:
        tree[key] = styled(new, depth)


def _alike(there: CommentedMap, old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether editing keys one by one is safe: the text has the keys of the shortest form, and a time its family."""
    if "mean" in old or "family" in old or "family" in new:
        return set(there) == set(old) == set(new)
    return set(old) <= set(there)


def _named(items: Any) -> bool:
    return isinstance(items, list) and bool(items) and all(isinstance(item, dict) and "name" in item for item in items)


def _edit_named(tree: CommentedSeq, old: list[Any], new: list[Any], depth: int) -> None:
    """Change a list of named parts in place: parts that stay are edited, others removed or put in."""
    names = [part["name"] for part in new]
    before = {part["name"]: part for part in old}
    for at in reversed(range(len(old))):
        if old[at]["name"] not in names:
            del tree[at]
    for at, part in enumerate(new):
        if at < len(tree) and tree[at].get("name") == part["name"]:
            _edit(tree[at], before[part["name"]], part, depth + 1)
        else:
            tree.insert(at, styled(part, depth + 1))
    del tree[len(new) :]
