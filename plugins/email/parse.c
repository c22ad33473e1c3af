#include "parse.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <gmime/gmime.h>

#include <tocsin/kit/text.h>

#include "address.h"
#include "flowed.h"

/* ---- texts ---- */

/* Characters that show a text in another order than it is written in: "x\u202efdp.exe" would be a document. */
static bool turns_around(gunichar c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* Valid UTF-8, line ends as \n, other control characters gone. Takes `text`, which is g_malloc's; the caller frees. */
static char *clean(char *text)
{
    char *valid = g_utf8_make_valid(text ? text : "", -1);
    char *to = valid;
    g_free(text);
    for (const char *p = valid, *next; *p; p = next) {
        gunichar c = g_utf8_get_char(p);
        next = g_utf8_next_char(p);
        bool control = c < ' ' || (c >= 127 && c < 0xa0);
        if ((!control && !turns_around(c)) || c == '\n' || c == '\t') {
            memmove(to, p, (size_t)(next - p));
            to += next - p;
        }
    }
    *to = '\0';
    return valid;
}

/* One line of it. The caller frees. */
static char *clean_line(const char *text)
{
    char *line = clean(g_strdup(text));
    g_strdelimit(line, "\n\t", ' ');
    g_strstrip(line);
    return line;
}

static void list_add(struct mail_list *list, char *text)
{
    for (size_t i = 0; text && i < list->n; i++) {
        if (strcmp(list->v[i], text) == 0) {
            g_free(text);
            return;
        }
    }
    if (!text || list->n >= MAIL_LIST) {
        g_free(text);
        return;
    }
    list->v = g_realloc_n(list->v, list->n + 1, sizeof(*list->v));
    list->v[list->n++] = text;
}

static void list_finish(struct mail_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        g_free(list->v[i]);
    g_free(list->v);
}

/* ---- headers ---- */

/* Calls `on` for each occurrence, in order, until it returns false. */
static void each_header(const struct mail *mail, const char *name, bool (*on)(void *ctx, const char *value),
                        void *ctx)
{
    GMimeObject *body = g_mime_message_get_mime_part(mail->message); /* has the fields that describe it */
    bool of_body = strncasecmp(name, "Content-", 8) == 0 && body;
    GMimeHeaderList *list = g_mime_object_get_header_list(of_body ? body : GMIME_OBJECT(mail->message));
    int n = g_mime_header_list_get_count(list);
    for (int i = 0; i < n; i++) {
        GMimeHeader *header = g_mime_header_list_get_header_at(list, i);
        const char *value = g_mime_header_get_value(header);
        if (strcasecmp(g_mime_header_get_name(header), name) == 0 && value && !on(ctx, value))
            return;
    }
}

struct nth {
    size_t left;
    char *value;
};

static bool take_nth(void *ctx, const char *value)
{
    struct nth *nth = ctx;
    if (nth->left--)
        return true;
    nth->value = clean_line(value);
    return false;
}

char *mail_header(const struct mail *mail, const char *name, size_t i)
{
    struct nth nth = {i, NULL};
    each_header(mail, name, take_nth, &nth);
    return nth.value;
}

static bool count_one(void *ctx, const char *value)
{
    (void)value;
    ++*(size_t *)ctx;
    return true;
}

size_t mail_count(const struct mail *mail, const char *name)
{
    size_t n = 0;
    each_header(mail, name, count_one, &n);
    return n;
}

struct word {
    const char *word;
    bool found;
};

static bool look_for_word(void *ctx, const char *value)
{
    struct word *w = ctx;
    w->found = strcasestr(value, w->word) != NULL;
    return !w->found;
}

bool mail_has(const struct mail *mail, const char *name, const char *word)
{
    struct word w = {word, false};
    each_header(mail, name, look_for_word, &w);
    return w.found;
}

/* ---- addresses and ids ---- */

static void add_addresses(struct mail_list *list, InternetAddressList *from, int depth)
{
    int n = from ? internet_address_list_length(from) : 0;
    for (int i = 0; i < n && list->n < MAIL_LIST; i++) {
        InternetAddress *one = internet_address_list_get_address(from, i);
        if (INTERNET_ADDRESS_IS_GROUP(one) && depth < 3) {
            add_addresses(list, internet_address_group_get_members(INTERNET_ADDRESS_GROUP(one)), depth + 1);
        } else if (INTERNET_ADDRESS_IS_MAILBOX(one)) {
            const char *address = internet_address_mailbox_get_idn_addr(INTERNET_ADDRESS_MAILBOX(one));
            if (address && email_address_valid(address))
                list_add(list, g_ascii_strdown(address, -1));
        }
    }
}

/* A header that holds one address or several, with or without <>. */
static bool add_recipients(void *ctx, const char *value)
{
    InternetAddressList *parsed = internet_address_list_parse(NULL, value);
    add_addresses(ctx, parsed, 0);
    if (parsed)
        g_object_unref(parsed);
    return true;
}

static void read_recipients(struct mail *mail)
{
    static const char *const names[] = {
        "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        each_header(mail, names[i], add_recipients, &mail->recipients);
}

/* Two addresses, or a From that is repeated, are as good as none: people would see one and we another. */
static void read_from(struct mail *mail)
{
    struct mail_list list = {0};
    InternetAddressList *from = g_mime_message_get_from(mail->message);
    add_addresses(&list, from, 0);
    bool one = list.n == 1 && internet_address_list_length(from) == 1 && mail_count(mail, "From") == 1 &&
               INTERNET_ADDRESS_IS_MAILBOX(internet_address_list_get_address(from, 0));
    mail->from = g_strdup(one ? list.v[0] : "");
    mail->from_name =
        clean_line(one ? internet_address_get_name(internet_address_list_get_address(from, 0)) : "");
    list_finish(&list);
}

static void add_id(struct mail_list *list, const char *id)
{
    if (id && email_id_valid(id))
        list_add(list, g_strdup(id));
}

static bool add_references(void *ctx, const char *value)
{
    struct mail_list *list = ctx;
    GMimeReferences *references = g_mime_references_parse(NULL, value);
    int n = g_mime_references_length(references);
    for (int i = n > MAIL_LIST ? n - MAIL_LIST : 0; i < n; i++)
        add_id(list, g_mime_references_get_message_id(references, i));
    g_mime_references_free(references);
    return true;
}

static void read_ids(struct mail *mail)
{
    const char *id = g_mime_message_get_message_id(mail->message);
    mail->id = g_strdup(id && email_id_valid(id) ? id : "");
    each_header(mail, "References", add_references, &mail->references);
    each_header(mail, "In-Reply-To", add_references, &mail->references);
}

/* ---- parts ---- */

struct walk {
    struct mail *mail;
    struct kit_text text, html;
};

static int64_t size_of(GMimePart *part)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    GMimeStream *nowhere = g_mime_stream_null_new();
    int64_t n = content ? g_mime_data_wrapper_write_to_stream(content, nowhere) : 0;
    if (content)
        n = ((GMimeStreamNull *)nowhere)->written > 0 ? (int64_t)((GMimeStreamNull *)nowhere)->written : n;
    g_object_unref(nowhere);
    return n > 0 ? n : 0;
}

/* The last component of a name that somebody else chose. Takes nothing; the caller frees. */
static char *file_name(const char *given)
{
    char *line = clean_line(given);
    for (char *p = line; *p; p++) {
        if (*p == '/' || *p == '\\')
            *p = ' ';
    }
    g_strstrip(line);
    const char *last = strrchr(line, ' ');
    char *name = g_strdup(given && strpbrk(given, "/\\") && last ? last + 1 : line);
    name[kit_utf8_cut(name, strlen(name), 150)] = '\0';
    g_free(line);
    return name;
}

static void add_file(struct mail *mail, const char *name, const char *fallback, int64_t size, GMimeObject *part)
{
    if (mail->file_count >= MAIL_FILES)
        return;
    char *clean_name = file_name(name);
    if (!*clean_name) {
        g_free(clean_name);
        clean_name = g_strdup(fallback);
    }
    mail->files[mail->file_count++] =
        (struct mail_file){clean_name, mail->shortened ? 0 : size, mail->shortened ? NULL : part};
}

/* The decoded bytes, at most `most`, without those that are 0. The caller frees. */
static char *bytes_of(GMimePart *part, size_t most)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    GMimeStream *memory = g_mime_stream_mem_new();
    if (content)
        g_mime_data_wrapper_write_to_stream(content, memory);
    const GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
    char *text = g_malloc(bytes->len + 1), *to = text;
    for (size_t i = 0; i < bytes->len && (size_t)(to - text) < most; i++) {
        if (bytes->data[i])
            *to++ = (char)bytes->data[i];
    }
    *to = '\0';
    g_object_unref(memory);
    return text;
}

