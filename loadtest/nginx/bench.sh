# What the scripts that run nginx share; sourced by them, not run. Defines work (a directory that
# goes again), season, running (processes that are stopped at the end), die, ready, start_nginx.

die() { echo "${0##*/}: $*" >&2; exit 1; }

work=$(mktemp -d)
season=$work/season
export TMPDIR=$work
running=()
finish() {
    local code=$?
    trap - EXIT
    for pid in "${running[@]}"; do
        kill -TERM "$pid" 2>/dev/null || true
    done
    wait
    rm -rf "$work"
    exit "$code"
}
trap finish EXIT
trap 'exit 1' INT TERM

# ready COMMAND...: waits until it succeeds while the process started last lives.
ready() {
    for _ in $(seq 300); do
        if "$@" >/dev/null 2>&1; then return; fi
        kill -0 "${running[-1]}" 2>/dev/null || break
        sleep 0.1
    done
    tail -5 "$work"/*.log >&2
    die "a server did not start"
}

# start_nginx WORKERS CONNECTIONS [COMMAND...]: at at_nginx, its workers pids_nginx. The season must
# be there, for its certificate.
start_nginx() {
    local port=$((20000 + RANDOM % 10000)) descriptors
    descriptors=$(ulimit -n)
    [ "$descriptors" != unlimited ] || descriptors=100000
    while ss -Htln "sport = :$port" | grep -q .; do port=$((port + 1)); done
    sed -e "s|@WORK@|$work|; s|@SEASON@|$season|; s|@PORT@|$port|; s|@WORKERS@|$1|" \
        -e "s|@DESCRIPTORS@|$descriptors|; s|@CONNECTIONS@|$2|" \
        loadtest/nginx/nginx.conf.in > "$work/nginx.conf"
    [ "$(id -u)" -ne 0 ] || chmod 711 "$work"
    "${@:3}" /usr/sbin/nginx -e "$work/nginx.log" -p "$work" -c "$work/nginx.conf" \
        2>> "$work/nginx.log" &
    running+=($!)
    at_nginx=127.0.0.1:$port
    ready curl -sf --cacert "$season/ca.pem" "https://$at_nginx/status"
    pids_nginx=$(pgrep -P "${running[-1]}" | tr '\n' ' ')
}

# unharmed WHO FILE: every answer of the wrk run in FILE was as hoped.
unharmed() {
    if grep -qE 'Non-2xx|Socket errors|unable' "$2"; then
        cat "$2" >&2
        die "$1 did not answer every request"
    fi
}

median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
