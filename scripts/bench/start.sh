# How long a daemon with years of history takes to start, and what it holds then.
new_daemon years
"$build/tests/bench/fill" "$home/data/journal.db" 100000 1000 5 0
start_daemon
mb=$(over "$(rss $pid)" 1024)
heading 'after years'
row 'start, 100,000 incidents, 1,000,000 events' $ms 1000 "$(over $ms 1000)" '<=1' ms
row 'memory then' "$mb" 200 "$(over "$mb" 200)" '<=1' MB
end $pid
