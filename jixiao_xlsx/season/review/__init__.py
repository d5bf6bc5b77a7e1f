"""The reviewer's scores: read back from scored workbooks, checked, and applied."""
