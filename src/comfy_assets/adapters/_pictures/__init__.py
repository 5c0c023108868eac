"""Looking at pictures: what they are, their thumbnails, sheets of many of them.

Nothing else imports Pillow. Of these modules `reading` and `contact_sheet` do, so an
adapter imports those two where it first needs them and not before.
"""

from __future__ import annotations
