"""`Catalogue`: the classes of a server; each is read when somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from attrs import define, field, frozen

from comfy_assets.domain.workflows.catalogue.nodes import NodeDescription
from comfy_assets.errors import PayloadError


@frozen(eq=False)
class Catalogue:
    """What a server can do, made by `from_object_info`.

    A stock server has some 900 classes and with custom nodes several thousand, a graph
    uses thirty: a class is read when it is first asked for.
    """

    #: The classes by name, in the server's order.
    nodes: Mapping[str, NodeDescription] = field(repr=False)
    #: Every type that an output of some class gives, unions taken apart.
    output_types: frozenset[str] = field(repr=False)

    @classmethod
    def from_object_info(cls, data: object) -> Self:
        """Read the answer of ``GET /object_info`` (ComfyUI 0.3.75 and 0.33).

        A class that cannot be read stays in the catalogue, with ``is_readable`` false:
        the server has it.

        Args:
            data: The parsed JSON. It is not copied: leave it as it is from now on.

        Raises:
            PayloadError: When it is no mapping of class names.
        """
        if not isinstance(data, Mapping) or not all(isinstance(k, str) for k in data):
            problem = "it is no mapping from class names to descriptions"
            raise PayloadError("object_info", [problem])
        return cls(_ReadOnDemand(dict(data)), _output_types(data.values()))


def _output_types(classes: Iterable[object]) -> frozenset[str]:
    """Collect the types without reading the classes whole."""
    found: set[str] = set()
    for data in classes:
        outputs = data.get("output") if isinstance(data, Mapping) else None
        for told in outputs if isinstance(outputs, list | tuple) else ():
            if isinstance(told, str):
                found.update(part.strip() for part in told.split(","))
    return frozenset(found)


@define(eq=False, repr=False)
class _ReadOnDemand(Mapping[str, NodeDescription]):
    """The classes of ``/object_info``, each read once."""

    _raw: Mapping[str, Any]
    _read: dict[str, NodeDescription] = field(factory=dict, init=False)

    def __getitem__(self, class_type: str) -> NodeDescription:
        read = self._read.get(class_type)
        if read is None:
            data = self._raw[class_type]
            read = NodeDescription.from_object_info(class_type, data)
            self._read[class_type] = read
        return read

    def __contains__(self, class_type: object) -> bool:
        return class_type in self._raw

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)
