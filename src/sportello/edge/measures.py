"""What the edge counts, for `/metrics`."""

from typing import Final

from prometheus_client import Counter, Gauge

WEBHOOKS: Final = Counter("sportello_webhooks", "Webhook deliveries answered", ["status"])
BROWSERS: Final = Gauge("sportello_live_browsers", "Browsers that listen for live updates")
