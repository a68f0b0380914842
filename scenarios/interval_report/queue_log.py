"""The events of an Asterisk ``queue_log`` as a contact log: a row for each contact that joined a queue."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

_LINE = re.compile(rb"\d{9,11}(?:\.\d+)?\|[^|\n]*\|[^|\n]*\|[^|\n]*\|[A-Z]{4,}")
_ANSWERED = ("COMPLETEAGENT", "COMPLETECALLER", "TRANSFER", "BLINDTRANSFER", "ATTENDEDTRANSFER", "AGENTDUMP")
_LEFT = ("ABANDON", "EXITWITHTIMEOUT", "EXITWITHKEY", "EXITEMPTY")
_CALL_TIME = {"COMPLETEAGENT": 1, "COMPLETECALLER": 1}
_TABLE = ("time", "callid", "queuename", "agent", "event")
"""Columns of the table in a database."""
_HEADER = ("arrival", "type", "wait", "handle", "outcome", "agent", "customer", "id")


@dataclass
class _QueuedCall:
    arrival: float
    queue: str
    customer: str
    answer: float | None = None
    agent: str = ""


def is_queue_log(head: bytes) -> bool:
    """Whether a file begins as a queue log does, or as its table in a database with the events in rows.

    Examples
    --------
    >>> is_queue_log(b"1366720340|1366720340.303267|MYQUEUE|SIP/8007|RINGNOANSWER|1000")
    True
    """
    return _LINE.match(head) is not None or _columns_of(head.split(b"\n", 1)[0]) is not None


def contact_log_of(raw: bytes) -> bytes:
    r"""A contact log as CSV in the generic layout, from the events of a queue log.

    A call is answered from CONNECT on; its handle time ends with the event that completes it. Calls that leave the
    queue by a key, a time limit or for want of agents count as abandoned. Events as Asterisk documents its queue logs.

    Examples
    --------
    >>> events = b"0|a|q|NONE|ENTERQUEUE||5|1", b"9|a|q|SIP/1|CONNECT|9|x|3", b"99|a|q|SIP/1|COMPLETEAGENT|9|90"
    >>> print(contact_log_of(b"\n".join(events)).decode().splitlines()[1])
    0,q,9,90,answered,SIP/1,5,a
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEADER)
    waiting: dict[tuple[str, str], _QueuedCall] = {}
    for time, (call, queue, agent, event), values in _events(raw):
        if event == "ENTERQUEUE":
            waiting[call, queue] = _QueuedCall(time, queue, values[1] if len(values) > 1 else "")
        elif (call, queue) in waiting and event == "CONNECT":
            waiting[call, queue].answer, waiting[call, queue].agent = time, agent
        elif (call, queue) in waiting and event in (*_ANSWERED, *_LEFT):
            writer.writerow(_row(waiting.pop((call, queue)), call, time, event, values))
    return out.getvalue().encode()


def _columns_of(line: bytes) -> list[str] | None:
    """The columns of the table ``queue_log`` in a header; None if it is another."""
    text = line.decode("utf-8-sig", errors="replace").strip()
    names = [name.strip(' "').casefold() for name in text.split(max(",;\t", key=text.count))]
    return names if {*_TABLE, "data1"} <= set(names) else None


def _events(raw: bytes) -> Iterator[tuple[float, tuple[str, ...], list[str]]]:
    """Seconds since 1970, call, queue, agent and event, and the values of each event."""
    text = raw.decode("utf-8-sig", errors="replace")
    header = _columns_of(raw.split(b"\n", 1)[0])
    if header is not None:
        first, _, rest = text.partition("\n")
        values = [name for name in header if re.fullmatch(r"data\d+", name)]
        for row in csv.DictReader(io.StringIO(rest), header, delimiter=max(",;\t", key=first.count)):
            time = _seconds(row["time"] or "")
            if time is not None:
                yield time, tuple(row[name] or "" for name in _TABLE[1:]), [row[name] or "" for name in values]
        return
    for line in text.splitlines():
        fields = line.split("|")
        if len(fields) >= 5 and re.fullmatch(r"\d+(?:\.\d+)?", fields[0]):
            yield float(fields[0]), tuple(fields[1:5]), fields[5:]


def _seconds(text: str) -> float | None:
    """Seconds since 1970 of an epoch or a timestamp, taken as UTC."""
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text)
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _row(entry: _QueuedCall, call: str, time: float, event: str, values: list[str]) -> tuple[str, ...]:
    answered = entry.answer is not None
    end = entry.answer if entry.answer is not None else time
    place = _CALL_TIME.get(event)
    stated = values[place] if place is not None and len(values) > place and values[place].isdigit() else None
    return (
        f"{entry.arrival:.13g}",
        entry.queue,
        f"{end - entry.arrival:g}",
        (stated or f"{time - end:g}") if answered else "",
        "answered" if answered else "abandoned",
        entry.agent if answered else "",
        entry.customer,
        f"{call}",
    )
