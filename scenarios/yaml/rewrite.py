"""A YAML text with only those values changed that differ: comments, order and spelling of the rest stay."""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from scenarios.yaml.write import styled, text_of

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
    old = _rename_keys(tree, old, new)
    for key in [key for key in old if key not in new]:
        tree.pop(key, None)
    for key, value in new.items():
        if key not in old or old[key] != value:
            _edit_value(tree, key, old.get(key), value, depth + 1)


def _rename_keys(tree: CommentedMap, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """What `old` is once keys that only became other words are renamed in the tree, with their comments."""
    if len(old) != len(new):
        return old
    became = {
        before: after
        for before, after in zip(old, new, strict=True)
        if before not in new and after not in old and before in tree and old[before] == new[after]
    }
    for before, after in became.items():
        at, comment = list(tree).index(before), tree.ca.items.get(before)
        tree.insert(at, after, tree.pop(before))
        if comment is not None:
            tree.ca.items[after] = comment
    return {became.get(key, key): value for key, value in old.items()}


def _edit_value(tree: Any, key: Any, old: Any, new: Any, depth: int) -> None:
    """Change what a tree holds at a key or position: in place if it is written the same way, else as a whole."""
    node = tree[key] if isinstance(tree, list) or key in tree else None
    if isinstance(node, CommentedMap) and isinstance(old, dict) and isinstance(new, dict) and _alike(node, old, new):
        _edit(node, old, new, depth)
    elif isinstance(node, CommentedSeq) and isinstance(old, list) and len(node) == len(old) and _parts(old, new):
        (_edit_named if _named(old) and _named(new) else _edit_items)(node, old, new, depth)
    else:
        tree[key] = styled(new, depth)


def _alike(node: CommentedMap, old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether editing keys one by one is safe: the text has the keys of the shortest form, and a time its family."""
    if "mean" in old or "family" in old or "family" in new:
        return set(node) == set(old) == set(new)
    return set(old) <= set(node)


def _parts(old: Any, new: Any) -> bool:
    """Whether both are lists that hold some mapping, as lists of parts, rules and routes do."""
    return all(isinstance(items, list) and any(isinstance(item, dict) for item in items) for items in (old, new))


def _named(items: list[Any]) -> bool:
    return all(isinstance(item, dict) and "name" in item for item in items)


def _edit_named(tree: CommentedSeq, old: list[Any], new: list[Any], depth: int) -> None:
    """Change a list of named parts in place: parts that stay are edited, others removed or put in."""
    old = [_called_as_now(part, at, old, new) for at, part in enumerate(old)]
    names = [part["name"] for part in new]
    before = {part["name"]: part for part in old}
    for at, part in enumerate(old):
        tree[at]["name"] = part["name"]
    for at in reversed(range(len(old))):
        if old[at]["name"] not in names:
            del tree[at]
    for at, part in enumerate(new):
        if at < len(tree) and tree[at].get("name") == part["name"]:
            _edit(tree[at], before[part["name"]], part, depth + 1)
        else:
            tree.insert(at, styled(part, depth + 1))
    del tree[len(new) :]


def _called_as_now(part: dict[str, Any], at: int, old: list[Any], new: list[Any]) -> dict[str, Any]:
    """The part under its new name, if another name at its place is all that happened to the list."""
    renamed = len(old) == len(new) and new[at]["name"] not in [entry["name"] for entry in old]
    gone = part["name"] not in [entry["name"] for entry in new]
    return part | {"name": new[at]["name"]} if renamed and gone else part


def _edit_items(tree: CommentedSeq, old: list[Any], new: list[Any], depth: int) -> None:
    """Change a list of rules or routes in place: what is alike at its ends stays, what lies between is matched."""
    first = _alike_at_start(old, new)
    last = _alike_at_start(old[first:][::-1], new[first:][::-1])
    gone, come = old[first : len(old) - last], new[first : len(new) - last]
    for at, (before, after) in enumerate(zip(gone, come, strict=False), start=first):
        _edit_value(tree, at, before, after, depth + 1)
    for at in reversed(range(first + len(come), first + len(gone))):
        del tree[at]
    for at, item in enumerate(come[len(gone) :], start=first + len(gone)):
        tree.insert(at, styled(item, depth + 1))


def _alike_at_start(old: list[Any], new: list[Any]) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(old), len(new)))
