"""Rules on the quality of what is evaluated with: indicators, targets, and reasons given."""
