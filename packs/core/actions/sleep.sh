#!/bin/bash
# Prints `message`, waits `seconds` and says so.
set -euo pipefail
source "${BASH_SOURCE[0]%/*}/../lib/parameters.sh"

read_parameters
seconds=${param_seconds:-1}
if ! is_whole_number "$seconds" 3600; then
  echo "seconds must be a whole number from 0 to 3600, not '$seconds'" >&2
  exit 1
fi
seconds=$((10#$seconds))

if [[ -n ${param_message-} ]]; then
  printf '%s\n' "$param_message"
fi
sleep "$seconds"
echo "Slept for $seconds seconds"
