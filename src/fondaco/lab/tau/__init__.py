"""Plays a published benchmark's worlds and recorded conversations through the real engine.

Source of data and rules: tau-bench (Yao et al. 2024), whose schemas, policies and recorded results these
modules were written against.  The data is read from a directory beside the checkout and never shipped.
"""

from fondaco.lab.tau.command import main

__all__ = ["main"]
