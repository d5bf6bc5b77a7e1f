"""The written report: statements read from it, and the rules that compare them with the tables."""
