"""HTTP to a server on this machine: no certificate is read for it, which takes long."""

from __future__ import annotations

import ssl
from typing import Final

#: What clients get as `verify`, where reading all the certificates of the world (some
#: 40 ms for each client) is the default. It trusts nobody; plain HTTP asks nobody.
NO_CERTIFICATES: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
