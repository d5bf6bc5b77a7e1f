"""From the words of a written report to facts that can be held against the tables."""
