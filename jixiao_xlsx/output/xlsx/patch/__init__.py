"""Workbooks changed part by part: what is not touched keeps its bytes."""
