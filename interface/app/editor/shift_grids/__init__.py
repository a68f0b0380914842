"""Shifts, breaks and named people of an agent group on the Scenario page, and the workbook that holds them."""
