"""What must be loaded before any test module of this folder."""

import warnings

with warnings.catch_warnings():
    # Wyoming's library imports a module that Python 3.13 no longer has, and has its own instead.
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    import wyoming.audio  # noqa: F401
