"""Results put together: the shards of one run, and the seasons of several counties."""
