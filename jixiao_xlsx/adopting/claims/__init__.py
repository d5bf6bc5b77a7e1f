"""What must hold in a form: sums by words, by headings, between sheets."""
