"""How Swedish municipalities write dates and times (Myndigheternas skrivregler, 12)."""

TIME_FORMAT = "G.i"
DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "j b Y"
MONTH_DAY_FORMAT = "j F"
DATETIME_FORMAT = r"j F Y \k\l. G.i"
SHORT_DATETIME_FORMAT = r"j b Y \k\l. G.i"

# Django has no names for these; `date_format` and the filter `date` take them all the same
SHORT_MONTH_DAY_FORMAT = "j b"
MONTH_DAY_TIME_FORMAT = r"j F \k\l. G.i"
WEEKDAY_FORMAT = "l j F"
SHORT_WEEKDAY_FORMAT = "D j b"
LONG_DATE_FORMAT = "l j F Y"
EXACT_DATETIME_FORMAT = r"j F Y \k\l. G.i.s"
