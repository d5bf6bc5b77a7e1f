"""Pages that open in any browser, offline: what is found, with the cells around it drawn."""
