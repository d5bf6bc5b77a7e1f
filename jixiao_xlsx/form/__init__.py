"""A form as data: its specification, and what is derived from it."""
