"""One file, from bytes to what is known of it."""
