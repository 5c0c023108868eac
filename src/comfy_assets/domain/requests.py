"""What a host asks for: the entity, the kind of asset, the slot and the request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NewType

from attrs import Attribute, field, frozen

from comfy_assets.domain.json_values import freeze_json
from comfy_assets.errors import InvalidRequestError, WorkflowFormatError

if TYPE_CHECKING:
    from collections.abc import Callable

    from comfy_assets.domain.identity import AssetId

#: Name of a place for a workflow: ``portrait``, ``sprite``, ``backdrop``, ``item``,
#: ``custom`` or ``custom:<name>``; made by `workflow_slot`.
WorkflowSlot = NewType("WorkflowSlot", str)

#: The largest seed that ComfyUI's samplers take (``/object_info``, ``KSampler.seed``).
MAX_SEED: Final = 2**64 - 1
#: The largest number of images in one request.
MAX_COUNT: Final = 64

# A Python text may hold half a surrogate pair; no database and no socket takes it.
_HALF_PAIR = re.compile("[\ud800-\udfff]")
# Lower case and no dots or separators: a slot's name becomes part of file names.
_CUSTOM_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class AssetType(StrEnum):
    """What an image is for."""

    #: A character's face or bust.
    PORTRAIT = "portrait"
    #: A character's figure on a transparent ground.
    SPRITE = "sprite"
    #: A location's scenery.
    BACKDROP = "backdrop"
    #: An object.
    ITEM = "item"
    #: Anything else.
    CUSTOM = "custom"

    @property
    def entity_field(self) -> str | None:
        """The field of the host's entity that names its active asset.

        ``portrait_asset``, ``sprite_asset``, ``backdrop_asset`` or ``item_asset``;
        ``None`` for `CUSTOM`, which has no field of its own.
        """
        return None if self is AssetType.CUSTOM else f"{self.value}_asset"


_BUILT_IN_SLOTS: Final = frozenset(AssetType)


def workflow_slot(name: str) -> WorkflowSlot:
    """Check the name of a slot.

    Raises:
        InvalidRequestError: When it is none of ``portrait``, ``sprite``, ``backdrop``,
            ``item``, ``custom`` and ``custom:<name>``, where a name has 1 to 64 of
            ``a-z 0-9 _ -`` and begins with a letter or digit.
    """
    prefix, colon, rest = name.partition(":")
    if name in _BUILT_IN_SLOTS:
        return WorkflowSlot(name)
    if prefix == "custom" and colon and _CUSTOM_NAME.fullmatch(rest):
        return WorkflowSlot(name)
    problem = (
        f"{name!r} is no slot: use portrait, sprite, backdrop, item, custom, "
        "or custom:<name> with a name of a-z, 0-9, '_' and '-'"
    )
    raise InvalidRequestError("slot", problem)


def frozen_mapping(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Copy a mapping into one that nobody can change: for fields of values."""
    return MappingProxyType(dict(value))


