# Sourced: at_end COMMAND runs it when this shell ends, before what was asked for earlier; a subshell begins anew.

at_end() {
  if [ "${at_end_shell:-}" != "$BASHPID" ]; then
    at_end_shell=$BASHPID
    at_end_commands=
  fi
  at_end_commands="$1; $at_end_commands"
  trap "$at_end_commands" EXIT
}
