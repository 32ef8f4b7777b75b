#!/bin/bash
# Prints the parameter `message` as it is, without a line break after it.
set -euo pipefail
source "${BASH_SOURCE[0]%/*}/../lib/parameters.sh"

read_parameters
printf '%s' "${param_message-}"
