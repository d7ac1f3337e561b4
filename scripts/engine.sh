# Sourced: starts a Docker engine and two registries of its own, all on this machine's loopback, and makes the base
# images that are missing. Needs root, and Debian's docker.io, docker-registry, apache2-utils, mmdebstrap and iproute2.
# Sets DOCKER_HOST, DOCKER_CONFIG and what tests read: TWINRAIL_TEST_ENGINE, _SWARM, _REGISTRY, _CLOSED_REGISTRY and its
# _LOGIN.
# stop_engine ends it; so does the end of the shell that sourced this. Images and bases stay in TWINRAIL_CACHE.
# `engine_bases="slim full"` before it asks for these bases alone.

engine_scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$engine_scripts/at_end.sh"

engine_cache=${TWINRAIL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/twinrail}
engine_folder=$(mktemp -d -t twinrail-engine-XXXXXX)
engine_path=$PATH
engine_bridge=
engine_data=$engine_cache/engine

# Starts a program, in a session of its own: Ctrl-C leaves it to stop_engine. leftovers.py knows it by its environment.
start_part() {
  rm -f "$engine_folder/$1.pid"
  TWINRAIL_ENGINE=$engine_folder setsid bash -c 'echo $$ >"$0.pid" && exec "$@"' "$engine_folder/$1" "${@:2}" \
    >"$engine_folder/$1.log" 2>&1 </dev/null &
}

# Whether it runs, or is too young to have told its number.
part_lives() { [ ! -s "$engine_folder/$1.pid" ] || kill -0 "$(cat "$engine_folder/$1.pid")" 2>/dev/null; }

# Waits until a command succeeds; fails after half a minute, and at once where the program has ended.
await_part() {
  for _ in $(seq 300); do
    if "${@:2}" >/dev/null 2>&1; then return 0; fi
    if ! part_lives "$1"; then break; fi
    sleep 0.1
  done
  tail -n 5 "$engine_folder/$1.log" >&2
  echo "$1 does not answer." >&2
  return 1
}

stop_part() {
  if [ ! -s "$engine_folder/$1.pid" ]; then return 0; fi
  kill "$(cat "$engine_folder/$1.pid")" 2>/dev/null || true
  for _ in $(seq 300); do
    if ! part_lives "$1"; then return 0; fi
    sleep 0.1
  done
  kill -KILL "$(cat "$engine_folder/$1.pid")"
}

start_registry() {
  local port
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  cat >"$engine_folder/$1.yml" <<END
version: 0.1
storage: {filesystem: {rootdirectory: "$engine_folder/$1"}, delete: {enabled: true}}
http: {addr: "127.0.0.1:$port"}
${2:-}
END
  start_part "$1" docker-registry serve "$engine_folder/$1.yml"
  await_part "$1" bash -c ": </dev/tcp/127.0.0.1/$port"
  registry=127.0.0.1:$port
}

# Ends what tests, or a run that was killed, have left in the engine. The bases stay, and some of what builds keep.
clear_engine() {
  docker swarm leave --force >/dev/null 2>&1 || true
  docker ps --all --quiet | xargs --no-run-if-empty docker rm --force --volumes
  docker network prune --force
  docker volume prune --force
  comm -23 <(docker image ls --format '{{.Repository}}:{{.Tag}}' | sed '/<none>/d' | sort) \
    <(python3 "$engine_scripts/bases.py" --names | sort) |
    xargs --no-run-if-empty docker image rm --force
  docker image prune --force
  docker builder prune --force --keep-storage 2GB
} >/dev/null

# Nobody listens at that proxy, and to this machine's own addresses no proxy is asked: what is not here is nowhere.
nowhere=http://127.0.0.1:9

start_engine() {
  start_part dockerd flock --no-fork "$engine_data.lock" env HTTP_PROXY=$nowhere HTTPS_PROXY=$nowhere NO_PROXY= \
    dockerd --storage-driver "$engine_driver" --host "$DOCKER_HOST" \
    --data-root "$engine_data" --exec-root "$engine_folder/exec" --pidfile "$engine_folder/docker.pid" \
    --containerd-namespace "$engine_bridge" --containerd-plugins-namespace "$engine_bridge-plugins" \
    --bridge "$engine_bridge"
  await_part dockerd docker version
}

# A swarm of this engine alone. Its address, its port for data and its bridge are no other engine's.
start_swarm() {
  local number=${engine_bridge#twinrail}
  docker network create --opt com.docker.network.bridge.name="$engine_bridge-gw" docker_gwbridge &&
    docker swarm init --advertise-addr "127.0.$((100 + number)).1" --listen-addr "127.0.$((100 + number)).1:2377" \
      --data-path-port $((47000 + number)) --default-addr-pool 10.214.0.0/16
} >/dev/null

stop_engine() {
  if [ ! -d "$engine_folder" ]; then return 0; fi
  if docker version >/dev/null 2>&1; then clear_engine || true; fi
  stop_part registry
  stop_part closed-registry
  stop_part dockerd
  # dockerd leaves this folder mounted on itself.
  if mountpoint -q "$engine_data"; then umount "$engine_data"; fi
  if [ -n "$engine_bridge" ]; then ip link delete "$engine_bridge"; fi
  rm -rf --one-file-system "$engine_folder"
  PATH=$engine_path
  unset DOCKER_HOST DOCKER_CONFIG TWINRAIL_TEST_{ENGINE,SWARM,REGISTRY,CLOSED_REGISTRY,LOGIN}
}
at_end stop_engine

# Debian's client builds by BuildKit with no plugin; another that stands before it may not.
mkdir "$engine_folder/bin" "$engine_folder/config"
ln -s /usr/bin/docker "$engine_folder/bin"
export PATH=$engine_folder/bin:$PATH
# buildah wants the file to be there.
echo '{}' >"$engine_folder/config/config.json"
export DOCKER_CONFIG=$engine_folder/config DOCKER_HOST=unix://$engine_folder/docker.sock

# Its own bridge: docker0 is another engine's.
for number in $(seq 0 99); do
  if ip link add "twinrail$number" type bridge 2>"$engine_folder/bridge.log"; then
    engine_bridge=twinrail$number
    ip address add "10.213.$number.1/24" dev "$engine_bridge"
    break
  fi
done
if [ -z "$engine_bridge" ]; then cat "$engine_folder/bridge.log" >&2 && return 1; fi

# One engine at a time keeps its images; a second one beside it begins with none.
mkdir -p "$engine_data"
flock --nonblock "$engine_data.lock" true || engine_data=$engine_folder/data

for engine_driver in overlay2 vfs; do
  if start_engine; then break; fi
  stop_part dockerd
done
docker version >/dev/null || return 1
clear_engine
python3 "$engine_scripts/bases.py" "$engine_cache/bases" ${engine_bases:-}

start_registry registry
export TWINRAIL_TEST_REGISTRY=$registry
password=$(head -c 12 /dev/urandom | base64)
htpasswd -Bin twinrail <<<"$password" >"$engine_folder/htpasswd"
start_registry closed-registry "auth: {htpasswd: {realm: twinrail, path: \"$engine_folder/htpasswd\"}}"
export TWINRAIL_TEST_CLOSED_REGISTRY=$registry TWINRAIL_TEST_LOGIN=twinrail:$password
export TWINRAIL_TEST_ENGINE=$DOCKER_HOST
if start_swarm; then export TWINRAIL_TEST_SWARM=$DOCKER_HOST; fi
