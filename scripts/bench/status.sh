# Requests for the public page a second, ours against nginx with one worker and the same bytes, plain and by gzip (nginx from files
# compressed beforehand); and how long one takes, the slowest of a hundred, while a new word comes each second, against when none does.
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

# load PORT PATH ENCODING: prints requests a second, and the p99 in us
load() {
    wrk -t1 -c32 -d"${SECONDS_EACH}s" --latency -H "Accept-Encoding: $3" "http://127.0.0.1:$1$2" | awk '
        $1 == "99%" {p = $2; us = p ~ /ms$/ ? 1000 : p ~ /us$/ ? 1 : 1000000; sub(/[a-z]+$/, "", p); p99 = p * us}
        $1 == "Requests/sec:" {rate = $2}
        END {printf "%d %d\n", rate, p99}'
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
    read -r _ p99 <<< "$(load "$busy" /status/ gzip)"
    during+=" $p99"
    kill -STOP $posting
    read -r _ p99 <<< "$(load "$quiet" /status/ gzip)"
    idle+=" $p99"
    kill -CONT $posting
done
row 'status page, p99, while posting, against none' "$(median $during)" "$(median $idle)" "$(over "$(median $during)" "$(median $idle)")" '<=2' us
end $ours $posting $nginx
