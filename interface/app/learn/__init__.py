"""The Learn page: sections, figures and the numbers behind them."""
