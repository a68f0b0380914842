"""What theory says and what to do: formulas, staffing, calibration."""
