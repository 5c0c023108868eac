"""For those who test against comfy_assets: contract suites and stand-ins for ports.

`ScriptedComfyClient` needs nothing beyond the library; the suites
(`comfy_assets.testing.repository_suite`, `…image_store_suite`,
`…comfy_client_suite`) need the extra `comfy-assets[testing]` and are imported from
their own modules. Nothing that runs in production imports this package.
"""

from __future__ import annotations

from contextlib import suppress

from comfy_assets.testing.recording_sink import RecordingEventSink
from comfy_assets.testing.scripted_comfy import ExecutedRun, ScriptedComfyClient

__all__ = ["ExecutedRun", "RecordingEventSink", "ScriptedComfyClient"]

with suppress(ModuleNotFoundError):  # a host may use the stand-ins without pytest
    import pytest

    # Failing asserts of a suite show their values, as in the adapter's own tests.
    for _suite in (
        "asset_pages_suite",
        "asset_records_suite",
        "batch_assets_suite",
        "batch_claims_suite",
        "batch_records_suite",
        "batch_steps_suite",
        "comfy_client_ends_suite",
        "comfy_client_runs_suite",
        "comfy_client_suite",
        "image_checks",
        "image_keeping_suite",
        "image_keys_suite",
        "image_refusals_suite",
        "image_store_suite",
        "image_tasks_suite",
        "repository_suite",
        "workflow_records_suite",
    ):
        pytest.register_assert_rewrite(f"{__name__}.{_suite}")