/* The decoded content as text, at most `most` bytes. The caller frees. */
static char *content_of(GMimePart *part, size_t most)
{
    return clean(bytes_of(part, most));
}

static bool is_type(GMimeObject *part, const char *type, const char *subtype)
{
    GMimeContentType *is = g_mime_object_get_content_type(part);
    return is && g_mime_content_type_is_type(is, type, subtype);
}

static bool is_utf8(const char *charset)
{
    return !charset || !*charset || strcasecmp(charset, "utf-8") == 0 || strcasecmp(charset, "us-ascii") == 0;
}

/* In UTF-8, as far as it says what it is in. Old programs of the West do not say it. g_malloc's. */
static char *decoded(GMimeTextPart *part)
{
    if (!is_utf8(g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset")))
        return g_mime_text_part_get_text(part);
    char *text = bytes_of(GMIME_PART(part), MAIL_BYTES);
    char *western =
        g_utf8_validate(text, -1, NULL) ? NULL : g_convert(text, -1, "UTF-8", "WINDOWS-1252", NULL, NULL, NULL);
    if (!western)
        return text;
    g_free(text);
    return western;
}

static void add_text(struct walk *walk, GMimeTextPart *part)
{
    bool html = is_type(GMIME_OBJECT(part), "text", "html");
    struct kit_text *to = html ? &walk->html : &walk->text;
    const char *format = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "format");
    const char *joined = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "delsp");
    char *text = clean(decoded(part));
    if (!html && format && strcasecmp(format, "flowed") == 0) {
        char *unfolded = flowed_undo(text, joined && strcasecmp(joined, "yes") == 0);
        g_free(text);
        text = unfolded;
    }
    size_t room = MAIL_TEXT > to->n ? MAIL_TEXT - to->n : 0;
    if (to->n && room)
        kit_text_addc(to, '\n');
    kit_text_addn(to, text, kit_utf8_cut(text, strlen(text), room));
    g_free(text);
}

