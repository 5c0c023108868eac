"""What every run keeps to, for any configuration and request; see `test_build`."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.identity import BatchId
from comfy_assets.domain.requests import MAX_SEED
from comfy_assets.domain.workflows.build import (
    StyleReference,
    build,
    check_request,
)
from comfy_assets.domain.workflows.configuration import (
    InputDefault,
    LockedInput,
    PromptMapping,
)
from tests.unit.domain.workflows.graphs import (
    TEXTS,
    configuration,
    request,
    with_ip_adapter,
)

BATCH = BatchId("3f2a0000-0000-4000-8000-000000000000")

#: Inputs of `with_ip_adapter` that hold a value of their own, by address.
LITERALS = {
    f"{node_id}.{name}": (node_id, name)
    for node_id, data in with_ip_adapter().items()
    for name, literal in data["inputs"].items()
    if not isinstance(literal, list)
}
ADDRESSES = st.sampled_from(sorted(LITERALS))
PLAIN = st.integers(0, 9) | TEXTS
#: What a run sets without being asked, unless a lock forbids it.
ALWAYS = {"3.seed", "5.batch_size", "9.filename_prefix", "22.image"}


@given(
    defaults=st.dictionaries(ADDRESSES, PLAIN),
    mapped=st.sets(ADDRESSES),
    overrides=st.dictionaries(ADDRESSES, PLAIN),
    locks=st.dictionaries(ADDRESSES, PLAIN),
    prompt=TEXTS,
    seed=st.integers(0, MAX_SEED),
    index=st.integers(0, 63),
    style=st.none()
    | st.builds(StyleReference, image_name=st.just("r"), keywords=TEXTS),
)
def test_a_run_changes_what_it_may_and_nothing_else(
    *,
    defaults: dict[str, Any],
    mapped: set[str],
    overrides: dict[str, Any],
    locks: dict[str, Any],
    prompt: str,
    seed: int,
    index: int,
    style: StyleReference | None,
) -> None:
    """Locks hold, unmapped inputs stay, explicit seeds stay, nothing is mutated."""
    overrides = {key: x for key, x in overrides.items() if key not in locks}
    mine = configuration(
        with_ip_adapter(),
        input_defaults=[InputDefault(target=t, value=v) for t, v in defaults.items()],
        prompt_mappings=[PromptMapping(target=t, source="prompt") for t in mapped],
        locked_inputs=[LockedInput(target=t, value=v) for t, v in locks.items()],
    )
    asked = request(prompt, overrides=overrides)
    check_request(mine, asked)
    built = build(mine, asked, batch_id=BATCH, index=index, seed=seed, style=style)
    api = built.workflow.to_api()
    before = with_ip_adapter()
    assert mine.workflow.to_api() == before
    assert (
        build(mine, asked, batch_id=BATCH, index=index, seed=seed, style=style) == built
    )
    by_hand = {*locks, *overrides, *mapped}
    for address, (node_id, name) in LITERALS.items():
        now = api[node_id]["inputs"].pop(name)
        old = before[node_id]["inputs"].pop(name)
        if address in locks:
            assert now == locks[address]
        elif address in overrides and address not in ALWAYS - {"3.seed"}:
            assert now == overrides[address]
        elif address not in by_hand | {*defaults} | ALWAYS:
            assert now == old
    # The links, classes and titles that are left.
    assert api == before
    literal = defaults.get("3.seed", 7)
    if "3.seed" not in by_hand and isinstance(literal, int):
        assert built.seed == (seed + index) % 2**64
    assert built.seed is None or 0 <= built.seed <= MAX_SEED
