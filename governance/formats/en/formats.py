"""How dates and times are written in English: day first, 24 hours."""

TIME_FORMAT = "G:i"
DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "j M Y"
MONTH_DAY_FORMAT = "j F"
DATETIME_FORMAT = "j F Y G:i"
SHORT_DATETIME_FORMAT = "j M Y G:i"

# Django has no names for these; `date_format` and the filter `date` take them all the same
SHORT_MONTH_DAY_FORMAT = "j M"
MONTH_DAY_TIME_FORMAT = "j F G:i"
WEEKDAY_FORMAT = "l j F"
SHORT_WEEKDAY_FORMAT = "D j M"
LONG_DATE_FORMAT = "l j F Y"
EXACT_DATETIME_FORMAT = "j F Y G:i:s"
