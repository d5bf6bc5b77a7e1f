"""The blank workbook of a form."""
