"""How Sphinx builds these pages."""

from __future__ import annotations

from importlib.metadata import version as version_of

project = "comfy_assets"
author = "comfy_assets contributors"
copyright = "2026, comfy_assets contributors"
release = version_of("comfy-assets")
version = release

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
source_suffix = {".md": "markdown"}

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autoclass_content = "class"
napoleon_google_docstring = True
napoleon_numpy_docstring = False

# Every reference has to lead somewhere. Those that lead to other projects can't be
# followed where only a package index is reachable, as in CI; our own all are.
nitpicky = True
_elsewhere = (
    r"(anyio|attr|attrs|cattrs|collections|contextlib|datetime|enum|httpx|os|pathlib"
    r"|pytest|random|ssl|types|typing|uuid)\..*"
)
nitpick_ignore_regex = [(r"py:.*", _elsewhere)]

html_theme = "furo"
html_title = f"comfy_assets {release}"
