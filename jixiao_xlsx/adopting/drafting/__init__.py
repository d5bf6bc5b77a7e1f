"""The draft of a form: names of rows and columns, relations and sections of its spec."""
