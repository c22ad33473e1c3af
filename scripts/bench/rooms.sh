# A message said in one room of an incident, until it is in its three other rooms, each in a console of its own; against the same with
# one other room, in turns. What counts is the median of the rounds.
ROUNDS=${ROUNDS:-5}
consoles='west east north'

declare_incident() { # SERVICE TITLE
    curl -sf -o /dev/null -H "Authorization: Bearer $(cat "$home/token")" --json "{\"text\": \"declare --service $1 $2\"}" \
        "http://127.0.0.1:$at/api/v1/commands"
}

new_daemon rooms
for name in $consoles; do
    sed -i "s#^  connectors = {#&\n    $name = { plugin = \"$build/plugins/console.so\", socket = \"$name.sock\" },#" "$home/tocsin.lua"
done
echo 'unmirrored { name = "one other room", service = "one", connector = { "east", "north" } }' >> "$home/policy/team.lua"
start_daemon
for name in console $consoles; do
    until [ -S "$home/$name.sock" ]; do kill -0 $pid; done
done
declare_incident many 'many rooms'
declare_incident one 'one room'
wait_until_quiet "$home" "$at" > /dev/null
many50s= many99s= one50s= one99s=
for ((i = 0; i < ROUNDS; i++)); do
    read -r many50 many99 one50 one99 <<< "$(cd "$home" && "$build/tests/bench/rooms" 400 inc-1-many-rooms inc-2-one-room \
        console.sock west.sock east.sock north.sock)"
    many50s+=" $many50" many99s+=" $many99" one50s+=" $one50" one99s+=" $one99"
done
heading 'a message to three other rooms, against one other room'
ours=$(median $many50s) one=$(median $one50s)
row 'a message said in one room, until it is in three others, p50' "$ours" "$one" "$(over "$ours" "$one")" - us
ours=$(median $many99s) one=$(median $one99s)
row 'a message said in one room, until it is in three others, p99' "$ours" "$one" "$(over "$ours" "$one")" '<=2' us
end $pid
