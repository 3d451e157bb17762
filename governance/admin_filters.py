"""Filters beside the admin's lists: they offer what the rows within reach have, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.filters import ChoicesFieldListFilter, RelatedFieldListFilter
from django.db.models import Q
from django.http import HttpRequest


def _in_use(model_admin: Any, request: HttpRequest, path: str) -> Any:
    """The values that the column has in the rows which the person reaches."""
    return model_admin.get_queryset(request).order_by().values_list(path, flat=True).distinct()


class ScopedFilter(RelatedFieldListFilter):
    """Rows of another model that are within reach and that some row of the list points at."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        within = model_admin.within_reach(field.remote_field.model, request)
        choices: list[Any] = field.get_choices(
            include_blank=False,
            ordering=self.field_admin_ordering(field, request, model_admin),
            limit_choices_to=Q(pk__in=within.values("pk"))
            & Q(pk__in=_in_use(model_admin, request, self.field_path)),
        )
        return choices


class UsedChoicesFilter(ChoicesFieldListFilter):
    """Those of a column's choices that some row of the list has."""

    def __init__(
        self,
        field: Any,
        request: HttpRequest,
        params: Any,
        model: Any,
        model_admin: Any,
        field_path: str,
    ) -> None:
        self.used = set(_in_use(model_admin, request, field_path))
        super().__init__(field, request, params, model, model_admin, field_path)

    def has_output(self) -> bool:
        """Among one there is nothing to choose."""
        return len(self.used) > 1

    def choices(self, changelist: Any) -> Iterator[Any]:
        """All, and then each that is used or asked for."""
        every, *each = super().choices(changelist)
        yield every
        for (value, _label), choice in zip(self.field.flatchoices, each, strict=False):
            if value in self.used or choice["selected"]:
                yield choice
