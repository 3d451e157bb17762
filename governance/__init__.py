"""Who we are, what binds us, what is due, what was done."""

from governance.celery import app as celery_app

__all__ = ["celery_app"]
