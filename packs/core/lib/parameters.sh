# Reads the parameters Attune writes to standard input (parameter_format: dotenv) into shell variables.
#
# Each parameter is a line key='value'. A value may hold line breaks, and a quote in it is written '\''. Nothing is
# evaluated: the text is cut at its quotes, so no value and no name, however hostile, is ever run as code. Every name
# gets the prefix param_, so that a parameter called PATH changes nothing. Names that no variable can have are skipped.
# Works with bash 3.2, the one macOS has.
read_parameters() {
  local LC_ALL=C state=name name='' value='' segment
  # A segment is the text up to the next quote. The states say what that segment is.
  while IFS= read -r -d "'" segment; do
    case $state in
      name)
        name=${segment##*$'\n'} value='' state=value
        ;;
      value)
        value+=$segment state=closed
        ;;
      closed)
        if [[ $segment == '\' ]]; then
          value+="'" state=reopen
        else
          set_parameter "$name" "$value"
          name=${segment##*$'\n'} value='' state=value
        fi
        ;;
      reopen)
        state=value
        ;;
    esac
  done
  if [[ $state == closed ]]; then
    set_parameter "$name" "$value"
  fi
}

# set_parameter 'key=' value
set_parameter() {
  local key=${1%=}
  if [[ $1 == *= && $key =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]]; then
    printf -v "param_$key" '%s' "$2"
  fi
}

# is_whole_number text maximum
is_whole_number() {
  [[ $1 =~ ^[0-9]{1,9}$ ]] && ((10#$1 <= $2))
}
