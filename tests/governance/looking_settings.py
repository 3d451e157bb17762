"""The settings of a worker that knows the test duty."""

from governance.settings import *  # noqa: F403
from governance.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.governance.looking.LookingConfig"]
