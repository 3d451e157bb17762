"""The verbs of the archive."""
