/* liar - breaks every promise of the header, one at a time: each action's text says which. */
#include "simple.h"

#include <stdlib.h>
#include <unistd.h>

/* Writes to the runner's own channel, bypassing the host. */
static void forge(const char *json)
{
    unsigned n = (unsigned)strlen(json);
    char frame[512] = {(char)(n & 255), (char)(n >> 8 & 255), 0, 0};
    memcpy(frame + 4, json, n);
    ssize_t written = write(3, frame, n + 4);
    (void)written;
}

static void loose_ends(struct tocsin_result *result)
{
    result->code = 77;
    result->retry_after_ms = -5;
    memset(result->remote_id, 'x', sizeof(result->remote_id));
    memset(result->detail, '\xff', sizeof(result->detail));
}

static void perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    simple_perform(self, action, result);
    if (strstr(action->body, "\"loose\""))
        loose_ends(result);
    else if (strstr(action->body, "\"twice\""))
        forge("{\"t\":\"result\",\"id\":\"1\",\"code\":0,\"remote_id\":\"first\"}");
    else if (strstr(action->body, "\"garbage\""))
        forge("}{ no JSON \xff");
    else if (strstr(action->body, "\"out of phase\""))
        forge("{\"t\":\"descriptor\",\"can\":255}");
    else if (strstr(action->body, "\"keeps without a key\""))
        forge("{\"t\":\"result\",\"id\":\"1\",\"code\":0,\"kept\":[{\"value\":\"x\"}]}");
    else if (strstr(action->body, "\"huge\""))
        (void)!write(3, "\xff\xff\xff\x7f....", 8);
    else if (strstr(action->body, "\"stdout\""))
        printf("a word\nand another\x1b[31m\n"), fflush(stdout), fprintf(stderr, "an error\n");
    else if (strstr(action->body, "\"exit\""))
        exit(0);
    else if (strstr(action->body, "\"close\""))
        close(3);
}

TOCSIN_CONNECTOR(.name = "liar", .version = "1.0", .summary = "Breaks its promises", .parallel = 1000,
                 .can = UINT64_MAX, .open = simple_open, .perform = perform, .close = simple_close);
