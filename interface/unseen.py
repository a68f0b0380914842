"""Text safe for a terminal: without control characters and without changes of the direction of writing.

Names and titles come from scenario files of any origin. An escape sequence in one of them could rewrite what was
printed before it, and a right-to-left override could show a number backwards (Unicode Technical Report 36).
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), 0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A))
_KEPT = (ord("\n"), ord("\t"))
_DROPPED = dict.fromkeys(code for code in _CONTROLS if code not in _KEPT)
_ESCAPED = {code: f"\\u{code:04x}" for code in _CONTROLS if code >= 0x7F}


def printable(text: str) -> str:
    r"""The text without control characters; line ends and tabs stay.

    Examples
    --------
    >>> printable("c\x1b[8mhidden\rFAKE \u202e21")
    'c[8mhiddenFAKE 21'
    """
    return text.translate(_DROPPED)


def escaped(json: str) -> str:
    r"""The same JSON with such characters written as escapes.

    Examples
    --------
    >>> escaped('"a\x9b2J"')
    '"a\\u009b2J"'
    """
    return json.translate(_ESCAPED)


class PlainConsole(Console):
    """A console that writes its own styles to the terminal, and no control character of the text."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The printed segments, each without control characters."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(printable(segment.text), segment.style)
