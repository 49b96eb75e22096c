#!/bin/sh
# Installs Mihari from the wheels beside this file, without a network: sh install.sh [FOLDER]   (default /opt/mihari)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-/opt/mihari}
python=${PYTHON:-python3}
wanted=$(cat "$here/python-version")
found=$("$python" -c 'import platform, sys; print("%d.%d" % sys.version_info[:2], platform.machine())') || {
    echo "install: expected Python $wanted as $python; name another one with PYTHON=..." >&2
    exit 2
}
if [ "$found" != "$wanted" ]; then
    echo "install: these wheels are for Python $wanted, found $found; name another one with PYTHON=..." >&2
    exit 2
fi
base=$("$python" -c 'import os, sys; print(os.path.realpath(sys.executable))')
case $base in
    /root/* | /home/*) echo "install: $base lies in a home, where a service cannot reach it; PYTHON=... names another" >&2 ;;
esac
"$python" -m venv "$folder"
"$folder/bin/python" -m pip --disable-pip-version-check install --quiet --no-index --find-links "$here/wheels" \
    --require-hashes -r "$here/requirements.txt"
"$folder/bin/mihari" --version
echo "installed in $folder; next: $folder/bin/mihari doctor"
