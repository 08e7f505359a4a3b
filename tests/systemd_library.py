"""What systemd itself understands of units, read out of its own libraries (see tests/systemd.py).

`systemd --test` and `systemctl show` print values so that blanks, quotes and newlines blur. What
they print comes from the tables of properties that systemd serves over D-Bus; here units are loaded
with systemd's own library, as `systemd-analyze verify` does it, and those tables are read. That
takes neither root nor a running systemd. As a program, it answers each line with the path of a
folder by a line of JSON: a process of its own, because a mistake in C ends the process.
"""

import ctypes
import json
import os
import socket
import sys
from collections.abc import Mapping
from ctypes import byref, c_char, c_char_p, c_int, c_size_t, c_uint64, c_void_p
from glob import glob
from pathlib import Path
from typing import Any

Read = dict[str, dict[str, Any]]
"""Unit name to property to value, as `busctl get-property` would have it."""

_LIBRARIES = "/usr/lib/*/systemd/libsystemd-{}-*.so"
_SYSTEM, _MINIMAL_TEST_RUN, _ERRORS = 0, 1, 3
_PROPERTIES = {
    "bus_unit_vtable": ("LoadState", "Description", "Documentation", "RequiresMountsFor"),
    "bus_service_vtable": (
        "BusName",
        "PIDFile",
        *(f"Exec{when}Ex" for when in ("Condition", "StartPre", "Start", "StartPost")),
        *(f"Exec{when}Ex" for when in ("Reload", "Stop", "StopPost")),
    ),
    "bus_exec_vtable": (
        "Environment",
        "EnvironmentFiles",
        "ExecPaths",
        "Group",
        "InaccessiblePaths",
        "LoadCredential",
        "LoadCredentialEncrypted",
        "LogExtraFields",
        "NoExecPaths",
        "PassEnvironment",
        "ReadOnlyPaths",
        "ReadWritePaths",
        "RootDirectory",
        "RuntimeDirectory",
        "StandardError",
        "SupplementaryGroups",
        "SyslogIdentifier",
        "User",
        "WorkingDirectory",
    ),
    "bus_timer_vtable": ("TimersCalendar",),
}


def is_installed() -> bool:
    """Whether this machine has the libraries."""
    return bool(glob(_LIBRARIES.format("core")))


class _Property(ctypes.Structure):
    """`sd_bus_vtable` of systemd/sd-bus-vtable.h, as far as properties fill it."""

    _fields_ = (
        ("kind", c_uint64),
        ("name", c_char_p),
        ("signature", c_char_p),
        ("get", c_void_p),
        ("set", c_void_p),
        ("offset", c_size_t),
    )


_GETTER = ctypes.CFUNCTYPE(c_int, c_void_p, *[c_char_p] * 3, *[c_void_p] * 3)


