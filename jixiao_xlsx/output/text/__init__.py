"""JSON, CSV, text for a terminal, and mail drafts."""
