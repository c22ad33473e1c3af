#include <tocsin/kit/card.h>

#include <string.h>

#include <tocsin/kit/json.h>

#include "kit/commonmark_target.h"

#define TAG " @~" /* before what a button's command was made for */

static void end_line(struct kit_text *out)
{
    if (out->n && out->p[out->n - 1] != '\n')
        kit_text_addc(out, '\n');
}

/* The same after what is no block of its own. */
static void end_row(enum kit_target target, struct kit_text *out)
{
    if (target == KIT_HTML && out->n && out->p[out->n - 1] != '\n')
        kit_text_add(out, "<br>");
    end_line(out);
}

static void put(const char *text, enum kit_target target, struct kit_text *out)
{
    kit_escape(text, strlen(text), target, out);
}

/* "name: value · …", or "label: command · …" */
static void put_pairs(const cJSON *rows, bool buttons, enum kit_target target, struct kit_text *out)
{
    const cJSON *row;
    const char *before = "";
    cJSON_ArrayForEach(row, rows)
    {
        struct kit_text value = {0};
        if (buttons)
            kit_command(row, &value);
        else
            kit_text_add(&value, kit_json_text(row, "value"));
        if (value.n && !kit_json_true(row, "asks")) {
            kit_text_add(out, before);
            put(kit_json_text(row, buttons ? "label" : "name"), target, out);
            kit_text_add(out, ": ");
            put(kit_text_get(&value), target, out);
            before = " · ";
        }
        kit_text_finish(&value);
    }
    end_row(target, out);
}

void kit_command(const cJSON *button, struct kit_text *out)
{
    const char *command = kit_json_text(button, "command"), *tag = strstr(command, TAG);
    if (!*command)
        return;
    kit_text_add(out, "!inc ");
    kit_text_addn(out, command, tag ? (size_t)(tag - command) : strlen(command));
}

bool kit_card(const cJSON *card, bool commands, enum kit_target target, struct kit_text *out)
{
    const char *title = kit_json_text(card, "title"), *text = kit_json_text(card, "text");
    if (*title) {
        kit_text_add(out, kit_forms[target].strong.open);
        put(title, target, out);
        kit_text_add(out, kit_forms[target].strong.close);
        end_row(target, out);
    }
    put_pairs(kit_json_member(card, "fields"), false, target, out);
    kit_commonmark(text, strlen(text), target, out);
    end_line(out);
    if (commands)
        put_pairs(kit_json_member(card, "buttons"), true, target, out);
    put(kit_json_text(card, "footer"), target, out);
    end_row(target, out);
    return !out->failed;
}

bool kit_body(const cJSON *body, bool commands, enum kit_target target, struct kit_text *out)
{
    const char *text = kit_json_text(body, "text");
    return kit_card(kit_json_member(body, "card"), commands, target, out) &&
           kit_commonmark(text, strlen(text), target, out);
}