class _Library:
    """systemd's libraries, loaded; every call that fails raises OSError."""

    def __init__(self) -> None:
        self._shared = _load("shared")
        self._core = _load("core")
        self._core.unit_get_exec_context.restype = c_void_p
        self._shared.log_set_max_level(_ERRORS)
        self._release = int(Path(self._core._name).stem.rpartition("-")[2])  # noqa: SLF001
        self._tables = {name: self._table(name) for name in _PROPERTIES}
        self._bus = c_void_p()
        self._ends = socket.socketpair()
        descriptor = self._ends[0].fileno()
        self._do("sd_bus_new", byref(self._bus))
        self._do("sd_bus_set_fd", self._bus, descriptor, descriptor)
        self._do("sd_bus_start", self._bus)

    def read(self, folder: str) -> Read:
        """All services and timers of a folder; of a template, an instance."""
        os.environ["SYSTEMD_UNIT_PATH"] = folder
        manager = c_void_p()
        self._check(self._core.manager_new(_SYSTEM, _MINIMAL_TEST_RUN, byref(manager)))
        self._check(self._core.manager_startup(manager, None, None, None))
        try:
            return {
                name: self._unit(manager, name.replace("@.", "@instance."))
                for name in sorted(os.listdir(folder))
                if name.endswith((".service", ".timer"))
            }
        finally:
            self._core.manager_free(manager)

    def _unit(self, manager: c_void_p, name: str) -> dict[str, Any]:
        unit = c_void_p()
        self._check(self._core.manager_load_unit(manager, name.encode(), None, None, byref(unit)))
        address = unit.value or 0
        bases = {"bus_unit_vtable": address}
        if name.endswith(".service"):
            bases["bus_service_vtable"] = address
            bases["bus_exec_vtable"] = self._core.unit_get_exec_context(unit)
        else:
            bases["bus_timer_vtable"] = address
        values = {
            key: self._property(self._tables[table][key], base)
            for table, base in bases.items()
            for key in _PROPERTIES[table]
        }
        for key, value in values.items():
            if key.endswith("Ex"):
                values[key] = [self._expanded(command) for command in value]
        return values

    def _expanded(self, command: list[Any]) -> dict[str, Any]:
        """A command as it would be run: `$$` and variables replaced, as right before execve(2)."""
        path, words, flags, *_ = command
        if "no-env-expand" not in flags:
            given = (c_char_p * (len(words) + 1))(*(word.encode() for word in words), None)
            empty = (c_char_p * 1)(None)
            replaced = c_void_p(self._replace(given, empty))
            words = _strings(replaced.value or 0)
        return {"path": path, "words": words, "flags": flags}

    def _replace(self, words: Any, environment: Any) -> int | None:
        if self._release < 254:
            self._shared.replace_env_argv.restype = c_void_p
            address: int | None = self._shared.replace_env_argv(words, environment)
            return address
        replaced = c_void_p()
        self._do("replace_env_argv", words, environment, byref(replaced), None, None)
        return replaced.value

    def _table(self, name: str) -> Mapping[str, _Property]:
        address = ctypes.addressof(c_char.in_dll(self._core, name))
        stride = c_size_t.from_address(address + 8).value
        table = {}
        while (kind := chr((row := _Property.from_address(address)).kind & 0xFF)) != ">":
            if kind in "PW":
                table[row.name.decode()] = row
            address += stride
        return table

    def _property(self, row: _Property, base: int) -> Any:
        if row.get:
            return self._served(row, base)
        if row.signature == b"as":
            return _strings(c_void_p.from_address(base + row.offset).value or 0)
        assert row.signature == b"s", row.name
        return (c_char_p.from_address(base + row.offset).value or b"").decode()

    def _served(self, row: _Property, base: int) -> Any:
        """What systemd's own function puts into the message that would go over D-Bus."""
        message = c_void_p()
        self._do("sd_bus_message_new_signal", self._bus, byref(message), b"/a", b"a.b", b"C")
        get = _GETTER(row.get)
        self._check(get(self._bus, b"/a", b"a.b", row.name, message, base + row.offset, None))
        self._do("sd_bus_message_seal", message, c_uint64(1), c_uint64(0))
        self._do("sd_bus_message_rewind", message, 1)
        value = self._next(message)
        self._shared.sd_bus_message_unref(message)
        return value

    def _next(self, message: c_void_p) -> Any:
        kind, contents = c_char(), c_char_p()
        self._do("sd_bus_message_peek_type", message, byref(kind), byref(contents))
        if kind.value in b"ar":
            self._do("sd_bus_message_enter_container", message, kind, contents)
            values = []
            while not self._shared.sd_bus_message_at_end(message, 0):
                values.append(self._next(message))
            self._do("sd_bus_message_exit_container", message)
            return values
        if kind.value in b"sog":
            text = c_char_p()
            self._do("sd_bus_message_read_basic", message, kind, byref(text))
            return (text.value or b"").decode()
        number = c_uint64(0)
        self._do("sd_bus_message_read_basic", message, kind, byref(number))
        return number.value

    def _do(self, function: str, *arguments: Any) -> None:
        self._check(getattr(self._shared, function)(*arguments))

    @staticmethod
    def _check(result: int) -> None:
        if result < 0:
            raise OSError(-result, os.strerror(-result))


def _strings(address: int) -> list[str]:
    """A NULL-terminated array of C strings."""
    strings: list[str] = []
    while address and (text := c_char_p.from_address(address + 8 * len(strings)).value) is not None:
        strings.append(text.decode())
    return strings


def _load(name: str) -> ctypes.CDLL:
    return ctypes.CDLL(glob(_LIBRARIES.format(name))[0], mode=ctypes.RTLD_GLOBAL)


def _main() -> None:
    library = _Library()
    for line in sys.stdin:
        print(json.dumps(library.read(line.removesuffix("\n"))), flush=True)


if __name__ == "__main__":
    _main()
