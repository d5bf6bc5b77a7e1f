"""One round and the one before: what is kept, and what became of it."""
