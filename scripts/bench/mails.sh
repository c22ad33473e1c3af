# A message to 5,000 customers by mail through a local OpenSMTPD, against a bare loop of libcurl that sends the same bytes over one
# connection; how long a request waits meanwhile, and what daemon and connector hold at most. Deliveries are paused: the server
# does the same work for both, it takes each mail and writes it to its queue.
mails=5000
heading "a message to $mails customers by mail"

customers_csv() {
    echo key,name,routes
    for ((i = 0; i < mails; i++)); do echo "c$i,Customer $i,email c$i@customers.example"; done
}
told() { api /incidents/INC-1 | grep -o '"recipients":[0-9]*,"told":[0-9]*' | sed "s/.*://"; }

start_smtpd() {
    printf 'listen on 127.0.0.1 port %s\naction "keep" mda "/bin/true" virtual { "@" = "nobody" }\nmatch from any for any action "keep"\n' \
        "$smtp" > "$work/smtpd.conf"
    smtpd -d -f "$work/smtpd.conf" > "$work/smtpd.log" 2>&1 &
    mta=$!
    until (: < "/dev/tcp/127.0.0.1/$smtp") 2> /dev/null; do kill -0 $mta; done
    smtpctl pause mda > /dev/null
}
empty_queue() { smtpctl remove all > /dev/null; }

email_connector() { # of the newest daemon, to that server
    sed -i "s/connectors = {/&\n    email = { address = \"incidents@example.com\", secret = \"a secret of the bench of mails\", smtp = \"127.0.0.1:$smtp\", smtp_tls = \"none\" },/" \
        "$home/tocsin.lua"
}

# The longest time in ms that a request waited until FILE was there.
watch_requests() { # FILE
    while [ ! -e "$1" ]; do
        curl -s -o /dev/null -w '%{time_total}\n' "http://127.0.0.1:$at/readyz"
        sleep 0.05
    done | awk '{most = $1 > most ? $1 : most} END {printf "%d", most * 1000}' > "$1.most"
}

send_ours() {
    local from
    customers_csv > "$work/customers.csv"
    "$build/tocsin" --config "$home/tocsin.lua" customers import "$work/customers.csv" > /dev/null
    affect $mails
    until api /commands --json '{"text": "INC-1 customers"}' | grep -q 'affected by INC-1: 5,000'; do kill -0 $pid; sleep 0.2; done
    sleep 2 # until their groups are written
    run_line 'INC-1 sev minor'
    run_line 'INC-1 draft all Since 9:00 UTC the checkout has been slow, {{customer}}. We are on it, and write again within the hour.'
    watch_requests "$work/sent" &
    watching=$!
    from=$(date +%s%3N)
    run_line 'INC-1 approve'
    approved=$(($(date +%s%3N) - from))
    until [ "$(told)" = $mails ]; do kill -0 $pid; sleep 0.3; done
    ours=$(($(date +%s%3N) - from))
    touch "$work/sent"
    wait $watching
}

if [ "$(id -u)" = 0 ] && [ -x "$(type -P smtpd)" ] && [ ! -S /var/run/smtpd.sock ]; then
    smtp=$(port)
    start_smtpd
    new_daemon mails
    email_connector
    start_daemon
    email=$(pgrep -P $pid -f 'tocsin-runner.*email' | head -n 1)
    send_ours
    mb=$(awk -v kb=$(($(peak $pid) + $(peak "$email"))) 'BEGIN {printf "%.1f", kb / 1024}')
    most=$(cat "$work/sent.most")
    sed '1,/^$/d' "$(find /var/spool/smtpd/queue -name message | head -n 1)" > "$work/body" # without the header, for its size
    sed '/^$/q' "$(find /var/spool/smtpd/queue -name message | head -n 1)" | sed '/^Received:/,/^[^ \t]/{/^Received:/d;/^[ \t]/d}' |
        cat - "$work/body" | sed 's/\r*$/\r/' > "$work/mail"
    empty_queue
    end $pid
    theirs=$("$build/tests/bench/mails" "smtp://127.0.0.1:$smtp/example.com" "$work/mail" $mails '<incidents@example.com>' customers.example)
    empty_queue
    end $mta
    a=$(awk -v n=$mails -v ms="$ours" 'BEGIN {printf "%d", n * 1000 / ms}') b=$(awk -v n=$mails -v ms="$theirs" 'BEGIN {printf "%d", n * 1000 / ms}')
    mail_rate=$a
    row 'mails a second, from the approval to the last outcome' "$a" "$b" "$(over "$a" "$b")" '>=0.7' mails/s
    row 'the approval until it is answered' "$approved" 100 "$(over "$approved" 100)" '<=1' ms
    row 'longest wait of a request meanwhile' "$most" 100 "$(over "$most" 100)" '<=1' ms
    row 'most memory of daemon and connector' "$mb" 60 "$(over "$mb" 60)" '<=1' MB
else
    echo 'skipped: OpenSMTPD is not installed, runs already, or this is not root'
fi
