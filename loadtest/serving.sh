# What the scripts that serve a season share; sourced by them, not run. Defines work (a directory
# that goes again), server (the process that is stopped at the end), serve, stop_serving.

work=$(mktemp -d)
server=
finish() {
    local code=$?
    trap - EXIT
    stop_serving
    wait
    rm -rf "$work"
    exit "$code"
}
trap finish EXIT
trap 'exit 1' INT TERM

stop_serving() {
    [ -n "$server" ] || return 0
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" || true
    server=
}

# serve COMMAND...: which serves a season on free ports; returns when it is ready, at target and
# admin.
serve() {
    : > "$work/served"
    "$@" --listen 127.0.0.1:0 --admin 127.0.0.1:0 > "$work/served" 2>> "$work/server.log" &
    server=$!
    local tries=0
    until grep -q '^ready$' "$work/served"; do
        if ! kill -0 "$server" 2>/dev/null || [ $((tries += 1)) -gt 300 ]; then
            echo "the server does not start:" >&2
            tail -5 "$work/server.log" >&2
            exit 1
        fi
        sleep 0.1
    done
    target=$(sed -n 's/^clinic //p' "$work/served")
    admin=$(sed -n 's/^admin //p' "$work/served")
}
