"""Pages: views, forms and templates by noun. Reads `db.queries`, changes things only by `operations`."""
