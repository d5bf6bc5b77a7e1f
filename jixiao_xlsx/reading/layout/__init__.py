"""County forms: where the cells of their blank stand in a copy."""
