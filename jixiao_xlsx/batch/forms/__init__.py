"""Forms made from a county's own blank, written into their folder."""
