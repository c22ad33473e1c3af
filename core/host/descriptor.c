#include "host/descriptor.h"

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/mem.h"

#define SETTINGS_MOST 200

static enum setting_type type_of(int64_t type)
{
    static const enum setting_type types[] = {
        [TOCSIN_SETTING_TEXT] = SETTING_TEXT, [TOCSIN_SETTING_INT] = SETTING_INT,
        [TOCSIN_SETTING_BOOL] = SETTING_BOOL, [TOCSIN_SETTING_DURATION] = SETTING_DURATION,
        [TOCSIN_SETTING_LIST] = SETTING_LIST, [TOCSIN_SETTING_TABLE] = SETTING_TABLE};
    return type >= 0 && type < (int64_t)ARRAY_SIZE(types) ? types[type] : SETTING_TEXT;
}

struct setting *descriptor_settings(const cJSON *descriptor, size_t *ret_n)
{
    const cJSON *row;
    struct setting *table = xcalloc(SETTINGS_MOST, sizeof(*table));
    size_t n = 0;
    cJSON_ArrayForEach(row, json_member(descriptor, "settings"))
    {
        int64_t flags = json_int_or(row, "flags", 0);
        if (n == SETTINGS_MOST)
            break;
        table[n++] = (struct setting){
            .name = json_text_or(row, "name", ""),
            .type = type_of(json_int_or(row, "type", 0)),
            .flags = (flags & TOCSIN_SECRET ? SETTING_SECRET : 0u) |
                     (flags & TOCSIN_REQUIRED ? SETTING_REQUIRED : 0u),
            .fallback = json_text_or(row, "fallback", NULL),
            .least = json_int_or(row, "least", 0),
            .most = json_int_or(row, "most", 0),
            .help = json_text_or(row, "help", ""),
        };
    }
    *ret_n = n;
    return table;
}

cJSON *descriptor_pages(const cJSON *descriptor, const cJSON *settings)
{
    cJSON *pages = cJSON_CreateArray();
    const cJSON *row;
    cJSON_ArrayForEach(row, json_member(descriptor, "settings"))
    {
        const char *value = json_text_or(settings, json_text_or(row, "name", ""), NULL);
        if (json_int_or(row, "flags", 0) & TOCSIN_LINKS && value)
            cJSON_AddItemToArray(pages, cJSON_CreateString(value));
    }
    return pages;
}

void abilities_words(uint64_t can, struct str *out)
{
    static const struct {
        uint64_t can;
        const char *name;
    } abilities[] = {{TOCSIN_CAN_POST, "post"},
                     {TOCSIN_CAN_EDIT, "edit"},
                     {TOCSIN_CAN_THREAD, "thread"},
                     {TOCSIN_CAN_BUTTONS, "buttons"},
                     {TOCSIN_CAN_FORMS, "forms"},
                     {TOCSIN_CAN_CHANNELS, "channels"},
                     {TOCSIN_CAN_PAGE, "page"},
                     {TOCSIN_CAN_DESK, "desk"},
                     {TOCSIN_CAN_FIND, "find"},
                     {TOCSIN_CAN_PIN, "pin"},
                     {TOCSIN_CAN_BOOKMARK, "bookmark"},
                     {TOCSIN_CAN_GROUPS, "groups"},
                     {TOCSIN_CAN_EMAILS, "emails"},
                     {TOCSIN_CAN_EDIT_PAGE, "edit pages"},
                     {TOCSIN_CAN_TIMES, "times"},
                     {TOCSIN_CAN_LOOKUP, "look people up"},
                     {TOCSIN_CAN_DESK_FIND, "look customers up"},
                     {TOCSIN_CAN_DELETE, "delete"},
                     {TOCSIN_CAN_LOCAL, "on this machine only"},
                     {TOCSIN_CAN_TICKETS, "tickets"},
                     {TOCSIN_CAN_RECEIPTS, "receipts of pages"},
                     {TOCSIN_CAN_CALL, "telephone calls"},
                     {TOCSIN_CAN_MAILS, "mails to subscribers"},
                     {TOCSIN_CAN_HOOKS, "webhooks of subscribers"},
                     {TOCSIN_CAN_PICTURES, "pictures"}};
    for (size_t i = 0; i < ARRAY_SIZE(abilities); i++) {
        if (can & abilities[i].can)
            str_addf(out, "%s%s", out->len ? ", " : "", abilities[i].name);
    }
}

void descriptor_abilities(const cJSON *descriptor, struct str *out)
{
    abilities_words((uint64_t)json_int_or(descriptor, "can", 0), out);
}
