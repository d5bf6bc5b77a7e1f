"""Between departments: which file counts, rounds, review, waivers. Pure."""
