"""`ComfyUITimeouts`: every time limit of the ComfyUI client in one value."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from attrs import field, frozen

from comfy_assets.errors import InvalidRequestError

if TYPE_CHECKING:
    from attrs import Attribute


def _positive(
    _instance: object, attribute: Attribute[float], value: float | None
) -> None:
    if value is not None and not (value > 0 and isfinite(value)):
        raise InvalidRequestError(attribute.name, f"{value!r} is no positive number")


def _seconds(default: float) -> float:
    return field(default=default, validator=_positive)


@frozen(kw_only=True)
class ComfyUITimeouts:
    """How long the client waits for what; all in seconds, all above zero.

    Raises:
        InvalidRequestError: When a limit is not a positive, finite number.
    """

    #: For a TCP and TLS connection to stand.
    connect_seconds: float = _seconds(5)
    #: For ``/system_stats`` and ``GET /prompt``.
    health_seconds: float = _seconds(5)
    #: For ``POST /prompt`` and ``/queue``; a server that loads a model is slow here.
    queue_seconds: float = _seconds(30)
    #: For ``/history`` and ``/api/jobs``.
    history_seconds: float = _seconds(10)
    #: For one image to come or to be uploaded, and for the catalogue of nodes.
    image_seconds: float = _seconds(60)
    #: For the WebSocket to open before a run is posted without it.
    socket_seconds: float = _seconds(2)
    #: How long a server may stay away while a call waits for it.
    unreachable_seconds: float = _seconds(30)
    #: How long a run at work may show no sign of getting on before it is interrupted.
    #: Without a WebSocket nothing is heard: then it counts from where that was lost, or
    #: from where the run was first seen at work.
    stall_seconds: float = _seconds(600)
    #: How long a run may be at work in all; ``None`` for as long as it gets on.
    run_seconds: float | None = field(default=None, validator=_positive)
    #: How long a silent WebSocket is believed before the server is asked as well.
    poll_seconds: float = _seconds(5)
    #: For taking a cancelled run back from the server.
    stop_seconds: float = _seconds(5)
