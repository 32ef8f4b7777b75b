"""Greets somebody: {"name": "Ada"} -> {"message": "Hello, Ada!", "length": 11}."""

import json
import sys

# Parameters arrive on standard input. Defaults of the schema are filled in already.
parameters = json.load(sys.stdin)

message = f"{parameters.get('greeting', 'Hello')}, {parameters['name']}!"

# Standard error is for people: it is kept as the log of the execution.
print(f"greeting {parameters['name']}", file=sys.stderr)

# Standard output is the result, because the action says `output_format: json`.
print(json.dumps({"message": message, "length": len(message)}))

# An action that ends with an exit code other than 0 has failed. An exception does that by itself.
