"""From text to clauses: words, scope, sentences, numbers."""
