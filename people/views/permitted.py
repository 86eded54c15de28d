"""Fetching what the person may see. An insider without the right is told so; an outsider finds nothing."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from people.permissions import Permission, relations_to


def permitted_or_404(
    request: HttpRequest, rows: Any, permission: Permission, pk: Any, *also: Permission
) -> Any:
    """The row, when one of the permissions reaches it.

    Raises PermissionDenied for who stands to the row but may not see it, and Http404 for everybody else, who cannot
    tell it from one that never was.
    """
    for asked in (permission, *also):
        found = rows.permitted_to(request.user, asked).filter(pk=pk).first()
        if found is not None:
            return found
    hidden = rows.model._default_manager.filter(pk=pk).first()
    if hidden is not None and relations_to(request.user, hidden):
        raise PermissionDenied
    raise Http404
