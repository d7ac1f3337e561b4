# Sourced: starts a Redis of its own on a free port of 127.0.0.1, in a temporary folder, and sets TEST_REDIS_URL.
# stop_redis ends it; so does the end of the shell that sourced this.

source "$(dirname "${BASH_SOURCE[0]}")/at_end.sh"

redis_folder=$(mktemp -d -t twinrail-redis-XXXXXX)
redis_port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

stop_redis() {
  if [ -d "$redis_folder" ]; then
    # It has nothing to keep, and writes into its folder as long as it lives.
    kill -KILL "$(cat "$redis_folder/pid")" 2>/dev/null || true
    rm -rf "$redis_folder"
  fi
}
at_end stop_redis

redis-server --bind 127.0.0.1 --port "$redis_port" --dir "$redis_folder" --save '' --daemonize yes \
  --pidfile "$redis_folder/pid" --logfile "$redis_folder/log" >/dev/null
for _ in $(seq 100); do
  if (exec 3<>"/dev/tcp/127.0.0.1/$redis_port") 2>/dev/null; then break; fi
  sleep 0.1
done
export TEST_REDIS_URL=redis://127.0.0.1:$redis_port/0
