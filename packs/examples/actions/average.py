"""Sums numbers up: {"numbers": [3, 1, 2]} -> {"mean": 2.0, "median": 2, "count": 3}.

A function action: the worker keeps this module loaded and calls `run`, so a call costs no new process.
"""

import statistics
import sys


def run(params, context):
    """`params` has the defaults of the schema filled in; `context` knows execution_id, action_ref, api_url, api_token and env."""
    numbers = params["numbers"]
    print(f"execution {context.execution_id} has {len(numbers)} numbers", file=sys.stderr)
    if not numbers:
        # Whoever raises has failed, and the message is the error of the execution.
        raise ValueError("no numbers given")
    # What is returned is the data, because the action says `output_format: json`.
    return {"mean": statistics.fmean(numbers), "median": statistics.median(numbers), "count": len(numbers)}
