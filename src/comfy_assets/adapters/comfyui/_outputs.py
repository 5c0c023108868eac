"""Reads what output nodes left into files; pure, and never raises on any JSON.

Outputs as in ComfyUI 0.33 (``executed.output`` and ``outputs`` of ``/history``): by
node a mapping of lists, whose items are files, texts, booleans or anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PICTURES: Final = frozenset(
    {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"}
)


@frozen
class OutputFile:
    """One picture that a node left on the server."""

    #: Its name, as ``/view`` wants it.
    filename: str
    #: Its folder below `folder_type`, as ``/view`` wants it; may be empty.
    subfolder: str
    #: ``"output"``, ``"temp"`` or ``"input"``.
    folder_type: str
    #: The output node.
    node_id: str


@frozen(kw_only=True)
class Outputs:
    """What a run left, sorted into pictures and the rest."""

    #: The pictures, each once, in the order in which they were told.
    images: tuple[OutputFile, ...] = ()
    #: Kinds of the other files, such as ``"audio"``, each once.
    others: tuple[str, ...] = field(default=())

    def and_(self, more: Outputs) -> Outputs:
        """Return both together."""
        return Outputs(
            images=_unique(self.images + more.images),
            others=_unique(self.others + more.others),
        )

    def chosen(self, node_order: Sequence[str]) -> list[OutputFile]:
        """Return the pictures to fetch: temporary ones only where that is all.

        Args:
            node_order: Node ids in the graph's order, which the pictures follow too:
                the server's own order changes from run to run.
        """
        kept = [file for file in self.images if file.folder_type != "temp"]
        place = {node_id: number for number, node_id in enumerate(node_order)}
        return sorted(
            kept or self.images, key=lambda file: place.get(file.node_id, len(place))
        )


def read_node_output(node_id: str, output: Mapping[str, Any]) -> Outputs:
    """Read what one node left."""
    images: list[OutputFile] = []
    others: list[str] = []
    for kind, items in output.items():
        for item in items if isinstance(items, list) else ():
            file = _read_file(node_id, item)
            if file is None:
                continue
            suffix = PurePosixPath(file.filename).suffix.lower()
            if kind == "images" and suffix in _PICTURES:
                images.append(file)
            else:
                # Videos come under "images" as well (ComfyUI 0.33, `SaveVideo`).
                others.append(f"{suffix} file" if kind == "images" else str(kind))
    return Outputs(images=_unique(images), others=_unique(others))


def read_outputs(outputs: object, meta: object) -> Outputs:
    """Read ``outputs`` of a history entry.

    Args:
        outputs: By node id; an expanded node stands under an id of its own.
        meta: The entry's ``meta``, which leads such an id back to the graph's node.
    """
    found = Outputs()
    if isinstance(outputs, Mapping):
        for key, output in outputs.items():
            if isinstance(output, Mapping):
                node_id = _displayed_node(str(key), meta)
                found = found.and_(read_node_output(node_id, output))
    return found


def _displayed_node(key: str, meta: object) -> str:
    entry = meta.get(key) if isinstance(meta, Mapping) else None
    # A node whose output came from the cache may carry the entry of a node of another
    # graph, which had the output first (ComfyUI 0.33).
    if not isinstance(entry, Mapping) or entry.get("node_id") != key:
        return key
    node_id = entry.get("display_node")
    return node_id if isinstance(node_id, str) else key


def _read_file(node_id: str, item: object) -> OutputFile | None:
    if not isinstance(item, Mapping):
        return None
    filename = item.get("filename")
    subfolder, folder_type = item.get("subfolder", ""), item.get("type", "output")
    if not isinstance(filename, str) or not filename:
        return None
    if not isinstance(subfolder, str) or not isinstance(folder_type, str):
        return None
    return OutputFile(filename, subfolder, folder_type, node_id)


def _unique(items: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(items))
