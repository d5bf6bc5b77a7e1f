"""From a Submission to findings: the rules on its tables."""
