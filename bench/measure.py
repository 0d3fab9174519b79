"""Runs a command COUNT times at once and writes to descriptor 3 what the kernel counted of it.

Python, because Node tells of its children neither processor time nor memory: `measure.py COUNT COMMAND ARGUMENT...`
A line with the process IDs comes at the start, one of JSON at the end.
"""

import json
import os
import sys
import time

count, command = int(sys.argv[1]), sys.argv[2:]
report = os.fdopen(3, "w", buffering=1)
os.set_inheritable(3, False)
started = time.monotonic()
children = [os.posix_spawnp(command[0], command, os.environ) for _ in range(count)]
print(*children, file=report)
ended = [os.wait4(child, 0) for child in children]
wall = time.monotonic() - started
print(
    json.dumps(
        {
            "exitCodes": sorted({os.waitstatus_to_exitcode(status) for _, status, _ in ended}),
            "wallMs": wall * 1000,
            "cpuMs": sum(usage.ru_utime + usage.ru_stime for _, _, usage in ended) * 1000,
            "peakMb": max(usage.ru_maxrss for _, _, usage in ended) / 1024,
        }
    ),
    file=report,
)
