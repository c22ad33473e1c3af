/*
 * Exports of other tools. Each is refused with a message, or becomes Lua that the policy loads, whatever names and times it has.
 *
 * The first byte chooses the tool.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "moving/moving.h"
#include "policy/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define NOW ((instant)1772323200000) /* 1 March 2026 */

static void load(struct str *lua)
{
    struct policy policy = {0};
    struct error err = {0};
    struct policy_file file = {.name = (char *)(uintptr_t) "moved.lua", .text = lua->p, .n = lua->len};
    struct policy_files files = {.files = {.v = &file, .n = 1}};
    int rc = load_set(&policy, &files, &policy.set, &err);
    if (rc)
        fprintf(stderr, "%s\n%s\n", err.text, lua->p);
    require(rc == 0);
    set_destroy(policy.set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const tools[] = {"alertmanager", "goalert", "oncall", "opsgenie", "pagerduty"};
    static const char letters[] = "agcop";
    const char *letter = n ? memchr(letters, data[0], 5) : NULL;
    CLEANUP_STR struct str lua = {0}, report = {0};
    struct error err = {0};
    struct moving m;
    if (!letter)
        return -1;
    moving_init(&m, moving_source(tools[letter - letters]), NOW);
    int rc = moving_add_file(&m, "export.json", (const char *)data + 1, n - 1, &err);
    rc = rc ? rc : moving_read(&m, &err);
    require(rc == 0 || (err.text[0] && err.code == rc));
    if (rc == 0) {
        struct json_out j = {&report, false};
        moving_write(&m, &lua);
        json_begin_object(&j);
        moving_report_json(&m, &j);
        json_end_object(&j);
        if (lua.len <= POLICY_FILE_BYTES)
            load(&lua);
    }
    moving_finish(&m);
    return 0;
}