static bool is_attached(GMimeObject *part)
{
    const char *disposition = g_mime_object_get_disposition(part);
    const char *name = GMIME_IS_PART(part) ? g_mime_part_get_filename(GMIME_PART(part)) : NULL;
    return (disposition && strcasecmp(disposition, "attachment") == 0) || (name && *name);
}

/* Types that say something without being text or a file. True: that was all. */
static bool take_special(struct walk *walk, GMimeObject *part)
{
    struct mail *mail = walk->mail;
    if (is_type(part, "application", "pgp-signature") || is_type(part, "application", "pkcs7-signature") ||
        is_type(part, "application", "x-pkcs7-signature") || is_type(part, "application", "pgp-encrypted"))
        return true;
    if (is_type(part, "application", "pkcs7-mime") || is_type(part, "application", "x-pkcs7-mime")) {
        const char *kind = g_mime_object_get_content_type_parameter(part, "smime-type");
        mail->encrypted = mail->encrypted || !kind || strcasecmp(kind, "signed-data") != 0;
        return false;
    }
    if ((is_type(part, "message", "delivery-status") || is_type(part, "message", "global-delivery-status")) &&
        !mail->report) {
        mail->report = content_of(GMIME_PART(part), MAIL_TEXT);
        return true;
    }
    return false;
}

/* "Message-ID: <…>" in a piece of header. */
static char *id_in(const char *text)
{
    const char *p = strcasestr(text, "message-id:");
    const char *from = p ? strchr(p, '<') : NULL, *to = from ? strchr(from, '>') : NULL;
    char *id = to && to - from < EMAIL_ID ? g_strndup(from + 1, (gsize)(to - from - 1)) : NULL;
    if (id && email_id_valid(id))
        return id;
    g_free(id);
    return NULL;
}

static void take_leaf(struct walk *walk, GMimeObject *object)
{
    GMimePart *part = GMIME_PART(object);
    const char *name = g_mime_part_get_filename(part);
    if (take_special(walk, object))
        return;
    if (is_type(object, "text", "rfc822-headers")) {
        char *text = walk->mail->original ? NULL : content_of(part, MAIL_HEADER);
        if (text)
            walk->mail->original = id_in(text);
        g_free(text);
    } else if (GMIME_IS_TEXT_PART(object) && !is_attached(object) &&
               (is_type(object, "text", "plain") || is_type(object, "text", "html"))) {
        add_text(walk, GMIME_TEXT_PART(object));
    } else {
        const char *fallback = is_type(object, "text", "calendar") ? "invitation.ics"
                               : is_type(object, "image", "*")     ? "image"
                                                                   : "attachment";
        add_file(walk->mail, name, fallback, size_of(part), object);
    }
}

