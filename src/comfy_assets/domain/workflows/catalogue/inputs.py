"""`InputDescription`: what a class says of one of its inputs; read in `reading`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

from attrs import field, frozen

#: In which part of the description an input stands. Hidden ones are filled in by the
#: server and never stand in a graph.
Section: TypeAlias = Literal["required", "optional", "hidden"]

#: The type of a choice list, in any of its spellings.
COMBO: Final = "COMBO"
#: Chooses among sets of further inputs.
DYNAMIC_COMBO: Final = "COMFY_DYNAMICCOMBO_V3"
#: Stands for a row of equal inputs.
AUTOGROW: Final = "COMFY_AUTOGROW_V3"
#: Takes what its siblings of the same template take.
MATCH_TYPE: Final = "COMFY_MATCHTYPE_V3"
_NO_OPTIONS: Final[Mapping[str, Any]] = MappingProxyType({})
# The editor gives these inputs a control even where the class does not ask for one.
_SEED_NAMES: Final = ("seed", "noise_seed")

# Frontend 1.49 has a widget for these, of its own or by its core extensions.
_WIDGET_TYPES: Final = frozenset(
    {
        *("INT", "FLOAT", "STRING", "BOOLEAN", COMBO, DYNAMIC_COMBO),
        *("COLOR", "COLORS", "CURVE", "RANGE", "BOUNDING_BOX", "BOUNDING_BOXES"),
        *("PAINTER", "COMPOSITOR", "VIDEO_EDIT", "IMAGECOMPARE", "CHART", "GALLERIA"),
        *("TEXTAREA", "MARKDOWN", "IMAGEUPLOAD", "AUDIOUPLOAD", "AUDIO_UI"),
        *("AUDIO_RECORD", "LOAD_3D", "PREVIEW_3D", "WEBCAM"),
    }
)


@frozen(kw_only=True)
class DynamicOption:
    """One choice of a `DynamicCombo`."""

    #: What the graph writes to choose it; a text in all classes seen.
    key: Any
    #: What the choice brings along, in order, by names without the parent's.
    inputs: tuple[InputDescription, ...]


@frozen(kw_only=True)
class DynamicCombo:
    """``COMFY_DYNAMICCOMBO_V3``: a choice that decides which inputs follow.

    A graph writes the key under the input's own name and what it brings along under
    dotted ones: ``"format": "mp4", "format.codec": "h264"`` (ComfyUI 0.33).
    """

    #: The choices, in order.
    options: tuple[DynamicOption, ...]

    def option(self, key: object) -> DynamicOption | None:
        """Return the choice with this key, or ``None``."""
        return next((o for o in self.options if o.key == key), None)


@frozen(kw_only=True)
class Autogrow:
    """``COMFY_AUTOGROW_V3``: a row of equal inputs that grows as it is linked.

    A graph writes them under dotted names, ``"images.image0"``, and nothing under the
    parent's (ComfyUI 0.33).
    """

    #: The names that the row may have, in order, without the parent's.
    names: tuple[str, ...]
    #: How many of them, from the first, a graph must give; 0 for an optional template.
    minimum: int
    #: What each of them is like; its own name has no meaning.
    template: InputDescription


@frozen(kw_only=True)
class MatchType:
    """``COMFY_MATCHTYPE_V3``: inputs of one template shall take the same type.

    Only the editor sees to that; the server takes anything (ComfyUI 0.33).
    """

    #: Which inputs and outputs of the class belong together.
    template_id: str
    #: Which types may be taken, ``("*",)`` for any.
    allowed_types: tuple[str, ...]


@frozen(kw_only=True)
class InputDescription:
    """One input of a class, or of an option or template inside one.

    Read from ``GET /object_info`` (ComfyUI 0.3.75 and 0.33): ``[type]`` or
    ``[type, options]``. What is malformed is read as if it were absent.
    """

    #: Its name; inside a dynamic input, without the parent's name and the dot.
    name: str
    #: Where it stands.
    section: Section
    #: Its type, such as ``"INT"``, ``"IMAGE"``, ``"*"`` or a union ``"INT,FLOAT"``;
    #: ``"COMBO"`` for choices in any spelling; empty where it cannot be read.
    type: str
    #: What may be chosen, in order; ``None`` where it is no choice, or where only the
    #: editor knows (`is_remote`). ``COMFY_DYNAMICCOMBO_V3`` has its keys here.
    choices: tuple[Any, ...] | None = None
    #: Whether the list itself stands in place of the type, as before 2025.
    has_list_type: bool = False
    #: The inputs that an input of a dynamic kind brings along; ``None`` for others.
    dynamic: DynamicCombo | Autogrow | MatchType | None = field(
        default=None, repr=False
    )
    #: Everything else that the class says, as the server wrote it, read-only.
    options: Mapping[str, Any] = field(default=_NO_OPTIONS, repr=False)

    @property
    def is_required(self) -> bool:
        """Whether a graph must give it."""
        return self.section == "required"

    @property
    def types(self) -> tuple[str, ...]:
        """The types that it takes, which are several for a union."""
        return tuple(part.strip() for part in self.type.split(","))

    @property
    def default(self) -> Any:  # noqa: ANN401 - any JSON
        """What the editor fills in; ``None`` where nothing is told."""
        return self.options.get("default")

    @property
    def minimum(self) -> float | None:
        """The smallest value of a number, inclusive."""
        return _number(self.options.get("min"))

    @property
    def maximum(self) -> float | None:
        """The largest value of a number, inclusive; up to 2^64-1 for seeds."""
        return _number(self.options.get("max"))

    @property
    def step(self) -> float | None:
        """By how much the editor changes a number; the server does not check it."""
        return _number(self.options.get("step"))

    @property
    def is_multiline(self) -> bool:
        """Whether a text may have several lines."""
        return bool(self.options.get("multiline"))

    @property
    def is_multiselect(self) -> bool:
        """Whether several choices may be made at once, as a list."""
        return bool(self.options.get("multiselect"))

    @property
    def is_remote(self) -> bool:
        """Whether the editor fetches the choices from another route (``remote``)."""
        return self.type == COMBO and isinstance(self.options.get("remote"), Mapping)

    @property
    def force_input(self) -> bool:
        """Whether it is a socket although its type has a widget (``forceInput``)."""
        return self.options.get("forceInput") is True

    @property
    def is_widget(self) -> bool:
        """Whether the editor shows a field for it, and saves what stands there.

        By its type or ``widgetType``, in frontend 1.49; every other input is a mere
        socket.
        """
        return self.widget_type in _WIDGET_TYPES and not self.force_input

    @property
    def is_socketless(self) -> bool:
        """Whether the editor lets no link into it (``socketless``)."""
        return bool(self.options.get("socketless"))

    @property
    def is_advanced(self) -> bool:
        """Whether the editor hides it among the advanced inputs."""
        return bool(self.options.get("advanced"))

    @property
    def has_dynamic_prompts(self) -> bool:
        """Whether the editor draws one of ``{a|b}`` when it writes the text."""
        return bool(self.options.get("dynamicPrompts"))

    @property
    def control_after_generate(self) -> bool:
        """Whether the editor saves a control (``fixed``, ``randomize``) behind it.

        Frontend 1.49: where the option of this name asks for it, and for whole numbers
        called ``seed`` or ``noise_seed`` unless it is ``false``.
        """
        told = self.options.get("control_after_generate")
        if told is None:
            return self.widget_type == "INT" and self.name in _SEED_NAMES
        return bool(told) and self.widget_type in ("INT", "FLOAT", COMBO)

    @property
    def upload(self) -> str | None:
        """What a person may upload here; ``None`` where nothing.

        ``"image"``, ``"animated_image"``, ``"video"``, ``"audio"`` or ``"file"``, from
        the options ``image_upload`` and so on.
        """
        kinds = ("image", "animated_image", "video", "audio", "file")
        return next((k for k in kinds if self.options.get(f"{k}_upload")), None)

    @property
    def tooltip(self) -> str:
        """A sentence for a person; may be empty."""
        return _text(self.options.get("tooltip"))

    @property
    def display_name(self) -> str:
        """What the editor calls it; `name`, unless the class says otherwise."""
        return _text(self.options.get("display_name")) or self.name

    @property
    def widget_type(self) -> str:
        """The type by which the editor picks a widget (``widgetType``)."""
        return _text(self.options.get("widgetType")) or self.type


def _number(value: object) -> float | None:
    # A truth value is an int to Python, and no limit to anybody.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
