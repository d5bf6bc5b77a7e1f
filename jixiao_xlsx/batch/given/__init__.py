"""The bureau's own sources opened: final accounts, approved targets, projects, clauses."""
