"""For every function of some modules of the library: its table of lines, and the line of each instruction."""

import dis
import importlib
import json

MODULES = ["asyncio.base_events", "multiprocessing.pool", "queue", "socket", "threading"]


def lines(code):
    if hasattr(code, "co_lines"):
        return [[start, line] for start, end, line in code.co_lines() for start in range(start, end, 2)]
    starts, told, line = dict(dis.findlinestarts(code)), [], None
    for at in range(0, len(code.co_code), 2):
        line = starts.get(at, line)
        told.append([at, line])
    return told


def tell(code):
    # one that is deprecated is still there up to 3.14
    table = getattr(code, "co_linetable", None) or code.co_lnotab
    print(json.dumps({"first": code.co_firstlineno, "table": list(table), "lines": lines(code)}))
    for constant in code.co_consts:
        if hasattr(constant, "co_code"):
            tell(constant)


for name in MODULES:
    module = importlib.import_module(name)
    with open(module.__file__, encoding="utf-8") as file:
        tell(compile(file.read(), module.__file__, "exec"))
