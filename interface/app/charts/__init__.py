"""Charts of the app and of the exports."""
