"""`BatchProgress`: monotone over the whole batch."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.batches import BatchStatus, GenerationBatch
from comfy_assets.domain.identity import asset_id_of, new_batch_id
from comfy_assets.ports.comfy import RunProgress
from comfy_assets.services.keeping import utc_now
from comfy_assets.services.progress import BatchProgress
from tests.studio import portrait_request


def processing(count: int) -> GenerationBatch:
    """Make a batch at work."""
    return GenerationBatch(
        id=new_batch_id(),
        request=portrait_request(count=count),
        status=BatchStatus.PROCESSING,
        seed=1,
        priority=0,
        position_key="8",
        created_at=utc_now(),
    )


def test_runs_and_stored_images_make_one_number() -> None:
    """Half of one image of two is a quarter; a stored image counts whole."""
    batch = processing(2)
    progress = BatchProgress(batch, now=0.0)
    told = progress.ran(0, RunProgress(fraction=0.5, step=3, steps=6), now=2.0)
    assert (told.fraction, told.step, told.steps) == (0.25, 3, 6)
    assert told.eta_seconds == 6.0
    batch = batch.record_image(0, [asset_id_of(batch.id, index=0)])
    told = progress.stored(batch, now=3.0)
    assert (told.fraction, told.completed, told.total) == (0.5, 1, 2)


def test_no_estimate_without_ground() -> None:
    """Before anything is done there is no estimate."""
    told = BatchProgress(processing(1), now=0.0).ran(
        0, RunProgress(fraction=0.0), now=1.0
    )
    assert told.eta_seconds is None


def test_a_run_at_its_end_is_not_yet_a_stored_image() -> None:
    """1.0 is told only when every image is stored."""
    progress = BatchProgress(processing(1), now=0.0)
    assert progress.ran(0, RunProgress(fraction=1.0), now=1.0).fraction < 1.0


@given(
    st.lists(st.tuples(st.integers(0, 3), st.floats(0, 1), st.booleans()), max_size=40)
)
def test_the_fraction_never_falls(steps: list[tuple[int, float, bool]]) -> None:
    """Whatever runs tell, in any order, also when one begins anew."""
    batch = processing(4)
    progress = BatchProgress(batch, now=0.0)
    fractions = [0.0]
    for now, (index, fraction, is_stored) in enumerate(steps):
        if is_stored:
            batch = batch.record_image(index, [asset_id_of(batch.id, index=index)])
            told = progress.stored(batch, now)
        else:
            told = progress.ran(index, RunProgress(fraction=fraction), now)
        fractions.append(told.fraction)
    assert fractions == sorted(fractions)
    assert fractions[-1] <= 1.0
