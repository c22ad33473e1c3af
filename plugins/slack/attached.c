/*
 * What a message says outside its text: the messages forwarded with it and, where it has no text, its attachments and blocks,
 * which is how alert bots write. Link previews do not count. mrkdwn in, mrkdwn out. Pure.
 */
#include <string.h>

#include "in.h"

#define DEPTH_MOST 8 /* of blocks: rich text nests lists in lists */

static void put_line(struct kit_text *out, const char *text)
{
    if (*text)
        kit_text_addf(out, "%s%s", out->n ? "\n" : "", text);
}

static bool is_type(const cJSON *node, const char *type)
{
    return strcmp(kit_json_text(node, "type"), type) == 0;
}

/* The pieces of one line of rich text. */
static void put_pieces(const cJSON *pieces, struct kit_text *out)
{
    const cJSON *piece;
    cJSON_ArrayForEach(piece, pieces)
    {
        const char *text = kit_json_text(piece, "text");
        if (is_type(piece, "user"))
            kit_text_addf(out, "<@%s>", kit_json_text(piece, "user_id"));
        else
            kit_text_add(out, *text ? text : kit_json_text(piece, "url"));
    }
}

/* The texts of blocks, in order; buttons are skipped. */
static void put_blocks(const cJSON *blocks, int depth, struct kit_text *out)
{
    static const char *const rich[] = {"rich_text_section", "rich_text_preformatted", "rich_text_quote"};
    const cJSON *block;
    cJSON_ArrayForEach(block, blocks)
    {
        struct kit_text line = {0};
        for (size_t i = 0; i < sizeof(rich) / sizeof(rich[0]); i++) {
            if (is_type(block, rich[i]))
                put_pieces(kit_json_member(block, "elements"), &line);
        }
        put_line(out, kit_text_get(&line));
        put_line(out, kit_json_text(kit_json_member(block, "text"), "text"));
        put_line(out, kit_json_text(block, "text"));
        if (depth)
            put_blocks(kit_json_member(block, "fields"), depth - 1, out);
        if (depth && !line.n && !is_type(block, "actions"))
            put_blocks(kit_json_member(block, "elements"), depth - 1, out);
        kit_text_finish(&line);
    }
}

static void put_attachment(const cJSON *attachment, struct kit_text *out)
{
    static const char *const parts[] = {"pretext", "title", "text"};
    size_t before = out->n;
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        put_line(out, kit_json_text(attachment, parts[i]));
    if (out->n == before)
        put_blocks(kit_json_member(attachment, "blocks"), DEPTH_MOST, out);
    if (out->n == before)
        put_line(out, kit_json_text(attachment, "fallback"));
}

static void put_share(const cJSON *share, struct kit_text *out)
{
    const char *author = kit_json_text(share, "author_name"), *text = kit_json_text(share, "text");
    const char *url = kit_json_text(share, "from_url");
    text = *text ? text : kit_json_text(share, "fallback");
    kit_text_addf(out, "%sforwarded%s%s: %s", out->n ? "\n" : "", *author ? " from " : "", author, text);
    if (*url && !url[strcspn(url, "<>| \n")])
        kit_text_addf(out, " (<%s>)", url);
}

void slack_attached_text(const cJSON *message, struct kit_text *out)
{
    const cJSON *attachment, *attachments = kit_json_member(message, "attachments");
    bool textless = !*kit_json_text(message, "text");
    size_t before = out->n;
    cJSON_ArrayForEach(attachment, attachments)
    {
        if (kit_json_true(attachment, "is_share"))
            put_share(attachment, out);
        else if (textless)
            put_attachment(attachment, out);
    }
    if (textless && out->n == before)
        put_blocks(kit_json_member(message, "blocks"), DEPTH_MOST, out);
}
