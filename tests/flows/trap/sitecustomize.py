"""Writes down every name but loopback's that a Python process looks up."""

import os
import socket

_look_up = socket.getaddrinfo


def getaddrinfo(host, *arguments, **options):
    if host not in (None, "", "localhost", "127.0.0.1", "::1", b"127.0.0.1", "0.0.0.0"):
        with open(os.environ["NAMES_LOOKED_UP"], "a") as log:
            log.write(f"{host}\n")
    return _look_up(host, *arguments, **options)


socket.getaddrinfo = getaddrinfo
