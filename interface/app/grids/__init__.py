"""The grid in which tables are edited: a component of the browser, and what its entries mean."""
