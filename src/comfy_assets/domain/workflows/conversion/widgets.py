"""Which inputs of a class are widgets, and what each brings along.

The rules are those of the editor, read from frontend 1.49.6 on ComfyUI 0.33.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import define, field

from comfy_assets.domain.workflows.catalogue import (
    Autogrow,
    DynamicCombo,
    InputDescription,
    NodeDescription,
)

#: The value of a widget that has none: nothing is written for it.
UNSET: Final[Any] = object()

# For each type that the editor has a widget for, its value where nothing tells one.
_WITHOUT_DEFAULT: Final[Mapping[str, Any]] = {
    "INT": 0,
    "FLOAT": 0,
    "STRING": "",
    "BOOLEAN": False,
    "COMBO": UNSET,
    "COMFY_DYNAMICCOMBO_V3": UNSET,
    "COLOR": "#000000",
    "COLORS": [],
    "CURVE": UNSET,
    "RANGE": UNSET,
    "BOUNDING_BOX": {"x": 0, "y": 0, "width": 512, "height": 512},
    "BOUNDING_BOXES": [],
    "PAINTER": "",
    "COMPOSITOR": UNSET,
    "VIDEO_EDIT": UNSET,
    "IMAGECOMPARE": ["", ""],
    "CHART": UNSET,
    "GALLERIA": UNSET,
    "TEXTAREA": "",
    "MARKDOWN": "",
    "IMAGEUPLOAD": UNSET,
    "AUDIO_UI": UNSET,
    "AUDIOUPLOAD": UNSET,
    "AUDIO_RECORD": "",
    "LOAD_3D": "",
    "LOAD_3D_ANIMATION": "",
    "PREVIEW_3D": "",
    "PREVIEW_3D_ANIMATION": "",
    "WEBCAM": UNSET,
}
_SEED_NAMES: Final = ("seed", "noise_seed")
_UPLOADS: Final = ("image", "animated_image", "video", "audio")
# Extensions of the editor give these classes a viewer behind all other widgets.
_VIEWERS: Final = frozenset({"SaveGLB", "Preview3D"})
_BUTTONS: Final = (
    ("upload 3d model", "upload3dmodel"),
    ("upload extra resources", "uploadExtraResources"),
    ("clear", "clear"),
)


@define(eq=False)
class Widget:
    """Something on a node that has a value."""

    #: Its name, which is that of the input that it writes.
    name: str
    #: Its value, or `UNSET`.
    value: Any
    #: Whether ``widgets_values`` has a place for it.
    takes_slot: bool = True
    #: Whether it is written into the graph.
    is_written: bool = True
    #: Whether its text is rewritten by `without_dynamic_prompts`.
    has_dynamic_prompts: bool = False


@define(eq=False, kw_only=True)
class Part:
    """What a node has for one input of its class: widgets, or sockets alone."""

    #: The input's name, with those of its parents: ``"format.codec"``.
    name: str
    #: What the class says; ``None`` for what the editor adds by itself.
    entry: InputDescription | None = None
    #: The widget that holds the input's value; ``None`` for a plain socket.
    main: Widget | None = None
    #: All its widgets in order, `main` and what the editor puts around it.
    widgets: list[Widget] = field(factory=list)
    #: What a dynamic input brought along, in order.
    children: list[Part] = field(factory=list)

    @property
    def combo(self) -> DynamicCombo | None:
        """The choice that decides over `children`, if it is one."""
        dynamic = self.entry.dynamic if self.entry else None
        return dynamic if isinstance(dynamic, DynamicCombo) else None

    @property
    def type(self) -> str:
        """The type of its sockets."""
        return self.entry.type if self.entry else "*"

    @property
    def has_socket(self) -> bool:
        """Whether a link can end here."""
        return self.entry is not None and not self.entry.is_socketless


def parts_of(description: NodeDescription, linked: Mapping[str, object]) -> list[Part]:
    """Return what a fresh node of a class has, with its default values.

    Args:
        description: The class.
        linked: The names of its linked inputs: rows of equal inputs grow with them.
    """
    entries = [entry for entry in description.inputs if entry.section != "hidden"]
    parts = [make_part(entry.name, entry, linked) for entry in entries]
    for part in parts:
        if part.type == "LOAD_3D" and description.input("model_file"):
            buttons = [Widget(name, value) for name, value in _BUTTONS]
            part.widgets = [*buttons, *part.widgets]
    if description.class_type in _VIEWERS:
        viewer = Widget("image", "")
        parts.append(Part(name="image", main=viewer, widgets=[viewer]))
    if any(_can_upload(entry) for entry in entries):
        button = Widget("upload", UNSET, is_written=False)
        parts.append(Part(name="upload", main=button, widgets=[button]))
    return parts


def make_part(name: str, entry: InputDescription, linked: Mapping[str, object]) -> Part:
    """Return what a fresh node has for one input."""
    part = Part(name=name, entry=entry)
    if isinstance(entry.dynamic, Autogrow):
        part.children = _grown(name, entry.dynamic, linked)
    elif is_widget(entry):
        type_ = entry.widget_type
        part.main = Widget(
            name,
            default_of(entry),
            takes_slot=type_ != "IMAGECOMPARE",
            has_dynamic_prompts=type_ == "STRING" and entry.has_dynamic_prompts,
        )
        followers = [
            Widget(follower, UNSET, is_written=False)
            for follower in _followers(name, entry)
        ]
        part.widgets = [part.main, *followers]
        choose(part, part.main, part.main.value, linked)
    return part


def choose(
    part: Part, widget: Widget, value: object, linked: Mapping[str, object]
) -> None:
    """Set a value of a part; a dynamic choice brings its inputs along."""
    widget.value = value
    if widget is not part.main:
        return
    if part.combo is not None:
        option = part.combo.option(value)
        part.children = [
            make_part(f"{part.name}.{entry.name}", entry, linked)
            for entry in (option.inputs if option else ())
            if entry.section != "hidden"
        ]


def is_widget(entry: InputDescription) -> bool:
    """Return whether the editor has a widget for an input, not a socket alone."""
    return entry.widget_type in _WITHOUT_DEFAULT and not entry.force_input


def default_of(entry: InputDescription) -> Any:  # noqa: ANN401 - any JSON
    """Return the value of a widget that nobody touched, or `UNSET`."""
    told = entry.default
    # A dynamic choice begins with its first option, whatever the class says.
    if told is not None and not isinstance(entry.dynamic, DynamicCombo):
        return told
    if entry.choices:
        return entry.choices[0]
    return _WITHOUT_DEFAULT[entry.widget_type]


def walk(parts: list[Part]) -> Iterator[Part]:
    """Yield parts and what they brought along, in the order of their widgets."""
    for part in parts:
        yield part
        yield from walk(part.children)


def _followers(name: str, entry: InputDescription) -> tuple[str, ...]:
    """Return the widgets behind the main one; each has a place, none is written."""
    type_ = entry.widget_type
    if type_ == "BOUNDING_BOX":
        return ("x", "y", "width", "height")
    told = entry.options.get("control_after_generate")
    if told is None:
        is_controlled = type_ == "INT" and name in _SEED_NAMES
    else:
        is_controlled = bool(told) and type_ in ("INT", "FLOAT", "COMBO")
    if not is_controlled:
        return ()
    control = "control_after_generate"
    return (control, "control_filter_list") if type_ == "COMBO" else (control,)


def _grown(name: str, row: Autogrow, linked: Mapping[str, object]) -> list[Part]:
    """Return a row of equal inputs: one more than needed and than linked."""
    names = [f"{name}.{inner}" for inner in row.names]
    last = max((i for i, full in enumerate(names) if full in linked), default=-1)
    return [
        make_part(full, row.template, linked)
        for full in names[: max(row.minimum + 1, last + 2)]
    ]


def _can_upload(entry: InputDescription) -> bool:
    return entry.type == "COMBO" and any(
        entry.options.get(f"{kind}_upload") for kind in _UPLOADS
    )
