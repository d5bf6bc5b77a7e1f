"""The annotated copy that goes back."""
