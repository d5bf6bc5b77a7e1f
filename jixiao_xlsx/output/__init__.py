"""From values to the files that people get."""
