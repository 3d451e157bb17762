"""For each shipped policy a table written by hand from the guideline: never printed from a file."""
