"""How duties were kept, in figures: per channel, unit and municipality, for a year or less.

Every figure is counted from obligations and from who met them; nothing is kept beside them.
"""
