"""What peers of benchmarks speak with the program: JSON, one object a line (apps/peer.h)."""

import json
import os
import sys


def say(answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def serve(commands):
    """Answers requests until stdin ends; commands: name -> function(request) -> answer."""
    for line in sys.stdin:
        request = json.loads(line)
        say(commands[request["command"]](request))


def silence_c_stdout():
    """C libraries print to the C stdout: keep a private copy for us, send the rest to stderr."""
    private = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = os.fdopen(private, "w")
