"""A county's own blank workbook understood: its sheets to paths, units, sums and a drafted form."""
