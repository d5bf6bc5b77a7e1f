"""How values show themselves: in a line, in a notebook, as frames."""
