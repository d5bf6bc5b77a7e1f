"""The whole run: the one room that calls all others."""
