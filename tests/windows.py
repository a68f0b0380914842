"""Windows of the app, as Streamlit opens them."""

from pathlib import Path

from streamlit.testing.v1 import AppTest


def at_scenario(project: Path, seconds: float) -> AppTest:
    """A freshly opened window on the Scenario page; a run of a page may take so many seconds."""
    app = AppTest.from_file(str(project / "app.py"), default_timeout=seconds)
    return app.switch_page("interface/app/pages/scenario.py").run()
