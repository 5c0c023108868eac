"""``comfy-assets batches``: looking at the queue and giving orders."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.converters import structure
from comfy_assets.domain.batches import BatchStatus, GenerationBatch

Cli = Any


def _status(comfy_assets: Cli, batch: GenerationBatch) -> BatchStatus:
    document = comfy_assets("batches", "show", batch.id, "--json").document
    return structure(document, GenerationBatch).status


def test_the_list_is_plain_where_nobody_looks(comfy_assets: Cli, gallery: Any) -> None:
    """One line a batch under the columns' names, in ASCII, with whole ids."""
    printed = comfy_assets("batches", "list")
    assert printed.code == 0
    header, *lines = printed.out.splitlines()
    assert header.split()[:3] == ["ID", "STATUS", "ENTITY"]
    assert printed.out.isascii()
    ids = {line.split()[0] for line in lines}
    assert ids == {batch.id for batch in gallery.batches.values()}


def test_the_list_as_json_reads_back(comfy_assets: Cli, gallery: Any) -> None:
    """Each element is what the converters take for a batch."""
    document = comfy_assets("batches", "list", "--json").document
    found = {structure(each, GenerationBatch).id for each in document}
    assert found == {batch.id for batch in gallery.batches.values()}


@pytest.mark.parametrize(
    "words, statuses",
    [
        (("--status", "failed"), {"failed"}),
        (("--status", "failed", "--status", "complete"), {"failed", "complete"}),
        (("--world", "elsewhere"), set()),
        (("--entity", "Character:marcus"), {"queued", "failed", "complete"}),
        (("--entity", "Character:ella"), set()),
    ],
)
def test_the_list_can_be_narrowed(
    comfy_assets: Cli, gallery: Any, words: tuple[str, ...], statuses: set[str]
) -> None:
    """By status, world and entity."""
    document = comfy_assets("batches", "list", "--json", *words).document
    assert {each["status"] for each in document} == statuses


def test_the_list_has_a_limit(comfy_assets: Cli, gallery: Any) -> None:
    """No more batches than asked for."""
    assert len(comfy_assets("batches", "list", "--json", "--limit", 2).document) == 2


def test_an_empty_list_says_where_it_looked(comfy_assets: Cli) -> None:
    """Who stands in the wrong folder shall see it."""
    printed = comfy_assets("batches", "list")
    assert printed.out == "No batches in sqlite:///comfy-assets.db.\n"
    assert printed.code == 0


def test_showing_tells_the_error(comfy_assets: Cli, gallery: Any) -> None:
    """A failed batch says why."""
    batch = gallery.batches[BatchStatus.FAILED]
    printed = comfy_assets("batches", "show", batch.id)
    assert "The server is on fire." in printed.out
    assert batch.id in printed.out


def test_the_first_letters_of_an_id_are_enough(comfy_assets: Cli, gallery: Any) -> None:
    """As long as one batch begins so."""
    batch = gallery.batches[BatchStatus.QUEUED]
    printed = comfy_assets("batches", "show", batch.id[:12].upper())
    assert batch.id in printed.out
    assert "ahead in line  0" in printed.out


def test_an_unknown_id_fails_in_one_sentence(comfy_assets: Cli, gallery: Any) -> None:
    """Exit code 1, nothing on standard output."""
    printed = comfy_assets("batches", "show", "zzz")
    assert printed.code == 1
    assert printed.out == ""
    assert printed.err.startswith("comfy-assets: No generation batch has the id 'zzz'")
    assert len(printed.err.splitlines()) == 1


def test_cancelling_and_retrying_change_the_status(
    comfy_assets: Cli, gallery: Any
) -> None:
    """Orders are stored; nothing is painted by giving them."""
    batch = gallery.batches[BatchStatus.QUEUED]
    assert comfy_assets("batches", "cancel", batch.id).code == 0
    assert _status(comfy_assets, batch) is BatchStatus.CANCELLED
    assert comfy_assets("batches", "retry", batch.id).code == 0
    assert _status(comfy_assets, batch) is BatchStatus.QUEUED


def test_an_order_that_cannot_be_followed_fails(
    comfy_assets: Cli, gallery: Any
) -> None:
    """What is complete cannot be cancelled."""
    batch = gallery.batches[BatchStatus.COMPLETE]
    printed = comfy_assets("batches", "cancel", batch.id)
    assert printed.code == 1
    assert "cannot cancel it" in printed.err
    assert _status(comfy_assets, batch) is BatchStatus.COMPLETE


def test_clearing_forgets_ended_batches_only(comfy_assets: Cli, gallery: Any) -> None:
    """One by its id, the rest by one word; what waits stays."""
    complete = gallery.batches[BatchStatus.COMPLETE]
    assert comfy_assets("batches", "clear", complete.id).code == 0
    printed = comfy_assets("batches", "clear-finished", "--world", "vale")
    assert printed.out == "Cleared 1.\n"
    [left] = comfy_assets("batches", "list", "--json").document
    assert left["id"] == gallery.batches[BatchStatus.QUEUED].id


def test_a_waiting_batch_can_be_moved(comfy_assets: Cli, gallery: Any) -> None:
    """A retried batch stands last until it is moved before the other."""
    failed = gallery.batches[BatchStatus.FAILED]
    comfy_assets("batches", "retry", failed.id)
    before = comfy_assets("batches", "show", failed.id).out
    assert "ahead in line  1" in before
    assert comfy_assets("batches", "move", failed.id, 0).out == "Moved.\n"
    assert "ahead in line  0" in comfy_assets("batches", "show", failed.id).out


def test_a_place_out_of_range_is_refused(comfy_assets: Cli, gallery: Any) -> None:
    """The library's own sentence says what would be right."""
    batch = gallery.batches[BatchStatus.QUEUED]
    printed = comfy_assets("batches", "move", batch.id, "--", -1)
    assert printed.code == 1
    assert "must be a whole number from 0" in printed.err
