"""`ServerRules`: in what the servers of different versions judge differently."""

from __future__ import annotations

import re
from typing import Final, Self

from attrs import frozen

from comfy_assets.domain.workflows.catalogue import Catalogue

_VERSION: Final = re.compile(r"v?(\d+)\.(\d+)")
# Seen: not in 0.3.75, but in 0.7.
_CHECKS_CHOICES: Final = (0, 7)
# Seen: not in 0.7, but in 0.12, which looks at every node for replaced classes first.
_LOOKS_AT_ALL: Final = (0, 12)
#: A key that every class has in 0.33 and none in 0.3.75.
MODERN_KEY: Final = "has_intermediate_output"


@frozen(kw_only=True)
class ServerRules:
    """How one server validates (``POST /prompt``)."""

    #: Whether ``["COMBO", {"options": […]}]`` is checked, as ``[[…]]`` always is, and
    #: a list of choices as an output fits it.
    checks_new_choices: bool
    #: Whether odd ``inputs`` are refused in nodes that nothing depends on, too.
    looks_at_all_inputs: bool

    @classmethod
    def of(cls, catalogue: Catalogue, server_version: str | None) -> Self:
        """Return the rules of a version, or those that the catalogue shows."""
        read = _VERSION.match(server_version or "")
        if read is not None:
            version = int(read[1]), int(read[2])
            return cls(
                checks_new_choices=version >= _CHECKS_CHOICES,
                looks_at_all_inputs=version >= _LOOKS_AT_ALL,
            )
        first = next(iter(catalogue.nodes.values()), None)
        is_modern = first is not None and MODERN_KEY in first.raw
        return cls(checks_new_choices=is_modern, looks_at_all_inputs=is_modern)
