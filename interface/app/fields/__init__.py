"""The fields of a scenario as columns of grids: every one that the file has can be edited on a page."""
