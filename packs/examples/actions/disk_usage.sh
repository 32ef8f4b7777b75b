#!/bin/bash
# Tells how full a disk is: {"size_kib": …, "used_kib": …, "used_percent": …}.

# End at the first command that fails, and treat names that were never set as errors.
set -euo pipefail

# Parameters arrive on standard input, one name='value' in a line. Read them with `read`, never with `eval` or
# `source`: a value must stay a value, whatever somebody has put into it. (A quote inside a value arrives as '\''.)
path=/
limit_percent=100
while IFS='=' read -r name value; do
  value=${value#\'} value=${value%\'}
  case $name in
    path) path=${value//"'\\''"/"'"} ;;
    limit_percent) limit_percent=$value ;;
  esac
done

# The second line of df is: filesystem, size, used, available, used in percent, mounted on.
{ read -r _; read -r _ size used _ percent _; } < <(df -Pk -- "$path")
percent=${percent%\%}

# Standard output is the result.
printf '{"size_kib": %d, "used_kib": %d, "used_percent": %d}\n' "$size" "$used" "$percent"

# Fail with a message on standard error: it becomes `result.error` of the execution.
if ((percent > limit_percent)); then
  echo "$path is $percent % full, more than $limit_percent %" >&2
  exit 1
fi
