"""From a Submission to a Scorecard."""
