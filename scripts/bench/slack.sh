# From a button pressed in the fake Slack to its changed card, against a write that waits for the disk.
scripts/e2e_modules.sh
heading 'Slack'
if [ -d build/e2e/node_modules/ws ]; then
    [ -n "${disk50:-}" ] || . scripts/bench/command.sh # measures the disk
    read -r s50 s99 <<< "$(TOCSIN_BUILD=$build TOCSIN_E2E=$PWD/build/e2e node tests/bench/slack_press.mjs 300)"
    row 'a button in Slack to its card changed, p50' "$s50" "$disk50" "$(over "$s50" "$disk50")" - us
    row 'a button in Slack to its card changed, p99' "$s99" "$disk99" "$(over "$s99" "$disk99")" - us
else
    echo 'skipped: what the fake Slack needs is not installed'
fi
