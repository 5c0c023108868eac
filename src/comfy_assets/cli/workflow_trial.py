"""``workflow test``: one image with a slot's workflow."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import anyio
from cyclopts import Parameter

from comfy_assets.adapters.comfyui.client import ComfyUIClient
from comfy_assets.cli._failures import CommandError
from comfy_assets.cli._filters import DEFAULT_SERVER, Json, Server, override_of, pair_of
from comfy_assets.cli._gallery import write_file
from comfy_assets.cli._given import Slot
from comfy_assets.cli._output import show_fields, show_json
from comfy_assets.cli._stores import DEFAULT_STORES, Stores, studio
from comfy_assets.services.trial import WorkflowTrial


async def try_out(
    slot: Slot,
    prompt: Annotated[str, Parameter(help="What the image shall show.")],
    /,
    *,
    comfyui: Server = DEFAULT_SERVER,
    negative: str = "",
    seed: int | None = None,
    overrides: Annotated[
        tuple[str, ...], Parameter(name="--set", negative="", show_default=False)
    ] = (),
    context: Annotated[
        tuple[str, ...], Parameter(negative="", show_default=False)
    ] = (),
    output: Path | None = None,
    keep: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    json: Json = False,
    stores: Stores = DEFAULT_STORES,
) -> None:
    """Paint one image, tell what it took, and keep nothing of it.

    It goes before all that waits in the database, for which this paints as well.

    Args:
        negative: What it shall not show.
        seed: Its seed.
        overrides: A value for one input, as ADDRESS=VALUE, such as KSampler.steps=30;
            VALUE is JSON, or else a text. May be given several times.
        context: What the mappings' templates name, as KEY=TEXT, such as name=Marcus.
            May be given several times.
        output: A new file for the image.
        keep: Leave the image in the gallery.
    """
    if output is not None and await anyio.Path(output).exists():
        # Said before anything is painted.
        sentence = f"{output} is there already: choose another name"
        raise CommandError(sentence)
    async with studio(stores, comfy=ComfyUIClient(comfyui)) as system:
        # Said at once: a run would first be tried again for more than a minute.
        await system.health.check()
        trial = await system.workflows.test(
            slot,
            prompt,
            negative_prompt=negative,
            seed=seed,
            overrides=dict(map(override_of, overrides)),
            context=dict(pair_of("--context", each) for each in context),
            keep=keep,
        )
    files = []
    if output is not None:
        await write_file(output, trial.image, replaces=False)
        files.append(str(output))
    if trial.asset is not None:
        files.append(str(stores.file_of(trial.asset.file_path)))
    _report(trial, files, as_json=json)


def _report(trial: WorkflowTrial, files: list[str], *, as_json: bool) -> None:
    if as_json:
        show_json(
            {
                "width": trial.width,
                "height": trial.height,
                "media_type": trial.media_type,
                "size_bytes": trial.size_bytes,
                "image_count": trial.image_count,
                "seconds": trial.seconds,
                "seed": trial.seed,
                "prompt_id": trial.prompt_id,
                "batch_id": trial.batch_id,
                "asset_id": trial.asset.id if trial.asset else None,
                "files": files,
            }
        )
        return
    show_fields(
        [
            ("image", f"{trial.width} x {trial.height}, {trial.media_type}"),
            ("size", f"{trial.size_bytes:,} bytes"),
            ("time", f"{trial.seconds:.1f} s"),
            ("seed", trial.seed),
            ("images", trial.image_count if trial.image_count > 1 else None),
            *(("file", file) for file in files),
        ]
    )
