"""Judge: decide from evidence alone which items of a checklist are met."""
