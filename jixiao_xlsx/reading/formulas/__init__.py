"""Formulas as they would be calculated now."""
