# sh scripts/apt.sh PACKAGE…   installs system packages; ends with 2 and the line if it may not.
set -eu
line="apt-get update && apt-get install --yes --no-install-recommends $*"
export DEBIAN_FRONTEND=noninteractive
if ! command -v apt-get >/dev/null; then
    printf 'Uppsikt needs what Debian calls: %s\nInstall these, then start again.\n' "$*" >&2
    exit 2
fi
if [ "$(id -u)" = 0 ]; then
    printf 'Installing system packages:\n\n    %s\n\n' "$line" >&2
    exec sh -c "$line" >&2
fi
# sudo is tried where it needs no password, or where somebody is there to type it
if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    printf 'Installing system packages:\n\n    sudo sh -c "%s"\n\n' "$line" >&2
    sudo sh -c "$line" >&2 && exit 0
fi
printf 'Uppsikt needs system packages. Ask an administrator to run this as root:\n\n' >&2
printf '    %s\n\nThen start again.\n' "$line" >&2
exit 2
