#!/bin/sh
# How well the gate sees, hides and how fast, in one table; kept in build/bench/gate.md.
#
#   BENCH_DATA=FOLDER [ARGS="--only wnut --show"] sh bench/gate.sh
#
# BENCH_DATA holds the corpora (docs/measured.md says which, and where they come from). Presidio is installed into
# build/presidio once; where that fails, the table says so.
set -eu
cd "$(dirname "$0")/.."
[ -d "${BENCH_DATA:-}" ] || {
    echo "bench-gate: where are the corpora? make bench-gate BENCH_DATA=FOLDER; docs/measured.md says what is in it." >&2
    exit 1
}
cmake --build build/release --target bench_gate_lines bench_scan bench_decide bench_restore >/dev/null
if [ ! -e build/presidio/ready ]; then
    echo "bench-gate: installs Presidio into build/presidio" >&2
    if python3 -m venv build/presidio && build/presidio/bin/pip install -q -r bench/presidio.txt >&2; then
        touch build/presidio/ready
    else
        echo "bench-gate: Presidio cannot be installed; the table leaves it out" >&2
        rm -rf build/presidio
    fi
fi
mkdir -p build/bench
python3 bench/gate.py "$BENCH_DATA" ${ARGS:-} | tee build/bench/gate.md
