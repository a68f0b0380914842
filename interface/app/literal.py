"""Text of a person on a page: shown as it was written, never read as Markdown, a picture or a change of direction."""

from __future__ import annotations

import re

from interface.unseen import printable

_MARKS = re.compile(r"([\\`*\[\]<>#~$|])")


def literal(text: object) -> str:
    r"""The text with marks of Markdown escaped, without control characters, on one line.

    Examples
    --------
    >>> print(literal("![x](http://a.b) *c* <b> :red[d]"))
    !\[x\](http://a.b) \*c\* \<b\> :red\[d\]
    >>> literal("\u202edrow")
    'drow'
    """
    return _MARKS.sub(r"\\\1", " ".join(printable(str(text)).split()))
