# A word of the status page to 50,000 subscribers by mail, through the OpenSMTPD of the bench of mails and against its rate in the same run;
# what daemon and connector hold at most, against before the word and when half is sent; how long a request waits meanwhile.
SUBSCRIBERS=${SUBSCRIBERS:-50000}
[ -n "${mail_rate:-}" ] || . scripts/bench/mails.sh

subscribers_csv() {
    echo type,email
    for ((i = 0; i < SUBSCRIBERS; i++)); do echo "email,s$i@subscribers.example"; done
}
both_mb() { awk -v kb=$(($("$1" $pid) + $("$1" "$email"))) 'BEGIN {printf "%.1f", kb / 1024}'; } # rss or peak

wait_sent() { # HOW MANY
    until [ $(($(metric "$home" "$at" tocsin_actions_done_total) - before)) -ge "$1" ]; do kill -0 $pid; sleep 0.5; done
}

# The word, from its approval until each mail is out; sets `took`, in ms.
send_word() {
    local from before
    run_line 'posts new \"Slow payments\" Since 9:00 UTC payments have been slow. We are on it, and write again within the hour.'
    wait_until_quiet "$home" "$at" > /dev/null
    for process in $pid $email; do echo 5 > "/proc/$process/clear_refs"; done # the most begins anew
    start_mb=$(both_mb rss) before=$(metric "$home" "$at" tocsin_actions_done_total)
    watch_requests "$work/told" &
    watching=$!
    from=$(date +%s%3N)
    run_line 'posts approve 1'
    wait_sent $((SUBSCRIBERS / 2))
    half_mb=$(both_mb rss)
    wait_sent "$SUBSCRIBERS"
    took=$(($(date +%s%3N) - from))
    touch "$work/told"
    wait $watching
}

if [ -n "${mail_rate:-}" ]; then
    heading "a word of the status page to $SUBSCRIBERS subscribers by mail"
    start_smtpd
    new_daemon subscribers
    email_connector
    sed -i 's/connectors = {/status_secret = "a secret of the bench of subscribers",\n  &/' "$home/tocsin.lua"
    mkdir -p "$home/policy"
    echo 'status_page { name = "main", title = "Acme", url = "https://status.acme.example" }' > "$home/policy/pages.lua"
    start_daemon
    email=$(pgrep -P $pid -f 'tocsin-runner.*email' | head -n 1)
    subscribers_csv > "$work/subscribers.csv"
    "$build/tocsin" --config "$home/tocsin.lua" subscribers import "$work/subscribers.csv" > /dev/null
    send_word
    most_mb=$(both_mb peak) rate=$((SUBSCRIBERS * 1000 / took))
    row 'mails to subscribers a second, against to customers' "$rate" "$mail_rate" "$(over "$rate" "$mail_rate")" '>=0.9' mails/s
    row 'most memory of daemon and connector, against at the start' "$most_mb" "$start_mb" "$(over "$most_mb" "$start_mb")" - MB
    row '… against when half is sent' "$most_mb" "$half_mb" "$(over "$most_mb" "$half_mb")" '<=1.2' MB
    row 'longest wait of a request meanwhile' "$(cat "$work/told.most")" 100 "$(over "$(cat "$work/told.most")" 100)" '<=1' ms
    empty_queue
    end $pid $mta
fi
