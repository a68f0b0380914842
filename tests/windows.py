"""Windows of the app, as Streamlit opens them, and what tests of all pages do in them."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from interface.app.session import Workspace


def at_home(project: Path, seconds: float) -> AppTest:
    """A freshly opened window; a run of a page may take so many seconds."""
    return AppTest.from_file(str(project / "app.py"), default_timeout=seconds).run()


def at_scenario(project: Path, seconds: float) -> AppTest:
    """A freshly opened window on the Scenario page."""
    app = AppTest.from_file(str(project / "app.py"), default_timeout=seconds)
    return app.switch_page("interface/app/pages/scenario.py").run()


def work(app: AppTest) -> Workspace:
    """What the window works on."""
    workspace: Workspace = app.session_state["workspace"]
    return workspace


def press(app: AppTest, label: str, at: int = 0) -> AppTest:
    """The window after a button was pressed: of several with this label, the one at this place."""
    [button for button in app.button if button.label == label][at].click()
    return app.run()
