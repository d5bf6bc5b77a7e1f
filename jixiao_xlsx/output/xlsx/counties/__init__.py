"""汇总.xlsx of several counties."""
