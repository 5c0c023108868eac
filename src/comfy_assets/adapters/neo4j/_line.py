"""The line in Cypher: who is next, who holds what, who stands before whom.

What waits unclaimed is found by ``line_key``, what somebody holds or held by
``takeover_at``: either index is read from its beginning only as far as needed. Leases
are told by the server's clock alone, whichever machine a worker runs on.
"""

from __future__ import annotations

from typing import Final

from comfy_assets.adapters.neo4j._locks import LOCK_LINE, lock

# To the microsecond, as Python has it: the lease that is stored is the one returned.
_NOW: Final = "datetime.truncate('microsecond', datetime.realtime('UTC')) AS now"
_WAITING: Final = """
MATCH (n:GenerationBatch) USING INDEX SEEK n:GenerationBatch(line_key)
WHERE n.line_key > ''
"""
_LAPSED: Final = """
MATCH (n:GenerationBatch) USING INDEX SEEK n:GenerationBatch(takeover_at)
WHERE n.takeover_at <= now
"""

#: Parameters: ``owner lease`` (in microseconds) ``token``, drawn for this claim. The
#: first part is for idle workers, who shall write nothing; the second decides, as the
#: only one at a time. The batch itself is looked at again once it is locked: it may
#: have been saved meanwhile.
CLAIM: Final = f"""
WITH {_NOW}
CALL (now) {{
    {_WAITING} RETURN true AS is_any LIMIT 1
    UNION
    {_LAPSED} RETURN true AS is_any LIMIT 1
}}
{LOCK_LINE}
WITH {_NOW}
CALL (now) {{
    {_WAITING} RETURN n AS b ORDER BY n.line_key LIMIT 1
    UNION ALL
    {_LAPSED} RETURN n AS b ORDER BY n.place_key LIMIT 1
}}
WITH b, now ORDER BY b.place_key LIMIT 1
{lock("b")}
WITH b, now + duration({{microseconds: $lease}}) AS lease_until,
    b.line_key IS NOT NULL OR coalesce(b.takeover_at <= now, false) AS is_free
SET b.owner = $owner, b.lease_until = lease_until, b.takeover_at = lease_until,
    b.claim_fence = b.fence + 1, b.fence = b.fence + 1, b.version = b.version + 1,
    b.claim_token = $token
REMOVE b.line_key
RETURN is_free, properties(b) AS node
"""

#: Parameters: ``token``. What a claim got of which nobody knows whether it was stored.
CLAIMED: Final = """
MATCH (b:GenerationBatch) USING INDEX SEEK b:GenerationBatch(takeover_at)
WHERE b.takeover_at > datetime.fromEpoch(0, 0) AND b.claim_token = $token
RETURN true AS is_free, properties(b) AS node
"""

#: Parameters: ``id owner fence lease``.
RENEW: Final = f"""
MATCH (b:GenerationBatch {{id: $id}})
{lock("b")}
WITH b, {_NOW}
WITH b, now + duration({{microseconds: $lease}}) AS lease_until,
    coalesce(b.owner = $owner AND b.claim_fence = $fence, false)
    AND b.place_key IS NOT NULL AS is_held
SET b.lease_until = lease_until, b.takeover_at = lease_until
RETURN is_held, lease_until
"""

#: Parameters: ``id``.
POSITION: Final = f"""
MATCH (b:GenerationBatch {{id: $id}})
WITH b, coalesce(b.place_key, '') AS place_key, {_NOW}
CALL (place_key) {{
    MATCH (n:GenerationBatch) USING INDEX SEEK n:GenerationBatch(line_key)
    WHERE n.line_key < place_key
    RETURN count(*) AS waiting
}}
CALL (place_key, now) {{
    {_LAPSED} AND n.status = 'queued' AND n.place_key < place_key
    RETURN count(*) AS lapsed
}}
RETURN b.status AS status, waiting + lapsed AS position
"""

#: Parameters: ``limit``.
LINE: Final = f"""
WITH {_NOW}
CALL (now) {{
    {_WAITING} RETURN n AS b ORDER BY n.line_key LIMIT $limit
    UNION ALL
    {_LAPSED} AND n.status = 'queued' RETURN n AS b ORDER BY n.place_key LIMIT $limit
}}
RETURN properties(b) AS node ORDER BY b.place_key LIMIT $limit
"""
