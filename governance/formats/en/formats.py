"""How dates and times are written in English: day first, 24 hours."""

DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "j b Y"
MONTH_DAY_FORMAT = "j F"
TIME_FORMAT = "G:i"
DATETIME_FORMAT = "j F Y G:i"
SHORT_DATETIME_FORMAT = "j b Y G:i"
