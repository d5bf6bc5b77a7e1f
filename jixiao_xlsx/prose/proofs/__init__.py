"""Arithmetic a sentence disproves by itself, whatever it is about."""
