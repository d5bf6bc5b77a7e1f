"""The kinds of mistakes: what may have been typed wrong, and how likely that is."""
