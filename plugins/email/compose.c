#include "compose.h"

#include <stdlib.h>
#include <string.h>

#include <gmime/gmime.h>

#include <tocsin/kit/card.h>
#include <tocsin/kit/json.h>

#include "address.h"

#define REFERENCES_MOST 12 /* the first one, and the latest */

/* ---- words ---- */

void email_words_finish(struct email_words *words)
{
    kit_text_finish(&words->plain);
    kit_text_finish(&words->html);
}

static void gap(struct email_words *words)
{
    if (words->plain.n)
        kit_text_add(&words->plain, "\n\n");
}

void email_words_add(struct email_words *words, const char *commonmark)
{
    size_t n = strlen(commonmark);
    if (!n)
        return;
    gap(words);
    kit_commonmark(commonmark, n, KIT_PLAIN, &words->plain);
    kit_commonmark(commonmark, n, KIT_HTML, &words->html);
}

static void literal(struct email_words *words, const char *text)
{
    kit_escape(text, strlen(text), KIT_PLAIN, &words->plain);
    kit_escape(text, strlen(text), KIT_HTML, &words->html);
}

void email_words_note(struct email_words *words, const char *text)
{
    if (!*text)
        return;
    gap(words);
    kit_text_add(&words->html, "<p style=\"color:#666\">");
    literal(words, text);
    kit_text_add(&words->html, "</p>");
}

static void add_title(struct email_words *words, const char *title)
{
    gap(words);
    kit_text_add(&words->html, "<p><strong>");
    literal(words, title);
    kit_text_add(&words->html, "</strong></p>");
}

static void add_fields(struct email_words *words, const cJSON *fields)
{
    const cJSON *field;
    if (!cJSON_GetArraySize(fields))
        return;
    gap(words);
    kit_text_add(&words->html, "<p>");
    cJSON_ArrayForEach(field, fields)
    {
        if (field->prev && field != fields->child) {
            kit_text_add(&words->plain, "\n");
            kit_text_add(&words->html, "<br>");
        }
        literal(words, kit_json_text(field, "name"));
        literal(words, ": ");
        literal(words, kit_json_text(field, "value"));
    }
    kit_text_add(&words->html, "</p>");
}

/* A mail has no buttons, but an answer can hold their commands. */
static void add_commands(struct email_words *words, const cJSON *buttons)
{
    struct kit_text line = {0};
    const cJSON *button;
    cJSON_ArrayForEach(button, buttons)
    {
        if (kit_json_true(button, "asks") || !*kit_json_text(button, "command"))
            continue;
        kit_text_add(&line, line.n ? " · " : "To act, answer with one line: ");
        kit_command(button, &line);
    }
    if (line.n)
        email_words_note(words, line.p);
    kit_text_finish(&line);
}

/* The text part has the words of the picture. */
static void add_picture(struct email_words *words, const cJSON *picture, const char *id)
{
    const char *alt = kit_json_text(picture, "alt");
    if (!*alt)
        return;
    gap(words);
    kit_text_addf(&words->html,
                  id ? "<p><img src=\"cid:%s\" width=\"%d\" style=\"max-width:100%%\" alt=\"" : "<p>",
                  id ? id : "", (int)kit_json_int(picture, "width", 0));
    literal(words, alt);
    kit_text_add(&words->html, id ? "\"></p>" : "</p>");
}

void email_words_card(struct email_words *words, const cJSON *card, const char *picture_id)
{
    add_title(words, kit_json_text(card, "title"));
    add_fields(words, kit_json_member(card, "fields"));
    add_picture(words, kit_json_member(card, "picture"), picture_id);
    email_words_add(words, kit_json_text(card, "text"));
    add_commands(words, kit_json_member(card, "buttons"));
    email_words_note(words, kit_json_text(card, "footer"));
}

/* ---- the mail ---- */

static bool absent(const char *text)
{
    return !text || !*text;
}

/* Valid UTF-8 without control characters, so that no header can end in it. The caller frees. */
static char *one_line(const char *text)
{
    char *line = g_utf8_make_valid(text ? text : "", -1);
    for (char *p = line; *p; p++) {
        if ((unsigned char)*p < ' ' || *p == 127)
            *p = ' ';
    }
    g_strstrip(line);
    return line;
}

