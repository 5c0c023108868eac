"""`Answer`: one complete HTTP answer, read as what it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from comfy_assets.adapters.comfyui._messages import parse_json
from comfy_assets.errors import ComfyUIError, ComfyUIUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

#: Codes by which a server, or a proxy before it, says "not now".
_NOT_NOW: Final = frozenset({408, 425, 429})
_SHOWN_TEXT: Final = 200


@frozen(kw_only=True)
class Answer:
    """One complete answer, whatever its status."""

    #: The server's address, for errors.
    server: str
    #: What was asked, such as ``"GET /queue"``, for errors.
    asked: str
    status: int
    body: bytes = field(repr=False)

    @property
    def is_ok(self) -> bool:
        """Whether it is a 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004 - a status class

    def require_ok(self) -> Self:
        """Return itself.

        Raises:
            ComfyUIUnavailableError: When the server fails by itself (5xx) or is busy.
            ComfyUIError: When it refuses, or leads elsewhere.
        """
        if self.is_ok:
            return self
        problem = f"{self.asked} was answered with {self.status}{self._quoted()}."
        if self.status >= 500 or self.status in _NOT_NOW:  # noqa: PLR2004 - as above
            raise ComfyUIUnavailableError(self.server, problem)
        if self.status in {401, 403, 407}:
            problem += " Check the credentials, and that no proxy stands in the way."
        elif 300 <= self.status < 400:  # noqa: PLR2004 - as above
            problem += " Redirects are not followed: give the address it leads to."
        raise ComfyUIError(self.server, problem)

    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """Return the content of a good answer.

        Raises:
            ComfyUIUnavailableError: As `require_ok`.
            ComfyUIError: As `require_ok`, or when it is no JSON.
        """
        content = parse_json(self.require_ok().body)
        if content is None:
            problem = (
                f"{self.asked} was answered with something that is no JSON"
                f"{self._quoted()}. Is this address really a ComfyUI server?"
            )
            raise ComfyUIError(self.server, problem)
        return content

    def mapping(self) -> Mapping[str, Any]:
        """Return the content of a good answer that must be a JSON object.

        Raises:
            ComfyUIUnavailableError: As `require_ok`.
            ComfyUIError: As `json`, or when it is no object.
        """
        content = self.json()
        if not isinstance(content, dict):
            problem = (
                f"{self.asked} was answered with JSON of another form than ComfyUI's."
            )
            raise ComfyUIError(self.server, problem)
        return content

    def _quoted(self) -> str:
        text = self.body[:_SHOWN_TEXT].decode("utf-8", "replace")
        shown = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return f" ({shown})" if shown else ""
