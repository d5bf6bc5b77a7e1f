"""A sheet of a blank as a person sees it: boxes, headings, blocks, tables, labels and values."""
