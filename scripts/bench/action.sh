# From an alert at the intake to its page handed to a connector, and to a request about it at a webhook; against the same alert through
# Alertmanager, which is told to wait for no others of its group, to the same webhook. Each alert is a problem of its own; they take turns.
PAGES=${PAGES:-300}
hook=$(port) theirs=$(port)

cat > "$work/hook.yml" << YML
route: {receiver: hook, group_by: ['...'], group_wait: 0s}
receivers: [{name: hook, webhook_configs: [{url: 'http://127.0.0.1:$hook/'}]}]
YML
prometheus-alertmanager --config.file="$work/hook.yml" --storage.path="$work/am-hook" --web.listen-address="127.0.0.1:$theirs" \
    --cluster.listen-address= > "$work/hook.log" 2>&1 &
peer=$!
until curl -sf "http://127.0.0.1:$theirs/-/ready" > /dev/null; do kill -0 $peer; done
page_by_witness pages "$hook"
handed="handed=http://$KEY@127.0.0.1:$at/api/v2/alerts" pids_of_pages=$pid
page_by pages webhook "url = \"http://127.0.0.1:$hook/\", secret = file(\"webhook.secret\")"
hooked="hooked=http://$KEY@127.0.0.1:$at/api/v2/alerts" pids_of_pages="$pids_of_pages $pid"
node tests/bench/action.mjs "$hook" "$PAGES" "$handed" "$hooked" "theirs=http://none@127.0.0.1:$theirs/api/v2/alerts" \
    "disk=file://$work/block" > "$work/pages"
read -r _ handed50 handed99 <<< "$(grep ^handed "$work/pages")"
read -r _ hooked50 hooked99 <<< "$(grep ^hooked "$work/pages")"
read -r _ theirs50 theirs99 <<< "$(grep ^theirs "$work/pages")"
read -r _ disk50 disk99 <<< "$(grep ^disk "$work/pages")"
heading 'an alert to its page, against Alertmanager to a webhook'
row 'an alert to its page handed to the connector, p50' "$handed50" "$theirs50" "$(over "$theirs50" "$handed50")" - us
row 'an alert to its page handed to the connector, p99' "$handed99" "$theirs99" "$(over "$theirs99" "$handed99")" '>=10' us
row 'an alert to its page at a webhook, p50' "$hooked50" "$theirs50" "$(over "$theirs50" "$hooked50")" - us
row 'an alert to its page at a webhook, p99' "$hooked99" "$theirs99" "$(over "$theirs99" "$hooked99")" '>=10' us
row 'handed to the connector, against a write with fdatasync, p50' "$handed50" "$disk50" "$(over "$handed50" "$disk50")" - us
row 'handed to the connector, against a write with fdatasync, p99' "$handed99" "$disk99" "$(over "$handed99" "$disk99")" - us
end $peer $pids_of_pages
