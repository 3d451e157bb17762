"""Bringing in what a municipality has: files as tables, columns, and what a table would do.

`reading` turns an uploaded file into a table of texts, `columns` says which columns each kind of
file has and guesses them from the headers, `known` is what the municipality has already, and
`checking` holds a table against it. Nothing here writes; `channels.actions.importing` does.
"""
