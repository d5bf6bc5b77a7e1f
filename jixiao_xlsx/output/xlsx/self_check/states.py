"""The words that 自检 shows for a line, and the name under which other sheets reach them."""

from __future__ import annotations

HOLDS, FAILED, EXCUSED = "✓", "✗", "△"
NOT_FILLED, NOT_NUMERIC, NOT_USED = "未填", "非数字", "—"
TOO_MANY = "行数太多，未核对"  # more rows than the helper sheet has room for
REQUIRED = "必填"  # the label of a line about a required cell
# Older programs allow no cells of another sheet in a conditional format, only a defined name.
STATES_NAME, MARKS_NAME = "自检结果", "自检标记"
