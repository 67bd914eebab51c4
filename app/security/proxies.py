"""Who a request comes from when proxies stand before us. Without this every visitor would be the
proxy, and one careless visitor would use up everybody's tries.
"""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.settings import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Believe the forwarding headers of as many proxies as the settings name; by default of none,
    since anyone can send them.
    """
    if settings.trusted_proxies:
        number = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=number, x_proto=number, x_host=number
        )
