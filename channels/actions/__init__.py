"""The verbs of channels: the only place where their rows are written.

Every one takes the acting person as `by` and the moment as `now`, runs in one transaction and
leaves its audit entry last.
"""
