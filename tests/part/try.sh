#!/bin/bash
# Shows that a part is added with a folder and a few rows: compiles tests/part/thanks into a copy of the tree, with only the rows
# below, and runs its test there. The tree itself stays unchanged.
set -eu
cd "$(dirname "$0")/../.."
copy=build/part
rm -rf "$copy/core" "$copy/tests"
mkdir -p "$copy"
cp -r --preserve=timestamps Makefile rules.mk CHANGELOG.md core docs include plugins scripts web "$copy"
mkdir -p "$copy/tests/unit/thanks" "$copy/tests/part"
cp -r --preserve=timestamps tests/support tests/conformance "$copy/tests"
cp -r --preserve=timestamps tests/unit/command "$copy/tests/unit"
cp -r --preserve=timestamps tests/part/thanks "$copy/core/thanks"
sed 's|"../unit/command/rig.h"|"../command/rig.h"|' tests/part/thanks_test.c > "$copy/tests/unit/thanks/thanks_test.c"

# row FILE BEFORE TEXT: adds TEXT before the first line that begins with BEFORE.
row() {
    grep -q "^ *$2" "$copy/$1" || { echo "$1: no line begins with: $2"; exit 1; }
    BEFORE="^ *$2" TEXT="$3" awk '!done && $0 ~ ENVIRON["BEFORE"] {print ENVIRON["TEXT"]; done = 1} {print}' "$copy/$1" > "$copy/row"
    mv "$copy/row" "$copy/$1"
}
row core/parts.c '#include "triage' '#include "thanks/thanks.h"'
row core/parts.c '&react_part,' '    &thanks_part,'
row core/engine/events.def '/[*] ---- people' \
    'EVENT(THANKED, "thanked", 1, OF_INCIDENT, fold_nothing, MUST(VALUE, "whom"), PHRASE("$by thanked $person"))'
row core/engine/decide.c '{"approve"' '    {"thank", EVENT_THANKED, V, decide_plain, NULL, "Say whom to thank: `thank @ana`."},'
row core/journal/documents.def '#undef DOCUMENT' \
    "DOCUMENT(THANKS, $(($(grep -c '^DOCUMENT(' core/journal/documents.def) + 1)), \"thanks\", \"the incident's name\", \"how many thanks\")"
row core/command/dispatch.c '#include "turn' '#include "thanks/thanks.h"'
row core/command/commands.def '#undef WHY_TEXT' "$(cat << 'ROW'
PART_COMMAND(thanks_give,
    .name = "thank",
    .aliases = "",
    .area = AREA_PEOPLE,
    .about = ABOUT_INCIDENT,
    .may = MAY_PERSON,
    .writes = true,
    .arguments = {{"person", ARGUMENT_PERSON, false, "whom to thank", "@ana"}},
    .help = "thank somebody who helped",
    .example = "thank @ana")
ROW
)"
sed -i 's/ impact react / impact thanks react /' "$copy/scripts/style.sh"
make -C "$copy" --no-print-directory -j "$(nproc)" ${CC:+CC="$CC"} build/debug/tests/unit/thanks/thanks_test
timeout 60 "$copy/build/debug/tests/unit/thanks/thanks_test"
