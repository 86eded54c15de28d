"""The status tag as a value: every app says its states with it, and one template tag draws them."""

from dataclasses import dataclass
from typing import Literal

Tone = Literal["neutral", "info", "success", "warning", "danger"]


@dataclass(frozen=True)
class Tag:
    """What a state looks like: `icon` is a name of core.templatetags.icons, `word` already translated.

    The word says it all; tone and icon only repeat it. `is_plain` leaves out the box, for a state
    in which nothing is wrong and nothing waits.
    """

    tone: Tone
    icon: str
    word: str
    is_plain: bool = False