static bool is_url(const char *url)
{
    for (const char *p = url; *p; p++) {
        if (*p <= ' ' || *p >= 127 || strchr("<>,\"", *p))
            return false;
    }
    return strlen(url) < 900 && kit_is_link(url);
}

static bool is_sound(const struct email_mail *mail)
{
    return email_address_valid(mail->from) && email_address_valid(mail->to) && email_id_valid(mail->id) &&
           (!mail->picture || email_id_valid(mail->picture_id)) &&
           (absent(mail->reply_to) || email_address_valid(mail->reply_to)) &&
           (absent(mail->unsubscribe_mail) || email_address_valid(mail->unsubscribe_mail)) &&
           (absent(mail->unsubscribe_url) || is_url(mail->unsubscribe_url));
}

static void add_mailbox(GMimeMessage *message, GMimeAddressType type, const char *name, const char *address)
{
    if (absent(address))
        return;
    char *line = one_line(name);
    g_mime_message_add_mailbox(message, type, *line ? line : NULL, address);
    g_free(line);
}

static void set(GMimeMessage *message, const char *name, const char *value)
{
    g_mime_object_set_header(GMIME_OBJECT(message), name, value, "utf-8");
}

/* As it is, on lines of its own: GMime would encode a long address, which nothing then finds. */
static void set_raw(GMimeMessage *message, const char *name, const char *value)
{
    set(message, name, "");
    GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
    g_mime_header_set_raw_value(g_mime_header_list_get_header(list, name), value);
}

static bool is_repeated(const struct email_mail *mail, size_t i)
{
    for (size_t k = i + 1; k < mail->reference_count; k++) {
        if (mail->references[k] && strcmp(mail->references[k], mail->references[i]) == 0)
            return true;
    }
    return false;
}

static void set_references(GMimeMessage *message, const struct email_mail *mail)
{
    struct kit_text all = {0};
    const char *last = NULL;
    size_t from = mail->reference_count > REFERENCES_MOST ? mail->reference_count - REFERENCES_MOST + 1 : 0;
    for (size_t i = 0; i < mail->reference_count; i++) {
        const char *id = mail->references[i];
        if (absent(id) || !email_id_valid(id) || (i && i < from) || is_repeated(mail, i))
            continue;
        kit_text_addf(&all, "%s<%s>", all.n ? " " : "", id);
        last = id;
    }
    if (last) {
        char *parent = g_strdup_printf("<%s>", last);
        set(message, "In-Reply-To", parent);
        set(message, "References", all.p);
        g_free(parent);
    }
    kit_text_finish(&all);
}

