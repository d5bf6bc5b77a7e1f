"""What helps the author of a form: every key explained, every mistake told at once."""
