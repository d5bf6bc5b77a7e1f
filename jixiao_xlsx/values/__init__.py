"""Values that all stages share: amounts, cells, findings, scores, people. Frozen and pure."""