static void set_unsubscribe(GMimeMessage *message, const struct email_mail *mail)
{
    bool by_mail = !absent(mail->unsubscribe_mail), by_post = !absent(mail->unsubscribe_url);
    if (!by_mail && !by_post)
        return;
    struct kit_text value = {0};
    if (by_post)
        kit_text_addf(&value, " <%s>%s\n", mail->unsubscribe_url, by_mail ? "," : "");
    if (by_mail)
        kit_text_addf(&value, " <mailto:%s?subject=unsubscribe>\n", mail->unsubscribe_mail);
    set_raw(message, "List-Unsubscribe", value.p);
    char *list = g_strdup_printf("<%s.%s>", by_mail ? "customers" : "subscribers",
                                 email_domain(mail->from)); /* half of a list's header looks like spam */
    set(message, "List-Id", list);
    g_free(list);
    if (by_post)
        set(message, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
    set(message, "Precedence", "bulk");
    kit_text_finish(&value);
}

static void set_headers(GMimeMessage *message, const struct email_mail *mail)
{
    char *subject = one_line(mail->subject);
    GDateTime *date = g_date_time_new_from_unix_utc(mail->date_s);
    add_mailbox(message, GMIME_ADDRESS_TYPE_FROM, mail->from_name, mail->from);
    add_mailbox(message, GMIME_ADDRESS_TYPE_REPLY_TO, mail->from_name, mail->reply_to);
    add_mailbox(message, GMIME_ADDRESS_TYPE_TO, mail->to_name, mail->to);
    g_mime_message_set_subject(message, subject, "utf-8");
    g_mime_message_set_date(message, date);
    g_mime_message_set_message_id(message, mail->id);
    set_references(message, mail);
    set(message, "Auto-Submitted", "auto-generated");
    if (mail->quiet)
        set(message, "X-Auto-Response-Suppress", "DR, RN, NRN, OOF, AutoReply");
    if (mail->urgent)
        set(message, "Importance", "high");
    set_unsubscribe(message, mail);
    if (date)
        g_date_time_unref(date);
    g_free(subject);
}

static GMimeObject *text_part(const char *subtype, const char *text)
{
    GMimeTextPart *part = g_mime_text_part_new_with_subtype(subtype);
    g_mime_text_part_set_charset(part, "utf-8");
    g_mime_text_part_set_text(part, text);
    return GMIME_OBJECT(part);
}

static GMimeObject *picture_part(const struct kit_picture *picture, const char *id)
{
    GMimePart *part = g_mime_part_new_with_type("image", "png");
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer((const char *)picture->png, picture->n);
    GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
    g_mime_part_set_content(part, content);
    g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
    g_mime_part_set_content_id(part, id);
    g_mime_object_set_disposition(GMIME_OBJECT(part), GMIME_DISPOSITION_INLINE);
    g_mime_part_set_filename(part, "picture.png");
    g_object_unref(content);
    g_object_unref(stream);
    return GMIME_OBJECT(part);
}

/* HTML, and the picture that it shows (RFC 2387). Takes the HTML over. */
static GMimeObject *related(GMimeObject *html, const struct email_mail *mail)
{
    if (!mail->picture)
        return html;
    GMimeMultipart *both = g_mime_multipart_new_with_subtype("related");
    GMimeObject *parts[] = {html, picture_part(mail->picture, mail->picture_id)};
    g_mime_object_set_content_type_parameter(GMIME_OBJECT(both), "type", "text/html");
    for (size_t i = 0; i < 2; i++) {
        g_mime_multipart_add(both, parts[i]);
        g_object_unref(parts[i]);
    }
    return GMIME_OBJECT(both);
}

static GMimeObject *body_of(const struct email_mail *mail)
{
    const struct email_words *words = mail->words;
    struct kit_text plain = {0}, html = {0};
    GMimeMultipart *both = g_mime_multipart_new_with_subtype("alternative");
    kit_text_addf(&plain, "%s\n", kit_text_get(&words->plain));
    kit_text_addf(
        &html,
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head>\n"
        "<body style=\"font-family:sans-serif;font-size:15px;line-height:1.45\">\n%s\n</body></html>\n",
        kit_text_get(&words->html));
    GMimeObject *parts[] = {text_part("plain", kit_text_get(&plain)),
                            related(text_part("html", kit_text_get(&html)), mail)};
    for (size_t i = 0; i < 2; i++) {
        g_mime_multipart_add(both, parts[i]);
        g_object_unref(parts[i]);
    }
    kit_text_finish(&plain);
    kit_text_finish(&html);
    return GMIME_OBJECT(both);
}

bool email_compose(const struct email_mail *mail, struct kit_text *out)
{
    if (!is_sound(mail) || mail->words->plain.failed || mail->words->html.failed)
        return false;
    GMimeMessage *message = g_mime_message_new(TRUE);
    GMimeObject *body = body_of(mail);
    GMimeFormatOptions *format = g_mime_format_options_new();
    g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
    set_headers(message, mail);
    g_mime_message_set_mime_part(message, body);
    g_mime_object_encode(GMIME_OBJECT(message), GMIME_ENCODING_CONSTRAINT_7BIT);
    char *text = g_mime_object_to_string(GMIME_OBJECT(message), format);
    kit_text_add(out, text);
    g_free(text);
    g_mime_format_options_free(format);
    g_object_unref(body);
    g_object_unref(message);
    return !out->failed;
}
