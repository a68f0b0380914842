"""Entry point: `python app.py` sets up the environment; Streamlit runs it to show the pages."""

import sys

OLDEST = (3, 11)


def main() -> None:
    """Set the window title and list the pages."""
    import streamlit as st  # here, not above: worker processes import this file and need no Streamlit

    from interface.app.jobs.progress import shown
    from interface.app.work.language_choice import language_of_reader
    from interface.app.work.sign_in import show_sign_in, signed_in
    from interface.language.messages import _, ask_reader

    ask_reader(language_of_reader)

    st.set_page_config(page_title=_("Contact-centre planner"), page_icon="interface/icon.png", layout="wide")
    if not signed_in():
        show_sign_in()
        return
    page = st.navigation(
        [
            st.Page("interface/app/pages/home.py", title=_("Home"), default=True),
            st.Page("interface/app/pages/scenario.py", title=_("Scenario")),
            st.Page("interface/app/pages/demand.py", title=_("Demand")),
            st.Page("interface/app/pages/journeys.py", title=_("Journeys")),
            st.Page("interface/app/pages/results.py", title=_("Results")),
            st.Page("interface/app/pages/optimise.py", title=_("Optimise")),
            st.Page("interface/app/pages/shifts.py", title=_("Shifts")),
            st.Page("interface/app/pages/headcount.py", title=_("Headcount")),
            st.Page("interface/app/pages/automation.py", title=_("Automation")),
            st.Page("interface/app/pages/compare.py", title=_("Compare")),
            st.Page("interface/app/pages/what_if.py", title=_("What-if")),
            st.Page("interface/app/pages/service_quality.py", title=_("Service quality")),
            st.Page("interface/app/pages/value.py", title=_("Value")),
            st.Page("interface/app/pages/validation.py", title=_("Validation")),
            st.Page("interface/app/pages/learn.py", title=_("Learn")),
        ],
        position="top",
    )
    shown(page)


if __name__ == "__main__":
    if sys.version_info < OLDEST:
        sys.exit("This is Python {}.{}; the planner needs {}.{} or newer.".format(*sys.version_info[:2], *OLDEST))
    elif "streamlit" in sys.modules:
        main()
    else:
        from interface import bootstrap

        sys.exit(bootstrap.main(sys.argv[1:]))
