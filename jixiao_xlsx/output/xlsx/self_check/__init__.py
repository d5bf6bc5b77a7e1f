"""自检: live formulas that check while a clerk types."""
