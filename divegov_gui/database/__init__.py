"""The database layer: two verbs, `call` a procedure and `select` from a view, in two dialects."""
