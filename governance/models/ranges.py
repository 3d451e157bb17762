"""Spans of time as the database compares them."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import Func


class MomentRange(Func):
    """`tstzrange(from, to, '[)')`: the end is not in it, and null is no end."""

    function = "tstzrange"
    output_field = DateTimeRangeField()
