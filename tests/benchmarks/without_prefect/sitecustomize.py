"""Puts empty names in Prefect's place, so that importing it costs nothing: what is left of a stage
is all but Prefect.
"""

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec


class Nothing:
    """Any class of Prefect's: nothing is under way."""

    def __class_getitem__(cls, _):
        return cls

    @staticmethod
    def get():
        return None


def wrap(function=None, **_):
    """Return a flow or a task as the function that it is."""
    return function or (lambda given: given)


NAMES = {"flow": wrap, "task": wrap}


def named(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return NAMES.get(name, Nothing)


class Names(MetaPathFinder, Loader):
    """Finds every module of Prefect, and gives it whatever name is asked for."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname.partition(".")[0] == "prefect":
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def exec_module(self, module):
        module.__getattr__ = named


sys.meta_path.insert(0, Names())
