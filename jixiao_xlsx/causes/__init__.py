"""Error localisation: from the relations that fail to the cells that are probably wrong."""
