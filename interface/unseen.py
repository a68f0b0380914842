"""Text as a terminal may show it: without characters that drive it or that turn the direction of writing.

Names and titles come from files of other people. An escape sequence in one of them could rewrite what was printed
before it, and a right-to-left override could show a number backwards (Unicode Technical Report 36).
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), 0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A))
_KEPT = (ord("\n"), ord("\t"))
_DROPPED = dict.fromkeys(code for code in _CONTROLS if code not in _KEPT)
_ESCAPED = {code: f"\\u{code:04x}" for code in _CONTROLS if code >= 0x7F}


def shown(text: str) -> str:
    r"""The text without what a terminal would obey; line ends and tabs stay.

    Examples
    --------
    >>> shown("c\x1b[8mhidden\rFAKE \u202e21")
    'c[8mhiddenFAKE 21'
    """
    return text.translate(_DROPPED)


def escaped(json: str) -> str:
    r"""JSON with the same meaning in which such characters are written as escapes.

    Examples
    --------
    >>> escaped('"a\x9b2J"')
    '"a\\u009b2J"'
    """
    return json.translate(_ESCAPED)


class PlainConsole(Console):
    """A console whose own styles reach the terminal, and no control character of what is printed."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The pieces of what is printed, each fit to be shown."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(shown(segment.text), segment.style)
