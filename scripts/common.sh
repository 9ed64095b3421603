# Shared by the scripts in this folder; sourced, never run.
# Gives: step, die, usage, as_root, parallel_jobs, need_space, and the paths of the repository and
# the dependencies.

# A failure inside $(...) ends the script too.
shopt -s inherit_errexit

ROOKERY_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ROOKERY_LOCK=$ROOKERY_ROOT/scripts/dependencies.lock
ROOKERY_DEPS=${ROOKERY_DEPS:-$HOME/.cache/rookery}
# The installed set is named after the lock file; cmake/Dependencies.cmake computes the same name.
ROOKERY_PREFIX=$ROOKERY_DEPS/$(sha256sum "$ROOKERY_LOCK" | cut -c1-16)

# step TEXT: one line for every thing done, with the seconds since the script began.
step() { printf '[%4ds] %s\n' "$SECONDS" "$*" >&2; }
die() {
  printf '%s: error: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# usage: prints the comment block at the top of the calling script.
usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; }

# as_root WORDS...: runs a command that needs root, directly or through sudo.
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -- "$@"; fi; }

# parallel_jobs: one job per processor, and at least 2 GB of free memory for each.
parallel_jobs() {
  local cpus free_kb by_memory
  cpus=$(nproc)
  free_kb=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)
  by_memory=$((free_kb / 2097152))
  [ "$by_memory" -ge 1 ] || by_memory=1
  echo $((cpus < by_memory ? cpus : by_memory))
}

# need_space FOLDER MB WHAT: stops with one line when the disk is too full.
need_space() {
  local free_mb
  free_mb=$(df -Pm "$1" | awk 'NR == 2 {print $4}')
  [ "$free_mb" -ge "$2" ] ||
    die "$3 needs $2 MB in $1 but $free_mb MB are free. Make room, or set ROOKERY_DEPS to a" \
      "folder on another disk."
}

# build_preset PRESET [TARGETS...]: configures and builds into build/PRESET.
build_preset() {
  local preset=$1 target targets=() jobs log=$ROOKERY_ROOT/build/$1.log
  shift
  for target in "$@"; do targets+=(--target "$target"); done
  jobs=$(parallel_jobs)
  mkdir -p "$ROOKERY_ROOT/build"
  step "configuring build/$preset"
  if ! (cd "$ROOKERY_ROOT" && cmake --preset "$preset") >"$log" 2>&1; then
    cat "$log" >&2
    die "configuring build/$preset failed"
  fi
  # What is off, and which package would turn it on.
  grep ' is off: ' "$log" >&2 || true
  step "building build/$preset with $jobs jobs"
  (cd "$ROOKERY_ROOT" && cmake --build --preset "$preset" -j "$jobs" "${targets[@]}") >&2 ||
    die "building build/$preset failed"
  step "build/$preset is built"
}
