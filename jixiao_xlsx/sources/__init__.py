"""The bureau's own sources, read: final accounts, approved targets, lists of projects."""
