/* Slack's mrkdwn as people type it -> plain text. Pure. */
#include <string.h>

#include "in.h"

/* What stands between < and >, split at the first '|'. */
struct token {
    const char *body, *label; /* label NULL: none */
    size_t n, label_n;
};

static bool read_token(const char *p, struct token *t)
{
    const char *end = *p == '<' ? p + strcspn(p, ">\n") : p;
    if (*end != '>')
        return false;
    t->body = p + 1;
    t->n = (size_t)(end - t->body);
    const char *bar = memchr(t->body, '|', t->n);
    t->label = bar ? bar + 1 : NULL;
    t->label_n = bar ? (size_t)(end - bar - 1) : 0;
    t->n = bar ? (size_t)(bar - t->body) : t->n;
    return t->n > 0;
}

static void put_entities(const char *text, size_t n, struct kit_text *out)
{
    static const struct {
        const char *entity;
        char c;
    } entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}};
    for (size_t i = 0; i < n;) {
        size_t k = 0, size = 1;
        char c = text[i];
        for (; c == '&' && k < 3; k++) {
            size_t length = strlen(entities[k].entity);
            if (i + length <= n && strncmp(text + i, entities[k].entity, length) == 0) {
                size = length;
                c = entities[k].c;
            }
        }
        kit_text_addc(out, c);
        i += size;
    }
}

static void add_user(cJSON *users, const char *id, size_t n)
{
    char text[SLACK_ID] = "";
    const cJSON *row;
    if (n >= sizeof(text))
        return;
    memcpy(text, id, n);
    cJSON_ArrayForEach(row, users)
    {
        if (strcmp(row->valuestring, text) == 0)
            return;
    }
    if (slack_is_id(text))
        cJSON_AddItemToArray(users, cJSON_CreateString(text));
}

/* <!here|here>: the label adds nothing. */
static bool is_everybody(const struct token *t)
{
    static const char *const names[] = {"!here", "!channel", "!everyone"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strlen(names[i]) == t->n && memcmp(names[i], t->body, t->n) == 0)
            return true;
    }
    return false;
}

/* Slack turns e-mail addresses and telephone numbers into links; people typed what the label says. */
static bool put_address(const struct token *t, struct kit_text *out)
{
    static const char *const schemes[] = {"mailto:", "tel:"};
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        size_t n = strlen(schemes[i]);
        if (t->n <= n || strncmp(t->body, schemes[i], n) != 0)
            continue;
        bool labelled = t->label && t->label_n;
        put_entities(labelled ? t->label : t->body + n, labelled ? t->label_n : t->n - n, out);
        return true;
    }
    return false;
}

static void put_link(const struct token *t, bool addresses, struct kit_text *out)
{
    bool same = !t->label || (t->label_n == t->n && memcmp(t->label, t->body, t->n) == 0) ||
                (t->n > t->label_n && memcmp(t->body + t->n - t->label_n, t->label, t->label_n) == 0);
    if (!same)
        put_entities(t->label, t->label_n, out);
    if (same || addresses) {
        kit_text_add(out, same ? "" : " (");
        put_entities(t->body, t->n, out);
        kit_text_add(out, same ? "" : ")");
    }
}

static void put_token(const struct token *t, bool addresses, struct kit_text *out, cJSON *users)
{
    char mark = *t->body;
    if (mark == '@') {
        add_user(users, t->body + 1, t->n - 1);
        kit_text_add(out, "<");
        kit_text_addn(out, t->body, t->n);
        kit_text_add(out, ">");
    } else if (mark == '#') {
        kit_text_add(out, "#");
        put_entities(t->label ? t->label : t->body + 1, t->label ? t->label_n : t->n - 1, out);
    } else if (mark == '!') { /* !here, !subteam^S1|@oncall, !date^… */
        bool group = t->label && t->label_n && !is_everybody(t);
        kit_text_add(out, group ? "" : "@");
        put_entities(group ? t->label : t->body + 1, group ? t->label_n : t->n - 1, out);
    } else if (!put_address(t, out)) {
        put_link(t, addresses, out);
    }
}

static void put_plain(const char *text, bool addresses, struct kit_text *out, cJSON *users)
{
    struct token t;
    while (*text) {
        size_t n = strcspn(text, "<");
        put_entities(text, n, out);
        text += n;
        if (!*text)
            break;
        if (read_token(text, &t)) {
            put_token(&t, addresses, out, users);
            text += strcspn(text, ">") + 1;
        } else {
            kit_text_addc(out, *text++);
        }
    }
}

void slack_plain(const char *text, struct kit_text *out, cJSON *users)
{
    put_plain(text, true, out, users);
}

void slack_plain_title(const char *text, struct kit_text *out, cJSON *users)
{
    put_plain(text, false, out, users);
}

bool slack_is_id(const char *text)
{
    size_t n = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    return n >= 7 && n < SLACK_ID && text[n] == '\0' && strchr("CGDUW", *text);
}
