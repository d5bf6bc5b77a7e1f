"""The scored workbook of a department."""
