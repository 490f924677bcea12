"""The packages of requirements.txt, from the environment that tools/setup --tests makes.

A reader that is nowhere is no fault of ours: a test that needs it ends with exit code 77, which ctest counts
as skipped, and names what is missing.
"""

import importlib
import os
import sys


def folder():
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(cache, "tonus", "python")


def package(name):
    """The package, of the environment or else of this Python; ends the test where neither has it."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = os.path.join(folder(), "lib", version, "site-packages")
    if site not in sys.path:
        sys.path.insert(0, site)
    try:
        return importlib.import_module(name)
    except (ImportError, RuntimeError) as error:  # RuntimeError: pylsl without its liblsl
        print(f"skipped: no {name} ({error}); tools/setup --tests fetches it from PyPI into {folder()}")
        sys.exit(77)
