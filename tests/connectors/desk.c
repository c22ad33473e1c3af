/*
 * desk - a support desk that finds whatever is looked for: nobody, one, several, more than fit, or trouble, as the beginning of the
 * name, domain or address says. What it tells is kept, but for addresses that begin with "refused".
 */
#include "simple.h"

#include <stdbool.h>

static const char *const answers[][2] = {
    {"nobody", "{\"matches\":[]}"},
    {"several",
     "{\"matches\":[{\"address\":\"org-1\",\"name\":\"Acme GmbH\",\"kind\":\"organisation\"},"
     "{\"address\":\"req-2\",\"name\":\"Jo *Doe*\",\"email\":\"jo@acme.example\",\"kind\":\"contact\"}],"
     "\"more\":true}"},
    {"hostile",
     "{\"matches\":[{\"address\":\"two words\",\"name\":\"x\"},{\"address\":7},7,{\"name\":\"none\"},"
     "{\"address\":\"org-9\",\"name\":\"<!channel>\\n**all**\"}]}"},
    {"broken", "{\"matches\":"},
    {"", "{\"matches\":[{\"address\":\"org-1\",\"name\":\"Acme GmbH\"}]}"},
};

static void perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    const char *body = action->body;
    simple_perform(self, action, result);
    bool finds = strcmp(action->kind, "desk.find") == 0;
    if (strstr(body, ":\"refused")) {
        result->code = TOCSIN_REFUSED;
        snprintf(result->detail, sizeof(result->detail), "the desk does not let us %s",
                 finds ? "look" : "tell");
        return;
    }
    if (!finds)
        return;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        char begin[40];
        snprintf(begin, sizeof(begin), ":\"%s", answers[i][0]);
        if (!strstr(body, begin))
            continue;
        result->answer(result, answers[i][1], strlen(answers[i][1]));
        return;
    }
}

TOCSIN_CONNECTOR(.name = "desk", .version = "1.0", .summary = "Finds customers", .parallel = 1,
                 .can = TOCSIN_CAN_DESK | TOCSIN_CAN_DESK_FIND, .open = simple_open, .perform = perform,
                 .close = simple_close);
