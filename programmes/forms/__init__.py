"""What may be typed, and what it means."""

from programmes.forms.activities import AccessReasonForm, ActivityFilter, ActivityForm, ReturnForm, initial_of

__all__ = ["AccessReasonForm", "ActivityFilter", "ActivityForm", "ReturnForm", "initial_of"]