def frozen_overrides(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Copy overrides, all the way down, into ones that nobody can change.

    Raises:
        InvalidRequestError: When they are no mapping of texts to JSON values.
    """
    if not isinstance(value, Mapping):
        problem = "must be a mapping of addresses to values"
        raise InvalidRequestError("overrides", problem)
    return MappingProxyType(dict(_frozen_override(*item) for item in value.items()))


def _frozen_override(address: object, value: object) -> tuple[str, Any]:
    if not isinstance(address, str) or not _is_text(address):
        problem = f"{address!r} must be a text that fits UTF-8"
        raise InvalidRequestError("overrides", problem)
    try:
        return address, freeze_json(value)
    except WorkflowFormatError as error:
        problem = f"{address!r}: {error.problem}"
        raise InvalidRequestError("overrides", problem) from error


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not _HALF_PAIR.search(value)


def _text(_: object, attribute: Attribute[Any], value: object) -> None:
    if not _is_text(value):
        raise InvalidRequestError(attribute.name, "must be a text that fits UTF-8")


def _not_empty(instance: object, attribute: Attribute[Any], value: object) -> None:
    _text(instance, attribute, value)
    if not value:
        raise InvalidRequestError(attribute.name, "must not be empty")


def _optional_id(instance: object, attribute: Attribute[Any], value: object) -> None:
    if value is not None:
        _not_empty(instance, attribute, value)


def _texts(_: object, attribute: Attribute[Any], value: Mapping[Any, Any]) -> None:
    for key, text in value.items():
        if not (_is_text(key) and _is_text(text)):
            problem = f"{key!r} and its value must be texts that fit UTF-8"
            raise InvalidRequestError(attribute.name, problem)


def _an_entity(_: object, attribute: Attribute[Any], value: object) -> None:
    if not isinstance(value, EntityRef):
        raise InvalidRequestError(attribute.name, "must be an EntityRef")


def _asset_type(value: str) -> AssetType:
    try:
        return AssetType(value)
    except ValueError as error:
        problem = f"must be one of {', '.join(AssetType)}, not {value!r}"
        raise InvalidRequestError("asset_type", problem) from error


def _between(low: int, high: int) -> Callable[[object, Attribute[Any], object], None]:
    def check(_: object, attribute: Attribute[Any], value: object) -> None:
        # The exact type, for a bool is an int to Python, and never what a count, seed
        # or priority means.
        if type(value) is not int or not low <= value <= high:
            problem = f"must be a whole number from {low} to {high}, not {value!r}"
            raise InvalidRequestError(attribute.name, problem)

    return check


def _optional_seed(instance: object, attribute: Attribute[Any], value: object) -> None:
    if value is not None:
        _between(0, MAX_SEED)(instance, attribute, value)


@frozen
class EntityRef:
    """An entity of the host's, named by any two strings; we own no entities.

    Raises:
        InvalidRequestError: When either is empty.
    """

    #: The host's kind of entity, such as ``"Character"``.
    entity_type: str = field(validator=_not_empty)
    #: The host's id of the entity, such as ``"marcus"``.
    entity_id: str = field(validator=_not_empty)


@frozen(kw_only=True)
class GenerationRequest:
    """What a host asks for: some images of one entity.

    Raises:
        InvalidRequestError: When a field is outside its range.
    """

    #: The game world or campaign that the entity lives in; not empty.
    world_id: str = field(validator=_not_empty)
    #: Whom or what the images show.
    entity: EntityRef = field(validator=_an_entity)
    #: What the images are for.
    asset_type: AssetType = field(converter=_asset_type)
    #: What the images shall show, in a person's words.
    prompt: str = field(validator=_text)
    #: What they shall not show.
    negative_prompt: str = field(default="", validator=_text)
    #: How many images, 1 to 64.
    count: int = field(default=1, validator=_between(1, MAX_COUNT))
    #: The slot whose workflow paints them; ``None`` takes the asset type's own.
    slot: str | None = field(default=None, validator=_optional_id)
    #: Seed of the first image, 0 to 2^64-1; the others count up from it.
    #: ``None`` draws one when the batch is made.
    seed: int | None = field(default=None, validator=_optional_seed)
    #: An asset of the gallery whose style the images shall take.
    style_reference_id: AssetId | None = field(default=None, validator=_optional_id)
    #: Values for single inputs, by address; JSON values.
    overrides: Mapping[str, Any] = field(
        factory=dict[str, Any], converter=frozen_overrides
    )
    #: What templates may name: ``name``, ``description`` and any key of the host's.
    context: Mapping[str, str] = field(
        factory=dict[str, str], converter=frozen_mapping, validator=_texts
    )
    #: Batches of higher priority run first, -1,000 to 1,000.
    priority: int = field(default=0, validator=_between(-1000, 1000))

    def __attrs_post_init__(self) -> None:
        """Check the slot's name."""
        if self.slot is not None:
            workflow_slot(self.slot)

    @property
    def workflow_slot(self) -> WorkflowSlot:
        """The slot that this request is painted by."""
        return WorkflowSlot(self.slot or self.asset_type.value)
