"""Puts empty names in Prefect's place, so that a stage runs as the plain functions that it
consists of: what is left is all but Prefect.
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


class Plain:
    """A flow or a task: the function, and its name."""

    def __init__(self, function, name):
        self.fn, self.name, self.description = function, name or function.__name__, ""


def wrap(function=None, name=None, **_):
    return Plain(function, name) if function else lambda given: Plain(given, name)


NAMES = {"flow": wrap, "task": wrap, "TerminationSignal": KeyboardInterrupt}


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
