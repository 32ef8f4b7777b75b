#!/bin/bash
# Does nothing and exits with `exit_code`.
set -euo pipefail
source "${BASH_SOURCE[0]%/*}/../lib/parameters.sh"

read_parameters
exit_code=${param_exit_code:-0}
if ! is_whole_number "$exit_code" 255; then
  echo "exit_code must be a whole number from 0 to 255, not '$exit_code'" >&2
  exit 1
fi

if [[ -n ${param_message-} ]]; then
  printf '[NOOP] %s\n' "$param_message"
fi
echo 'No operation completed successfully'
exit "$((10#$exit_code))"
