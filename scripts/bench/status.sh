# Requests for the public page a second, ours against nginx with one worker and the same bytes, plain and by gzip (nginx from files
# compressed beforehand); and how long one takes, the slowest of a hundred, while a new word comes each second, against when none does;
# and how long some 1,500 a second take in a daemon to which alerts come at half of the most that it takes, against when none come.
# In turns, since neighbours have moods; what counts is the median of the rounds. Needs nginx and wrk.
ROUNDS=${STATUS_ROUNDS:-3} SECONDS_EACH=${STATUS_SECONDS:-3}

quiet=$(port) busy=$(port) peer=$(port) files=$work/status
"$build/tests/bench/status" "$quiet" "$files" & ours=$!
"$build/tests/bench/status" "$busy" "$work/unused" 1000 & posting=$!
until curl -sf -o /dev/null "http://127.0.0.1:$quiet/status/" && curl -sf -o /dev/null "http://127.0.0.1:$busy/status/"; do sleep 0.1; done
curl -sf "http://127.0.0.1:$quiet/status/" > "$files/index.html" # to the byte
gzip -9 -k "$files/index.html"
cat > "$work/nginx.conf" << END
worker_processes 1; daemon off; pid $work/nginx.pid; error_log stderr crit;
events { worker_connections 1024; }
http {
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=100; gzip_static on; default_type text/html;
    client_body_temp_path $work; proxy_temp_path $work; fastcgi_temp_path $work; uwsgi_temp_path $work; scgi_temp_path $work;
    server { listen 127.0.0.1:$peer; root $files; add_header Cache-Control "public, max-age=10"; }
}
END
nginx -c "$work/nginx.conf" & nginx=$!
until curl -sf -o /dev/null "http://127.0.0.1:$peer/"; do sleep 0.1; done

# What wrk says: requests a second, the p99 and the p50 in us.
measured() {
    awk 'function us(time) {return time * (time ~ /ms$/ ? 1000 : time ~ /us$/ ? 1 : 1000000)}
        $1 == "50%" {p50 = us($2)}
        $1 == "99%" {p99 = us($2)}
        $1 == "Requests/sec:" {rate = $2}
        END {printf "%d %d %d\n", rate, p99, p50}'
}
load() { # PORT PATH ENCODING
    wrk -t1 -c32 -d"${SECONDS_EACH}s" --latency -H "Accept-Encoding: $3" "http://127.0.0.1:$1$2" | measured
}

heading 'the status page, from memory'
for encoding in identity gzip; do
    mine= theirs=
    for ((round = 0; round < ROUNDS; round++)); do
        kill -STOP $posting
        read -r rate _ <<< "$(load "$quiet" /status/ $encoding)"
        mine+=" $rate"
        read -r rate _ <<< "$(load "$peer" / $encoding)"
        theirs+=" $rate"
        kill -CONT $posting
    done
    row "status page, $encoding, against nginx" "$(median $mine)" "$(median $theirs)" "$(over "$(median $mine)" "$(median $theirs)")" '>=0.8' requests/s
done
idle= during=
for ((round = 0; round < ROUNDS; round++)); do
    read -r _ p99 _ <<< "$(load "$busy" /status/ gzip)"
    during+=" $p99"
    kill -STOP $posting
    read -r _ p99 _ <<< "$(load "$quiet" /status/ gzip)"
    idle+=" $p99"
    kill -CONT $posting
done
row 'status page, p99, while posting, against none' "$(median $during)" "$(median $idle)" "$(over "$(median $during)" "$(median $idle)")" '<=2' us
end $ours $posting $nginx

# ---- while alerts come ----

export BATCH=1 DISTINCT=1000
KEEP=5 # ms between two alerts of a connection

readers() { PACE=10 wrk -t1 -c16 -d"${SECONDS_EACH}s" --latency -s tests/bench/paced.lua -H 'Accept-Encoding: gzip' "http://127.0.0.1:$at/status/" | measured; }
alerts() { # CONNECTIONS SECONDS: prints how many a second are acknowledged
    wrk -t1 -c"$1" -d"$2s" -s tests/bench/alerts.lua "http://127.0.0.1:$at/api/v2/alerts" > "$work/wrk"
    grep -q ' failed 0$' "$work/wrk" || grep '^requests' "$work/wrk" >&2
    measured < "$work/wrk" | cut -d ' ' -f 1
}

new_daemon status-alerts
sed -i 's/^  listen = .*/&\n  new_groups_burst = 1000000,/' "$home/tocsin.lua"
mkdir -p "$home/policy"
{
    echo 'status_page { name = "main", title = "Acme", url = "https://status.acme.example" }'
    for ((i = 0; i < 200; i++)); do echo "component { name = \"Component $i\" }"; done
} > "$home/policy/pages.lua"
KEY=$(sed -n 's/.*key = "\([^"]*\)".*/\1/p' "$home/tocsin.lua" | head -n 1)
export KEY
start_daemon
until curl -sf -o /dev/null "http://127.0.0.1:$at/status/"; do kill -0 $pid; done
half=$(($(alerts 16 "$SECONDS_EACH") / 2))
idle99= idle50= busy99= busy50= came=
for ((round = 0; round < ROUNDS; round++)); do
    wait_until_quiet "$home" "$at" > /dev/null
    read -r _ p99 p50 <<< "$(readers)"
    idle99+=" $p99" idle50+=" $p50"
    PACE=$KEEP alerts $((half * KEEP / 1000 + 1)) $((SECONDS_EACH + 2)) > "$work/came" & sender=$!
    sleep 1
    read -r _ p99 p50 <<< "$(readers)"
    busy99+=" $p99" busy50+=" $p50"
    wait $sender
    came+=" $(cat "$work/came")"
done
for which in 50 99; do
    busy=busy$which idle=idle$which
    busy=$(median ${!busy}) idle=$(median ${!idle})
    row "status page, p$which, while alerts come at half their top rate" "$busy" "$idle" "$(over "$busy" "$idle")" "$([ $which = 99 ] && echo '<=2' || echo -)" us
done
row 'alerts acknowledged a second then, against half their top rate' "$(median $came)" "$half" "$(over "$(median $came)" "$half")" '>=0.9' alerts/s
end $pid
