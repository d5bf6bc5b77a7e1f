"""Workbooks that are text: XML Spreadsheet 2003, and pages with tables, both named .xls."""
