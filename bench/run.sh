#!/bin/sh
# weir beside nginx and HAProxy in front of one mock upstream, all on this computer, in one run. Prints one table and
# keeps it in build/bench/table.md.
#
#   ROUNDS=5 SECONDS_EACH=2 WEIR=build/weir PORT=9100 PARTIES="nginx haproxy weir" sh bench/run.sh
#
# Everything listens on 127.0.0.1. weir runs in places of its own (build/bench/home) with all that it does by default:
# every request is labelled, permitted by the policy, decided and recorded. It is measured twice: `weir` has the mock as
# a provider, so that each request is in the ledger, durably, before it is sent; `weir-local` has it as engine, a child on
# a Unix socket whose answers are translated.
set -eu
cd "$(dirname "$0")/.."
ROUNDS=${ROUNDS:-5}
SECONDS_EACH=${SECONDS_EACH:-2}
WEIR=${WEIR:-build/weir}
PORT=${PORT:-9100}
PARTIES=${PARTIES:-nginx haproxy weir}
work=$PWD/build/bench
home=$work/home
pids=
PATH=$PATH:/usr/sbin

die() {
    echo "bench: $*" >&2
    exit 1
}

clean_up() {
    for pid in $pids; do
        kill "$pid" 2>/dev/null || true
    done
    for pid in $pids; do
        wait "$pid" 2>/dev/null || true
    done
}
trap clean_up EXIT
trap 'exit 1' INT TERM

