"""The written report: what it says, and the rules that hold it against the tables."""