/* A mail within the mail is not read: its words are not the sender's. */
static void take_message(struct walk *walk, GMimeObject *object)
{
    GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
    const char *subject = inner ? g_mime_message_get_subject(inner) : NULL;
    const char *id = inner ? g_mime_message_get_message_id(inner) : NULL;
    if (!walk->mail->original && id && email_id_valid(id))
        walk->mail->original = g_strdup(id);
    char *line = clean_line(subject);
    g_strdelimit(line, "/\\", '-');
    char *name = g_strdup_printf("%.140s.eml", *line ? line : "mail");
    char *valid = g_utf8_make_valid(name, -1);
    add_file(walk->mail, valid, "mail.eml", 0, inner ? GMIME_OBJECT(inner) : NULL);
    g_free(valid);
    g_free(name);
    g_free(line);
}

static void take_part(struct walk *walk, GMimeObject *part, int depth) /* NOLINT(misc-no-recursion): bounded */
{
    if (!part || depth > MAIL_DEPTH || walk->mail->part_count++ >= MAIL_PARTS)
        return;
    if (GMIME_IS_MULTIPART(part)) {
        int n = g_mime_multipart_get_count(GMIME_MULTIPART(part));
        walk->mail->encrypted = walk->mail->encrypted || GMIME_IS_MULTIPART_ENCRYPTED(part);
        for (int i = 0; i < n; i++)
            take_part(walk, g_mime_multipart_get_part(GMIME_MULTIPART(part), i), depth + 1);
    } else if (GMIME_IS_MESSAGE_PART(part)) {
        take_message(walk, part);
    } else if (GMIME_IS_PART(part)) {
        take_leaf(walk, part);
    }
}

static char *take_all(struct kit_text *text)
{
    char *taken = g_strdup(kit_text_get(text));
    kit_text_finish(text);
    return taken;
}

/* ---- the mail ---- */

/* Where the header ends; a longer one than allowed is not worth reading. */
static bool has_short_header(const char *bytes, size_t n)
{
    size_t most = n < MAIL_HEADER ? n : MAIL_HEADER;
    return n <= most || memmem(bytes, most, "\n\n", 2) || memmem(bytes, most, "\n\r\n", 3);
}

static GMimeMessage *read_message(const char *bytes, size_t n)
{
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, n);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    g_object_unref(stream);
    return message;
}

void mail_init(void)
{
    g_mime_init();
}

struct mail *mail_parse(const char *bytes, size_t n)
{
    n = n < MAIL_BYTES ? n : MAIL_BYTES;
    GMimeMessage *message = has_short_header(bytes, n) ? read_message(bytes, n) : NULL;
    if (!message)
        return NULL;
    struct mail *mail = g_new0(struct mail, 1);
    struct walk walk = {.mail = mail};
    mail->message = message;
    mail->subject = clean_line(g_mime_message_get_subject(message));
    read_from(mail);
    read_ids(mail);
    read_recipients(mail);
    mail->shortened = mail_count(mail, "X-Tocsin-Shortened") > 0;
    take_part(&walk, g_mime_message_get_mime_part(message), 0);
    mail->text = take_all(&walk.text);
    mail->html = take_all(&walk.html);
    return mail;
}

bool mail_file_write(const struct mail_file *file, int fd)
{
    GMimeDataWrapper *content =
        file->part && GMIME_IS_PART(file->part) ? g_mime_part_get_content(file->part) : NULL;
    if (!file->part || (GMIME_IS_PART(file->part) && !content))
        return false;
    GMimeStream *stream = g_mime_stream_fs_new(fd);
    g_mime_stream_fs_set_owner(GMIME_STREAM_FS(stream), FALSE);
    ssize_t n = content ? g_mime_data_wrapper_write_to_stream(content, stream)
                        : g_mime_object_write_to_stream(file->part, NULL, stream);
    bool written = n >= 0 && g_mime_stream_flush(stream) == 0;
    g_object_unref(stream);
    return written;
}

void mail_destroy(struct mail *mail)
{
    if (!mail)
        return;
    char *texts[] = {mail->from, mail->from_name, mail->subject, mail->id,
                     mail->text, mail->html,      mail->report,  mail->original};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        g_free(texts[i]);
    for (size_t i = 0; i < mail->file_count; i++)
        g_free(mail->files[i].name);
    list_finish(&mail->references);
    list_finish(&mail->recipients);
    g_object_unref(mail->message);
    g_free(mail);
}
