"""Windows of the app without a browser: Streamlit's protocol over a websocket, so that twenty fit on a machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

PATIENCE = 120.0


@contextmanager
def server(database: Path, **settings: str) -> Iterator[tuple[str, subprocess.Popen[bytes], float]]:
    """Address and process of a server of its own, and when it was started; it is stopped afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.headless", "true", "--server.address", "127.0.0.1"]
    environment = os.environ | {"CCPLAN_DATABASE": str(database)} | settings
    begin = time.monotonic()
    log = (database.parent / "server.log").open("wb")
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        while True:
            try:
                urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2).close()
                break
            except (URLError, OSError):
                assert process.poll() is None, "the server ended at once"
                time.sleep(0.05)
        yield f"127.0.0.1:{port}", process, begin
    finally:
        process.terminate()
        process.wait(60)
        log.close()


class Window:
    """A window of one person: draws pages, changes fields, presses buttons, and keeps what it was sent."""

    def __init__(self, address: str, key: str) -> None:
        self.socket = connect(
            f"ws://{address}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            additional_headers={"Cookie": f"ccplan={key}"},
            max_size=None,
            ping_interval=None,
        )
        self.page = ""
        self.widgets: dict[str, tuple[str, str]] = {}
        """Kind and identity of each widget by its label."""
        self.states: dict[str, WidgetState] = {}
        self.texts: list[str] = []
        """What was drawn since the last request."""
        self.errors: list[str] = []
        self.begun = self.finished = False

    def open(self, page: str) -> None:
        """Ask for a page."""
        self.page = page
        self.widgets.clear()
        self.states.clear()
        self._send(None)

    def fill(self, label: str, text: str) -> None:
        """Write into a field of text."""
        _, identity = self.widgets[label]
        state = WidgetState(id=identity, string_value=text)
        self.states[identity] = state
        self._send(None)

    def press(self, label: str) -> None:
        """Press a button."""
        _, identity = self.widgets[label]
        self._send(WidgetState(id=identity, trigger_value=True))

    def _send(self, trigger: WidgetState | None) -> None:
        message = BackMsg()
        message.rerun_script.page_name = self.page
        message.rerun_script.widget_states.widgets.extend([*self.states.values(), *([trigger] if trigger else [])])
        self.texts.clear()
        self.begun = self.finished = False
        self.socket.send(message.SerializeToString())

    def until(self, text: str = "", seconds: float = PATIENCE) -> float:
        """Seconds until a text was drawn, or, without one, until the page is finished."""
        begin = time.monotonic()
        while not (any(text in drawn for drawn in self.texts) if text else self.finished):
            left = seconds - (time.monotonic() - begin)
            if left <= 0:
                raise TimeoutError(f"{text or 'the end of the page'} on {self.page or 'home'}; errors: {self.errors}")
            try:
                self._take(ForwardMsg.FromString(self.socket.recv(timeout=left)))  # type: ignore[arg-type]
            except TimeoutError:
                continue
        return time.monotonic() - begin

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "script_finished":
            self.finished = self.begun
        elif kind == "new_session":
            self.begun, self.finished = True, False
        elif self.begun and kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            name = element.WhichOneof("type")
            part: Any = getattr(element, name) if name else None
            if name == "exception":
                self.errors.append(f"{part.type}: {part.message}")
            if getattr(part, "id", "") and getattr(part, "label", ""):
                self.widgets[part.label] = (str(name), part.id)
                self._default(str(name), part)
            self.texts.append(str(part))

    def _default(self, name: str, part: Any) -> None:
        """Note the value that a field begins with: a browser sends it too."""
        if part.id in self.states:
            return
        if name in ("text_input", "text_area"):
            self.states[part.id] = WidgetState(id=part.id, string_value=part.default)
        elif name == "multiselect":
            state = WidgetState(id=part.id)
            state.string_array_value.data.extend(part.options[place] for place in part.default)
            self.states[part.id] = state

    def close(self) -> None:
        """Close the window."""
        self.socket.close()