build() {
    mkdir -p "$work"
    rm -f "$work"/*.plain "$work"/*.stream "$work"/*.json
    cc -std=c17 -O2 -o "$work/mock" bench/mock*.c -pthread
    cc -std=c17 -O2 -o "$work/load" bench/load*.c
}

# $1: extra members. The text fills the body up to about 1 KB.
body() {
    text=$(yes 'tell me about the river and the weir' | head -n 26 | tr '\n' ' ')
    printf '{"model":"mock",%s"messages":[{"role":"user","content":"%s"}]}' "$1" "$text"
}

answers() { # port
    python3 bench/ask.py "http://127.0.0.1:$1/v1/chat/completions" "$work/plain.body" >"$work/last" 2>&1
}

# name, port, pid: until it answers
await() {
    tries=0
    until answers "$2"; do
        kill -0 "$3" 2>/dev/null || die "$1 ended; see $work/$1.log"
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || die "$1 does not answer; see $work/$1.log"
        sleep 0.1
    done
}

# name, port, command …: starts it and makes an arm of it
start() {
    name=$1
    port=$2
    shift 2
    "$@" >"$work/$name.log" 2>&1 &
    pid=$!
    pids="$pids $pid"
    await "$name" "$port" "$pid"
    arms="$arms --arm $name=http://127.0.0.1:$port/v1/chat/completions:$pid"
    echo "bench: $name runs, pid $pid" >&2
}

nginx_conf() { # port
    mkdir -p "$work/nginx"
    cat >"$work/nginx/nginx.conf" <<EOF
$([ "$(id -u)" != 0 ] || echo 'user root;')
worker_processes 1;
daemon off;
pid nginx.pid;
error_log stderr error;
events { worker_connections 8192; }
http {
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    client_max_body_size 64m;
    client_body_buffer_size 1m;
    keepalive_requests 1000000000;
    upstream model { server 127.0.0.1:$PORT; keepalive 256; keepalive_requests 1000000000; }
    server {
        listen 127.0.0.1:$1 backlog=4096;
        location / {
            proxy_pass http://model;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
            proxy_request_buffering off;
            proxy_read_timeout 600s;
        }
    }
}
EOF
}

haproxy_conf() { # port
    cat >"$work/haproxy.cfg" <<EOF
global
    nbthread 1
    maxconn 8192
defaults
    mode http
    option http-no-delay
    http-reuse always
    timeout connect 5s
    timeout client 600s
    timeout server 600s
listen model
    bind 127.0.0.1:$1
    server upstream 127.0.0.1:$PORT
EOF
}

weir_conf() { # port
    rm -rf "$home"
    mkdir -p "$home/config/weir" "$home/run"
    chmod 700 "$home/run"
    cat >"$home/config/weir/weir.toml" <<EOF
[server]
port = $1

[[provider]]
name = "mock"
dialect = "openai"
url = "http://127.0.0.1:$PORT/v1"
zone = "device"
models = ["mock"]

[engine]
binary = "$home/engine"

[models.set."bench"]
slots = 64
EOF
    chmod 600 "$home/config/weir/weir.toml"
    # The engine weir starts is the mock: only the socket's path is taken from the engine's arguments.
    cat >"$home/engine" <<EOF
#!/bin/sh
while [ \$# -gt 1 ]; do
    [ "\$1" != --host ] || exec "$work/mock" --unix "\$2" --body-bytes 568 --events 50 --pace-us 100000
    shift
done
exit 1
EOF
    chmod 700 "$home/engine"
    mkdir -p "$home/data/weir/models"
    python3 bench/model.py "$home/data/weir/models/bench.gguf"
}

run_weir() {
    exec env -u HTTP_PROXY -u HTTPS_PROXY HOME="$home" XDG_CONFIG_HOME="$home/config" \
        XDG_DATA_HOME="$home/data" XDG_STATE_HOME="$home/state" XDG_CACHE_HOME="$home/cache" \
        XDG_RUNTIME_DIR="$home/run" "$WEIR" serve
}

start_nginx() {
    command -v nginx >/dev/null || die "nginx is not installed: sh scripts/install bench"
    nginx_conf $((PORT + 2))
    start nginx $((PORT + 2)) nginx -p "$work/nginx" -c "$work/nginx/nginx.conf" -e stderr
}

start_haproxy() {
    command -v haproxy >/dev/null || die "haproxy is not installed: sh scripts/install bench"
    haproxy_conf $((PORT + 3))
    start haproxy $((PORT + 3)) haproxy -db -f "$work/haproxy.cfg"
}

start_weir() {
    [ -x "$WEIR" ] || die "there is no $WEIR; make build"
    weir_conf $((PORT + 4))
    start weir $((PORT + 4)) run_weir
    engine=$work/local
    for kind in plain stream quick; do
        sed 's|"model":"mock"|"model":"local/bench"|' "$work/$kind.body" >"$engine.$kind.body"
    done
    # weir always asks an engine for a stream: where the others pass one answer, here it is one event.
    sed -i 's/"content":"/"content":"[events=1] [pace-us=1] /' "$engine.plain.body"
    python3 bench/ask.py "http://127.0.0.1:$((PORT + 4))/v1/chat/completions" "$engine.plain.body" \
        >"$work/last" 2>&1 || die "weir does not reach its engine: $(cat "$work/last")"
    arms="$arms --arm weir-local=http://127.0.0.1:$((PORT + 4))/v1/chat/completions:$pid"
    arms="$arms --arm-alone weir --arm-alone weir-local"
}

start_all() {
    arms=
    "$work/mock" --port "$PORT" --body-bytes 568 --events 50 --pace-us 100000 >"$work/mock.log" 2>&1 &
    mock=$!
    pids="$pids $mock"
    await mock "$PORT" "$mock"
    start direct $((PORT + 1)) "$work/mock" --port $((PORT + 1)) --body-bytes 568 --events 50 \
        --pace-us 100000
    for party in $PARTIES; do
        start_$party
    done
}

body_of() { # name, kind
    case $1 in
        weir-local) echo "$work/local.$2.body" ;;
        *) echo "$work/$2.body" ;;
    esac
}

# What each party gives for the same request must hold the same answer; a stream, all events and its end.
compare() {
    for arm in $arms; do
        case $arm in
            *=http*) ;;
            *) continue ;;
        esac
        name=${arm%%=*}
        url=${arm#*=}
        python3 bench/ask.py "${url%:*}" "$(body_of "$name" plain)" >"$work/$name.plain"
        python3 bench/ask.py "${url%:*}" "$(body_of "$name" quick)" >"$work/$name.stream"
    done
    python3 bench/table.py --compare "$work"
}

# On one CPU, latency is a sum of CPU times, without the cost of waking another core.
pin() { # CPUs
    command -v taskset >/dev/null || return 0
    for pid in $pids; do
        for p in $pid $(cat "/proc/$pid/task/$pid/children" 2>/dev/null); do
            taskset -apc "$1" "$p" >/dev/null 2>&1 || true
        done
    done
    client="taskset -c $1"
}

# name of the result, kind of body, then what load takes
measure() {
    row=$1
    kind=$2
    shift 2
    case $arms in
        *weir-local*) set -- "$@" --arm-body "weir-local=$(body_of weir-local "$kind")" ;;
    esac
    echo "bench: measuring $row" >&2
    # shellcheck disable=SC2086 # several words in each
    $client "$work/load" $arms --rounds "$ROUNDS" --timeout 60 \
        --body "$work/$kind.body" "$@" >"$work/$row.json"
}

versions() {
    {
        case $PARTIES in *weir*) "$WEIR" version ;; esac
        nginx -v 2>&1 | sed -n 's|.*nginx/\([0-9.]*\).*|nginx \1, 1 worker|p'
        haproxy -v 2>/dev/null | sed -n '1s/.*version \([0-9.]*\).*/HAProxy \1, 1 thread/p'
        uname -srm
        echo "$(nproc) CPUs, load $(cut -d' ' -f1 /proc/loadavg)"
    } >"$work/versions"
}

client=
build
body '' >"$work/plain.body"
body '"stream":true,' >"$work/stream.body"
sed 's/"content":"/"content":"[pace-us=1000] /' "$work/stream.body" >"$work/quick.body"
start_all
versions
compare
sleep 5 # idle memory is read after this
cpus=$(taskset -pc $$ 2>/dev/null | sed 's/.*: //')
pin "${cpus%%[,-]*}"
measure plain-1 plain --connections 1 --seconds "$SECONDS_EACH" --warmup-seconds 1 \
    --bracket 15
measure plain-16 plain --connections 16 --seconds "$SECONDS_EACH" --bracket 15
pin "$cpus"
measure streams-500 stream --stream --connections 500 --ramp 2000 --requests 500 \
    --seconds 4 --pss-at 3
python3 bench/table.py "$work" | tee "$work/table.md"
