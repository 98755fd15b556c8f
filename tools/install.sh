# Sourced by ./dev: installs the groups of tools/packages.txt that a command needs.

# The packages of the groups "$@" that are not installed, one a line.
missing_packages() {
  local wanted=" $* " group='' line package command
  while IFS= read -r line; do
    line=${line%%#*}
    read -r package _ command <<<"$line"
    case $package in
      '') continue ;;
      \[*\]) group=${package:1:-1}; continue ;;
    esac
    [[ $wanted == *" $group "* ]] || continue
    if [[ -n $command ]]; then
      command -v "$command" >/dev/null || echo "$package"
    elif [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
      echo "$package"
    fi
  done <"$root/tools/packages.txt" | sort -u
}

# Runs as root: apt-get for the packages "$@", with every service told not to start (an own policy-rc.d is kept).
apt_install='
export DEBIAN_FRONTEND=noninteractive
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf "#!/bin/sh\nexit 101\n" >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d
  trap "rm -f /usr/sbin/policy-rc.d" EXIT
fi
apt-get update -qq || echo "dev: apt-get update failed; trying with the lists at hand"
apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold "$@"
'

# Installs what the groups "$@" lack; says what and why when it cannot.
install_groups() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "dev: no apt here; going on with what is installed (tools/packages.txt lists what is needed)" >&2
    return 0
  fi
  local -a missing=() as_root=()
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      echo "dev: these packages are missing, and neither root nor sudo is at hand: ${missing[*]}" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  echo "dev: installing ${missing[*]}" >&2
  local log
  log=$(mktemp)
  if ! "${as_root[@]}" sh -c "$apt_install" apt_install "${missing[@]}" >"$log" 2>&1; then
    tail -20 "$log" >&2
    rm -f "$log"
    echo "dev: apt-get could not install: ${missing[*]}" >&2
    return 1
  fi
  rm -f "$log"
}
