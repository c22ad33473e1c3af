#include "bounce.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/text.h>

#include "phrases.h"

#define LOOK_MOST ((size_t)64 << 10) /* of a text that is searched */

/* ---- delivery-status ---- */

/* The value of a field in n bytes of header-like lines, folded lines joined. False: it is not there. */
static bool field_of(const char *group, size_t n, const char *name, char *value, size_t size)
{
    size_t length = strlen(name), at = 0;
    for (const char *p = group; p < group + n;) {
        size_t line = strcspn(p, "\n");
        if (line > length && strncasecmp(p, name, length) == 0 && p[length] == ':') {
            for (const char *q = p + length + 1; q < group + n && at + 1 < size; q++) {
                if (*q == '\n' && q[1] != ' ' && q[1] != '\t')
                    break;
                bool space = isspace((unsigned char)*q);
                if (!space || (at && value[at - 1] != ' '))
                    value[at++] = space ? ' ' : *q;
            }
            while (at && value[at - 1] == ' ')
                at--;
            value[at] = '\0';
            return true;
        }
        p += line + (p + line < group + n);
        if (!line && p >= group + n)
            break;
    }
    return false;
}

/* "rfc822; <ops@acme.example>" -> the address. */
static bool set_address(struct bounce *bounce, const char *typed)
{
    char address[EMAIL_ADDRESS];
    const char *p = strchr(typed, ';');
    size_t n = 0;
    for (p = p ? p + 1 : typed; *p && n + 1 < sizeof(address); p++) {
        if (!strchr(" <>\t", *p))
            address[n++] = (char)tolower((unsigned char)*p);
    }
    address[n] = '\0';
    if (!email_address_valid(address))
        return false;
    snprintf(bounce->address, sizeof(bounce->address), "%s", address);
    return true;
}

static void set_text(struct bounce *bounce, const char *text)
{
    const char *p = strncasecmp(text, "smtp;", 5) == 0 ? text + 5 : text;
    kit_clean_name(p + strspn(p, " "), bounce->text, sizeof(bounce->text));
}

/* The action counts: a server that gave up says "failed" with the status of what kept it from delivering, such as 4.4.7. */
static enum bounce_kind kind_of(const char *action, const char *status)
{
    if (strncasecmp(action, "failed", 6) == 0)
        return BOUNCE_FAILED;
    if (strncasecmp(action, "delayed", 7) == 0)
        return BOUNCE_DELAYED;
    return *status == '4' ? BOUNCE_DELAYED : *status == '5' ? BOUNCE_FAILED : BOUNCE_FINE;
}

/* One recipient. False: the group is about the whole mail. */
static bool take_group(struct bounce *bounce, const char *group, size_t n)
{
    char action[40] = "", status[40] = "", value[600] = "";
    bool acted = field_of(group, n, "Action", action, sizeof(action));
    bool known = field_of(group, n, "Status", status, sizeof(status)) || acted;
    if (!known || (bounce->kind == BOUNCE_FAILED))
        return known;
    bounce->kind = kind_of(action, status);
    if (!field_of(group, n, "Original-Recipient", value, sizeof(value)) || !set_address(bounce, value)) {
        if (field_of(group, n, "Final-Recipient", value, sizeof(value)))
            set_address(bounce, value);
    }
    set_text(bounce, field_of(group, n, "Diagnostic-Code", value, sizeof(value)) ? value : status);
    return true;
}

static void take_report(struct bounce *bounce, const char *report)
{
    for (const char *p = report; *p;) {
        const char *end = strstr(p, "\n\n");
        size_t n = end ? (size_t)(end - p) : strlen(p);
        take_group(bounce, p, n);
        p += n;
        p += strspn(p, "\n");
    }
}

/* ---- plain texts ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "550 5.1.1", "550-5.1.1", "5.1.1", "#5.1.1": where a server's own words begin. NULL: they do not. */
static const char *code_in(const char *line, size_t n)
{
    for (size_t i = 0; i + 4 < n; i++) {
        const char *p = line + i;
        bool start = i == 0 || strchr(" :<(#\t\"", p[-1]);
        if (!start || (*p != '4' && *p != '5'))
            continue;
        bool reply = is_digit(p[1]) && is_digit(p[2]) && strchr(" -#", p[3]);
        bool status = p[1] == '.' && is_digit(p[2]) && (p[3] == '.' || is_digit(p[3]));
        if (reply || status)
            return p;
    }
    return NULL;
}

/* An address in <> or at a line's begin, which is not our own. */
static bool address_in(struct bounce *bounce, const struct email_self *self, const char *line, size_t n)
{
    char word[EMAIL_ADDRESS] = "";
    for (size_t i = 0; i < n;) {
        size_t length = 0;
        while (i < n && strchr(" \t<>\"'()[]:;,", line[i]))
            i++;
        while (i + length < n && !strchr(" \t<>\"'()[];,", line[i + length]))
            length++;
        size_t bare = length;
        while (bare && strchr(":.", line[i + bare - 1]))
            bare--;
        if (bare < sizeof(word)) {
            memcpy(word, line + i, bare);
            word[bare] = '\0';
            const char *address = strncasecmp(word, "mailto:", 7) == 0 ? word + 7 : word;
            address = strncasecmp(address, "smtp:", 5) == 0 ? address + 5 : address;
            if (email_address_valid(address) && strchr(email_domain(address), '.') &&
                !email_is_self(self, address))
                return set_address(bounce, address);
        }
        i += length + !length;
    }
    return false;
}

/* The server's words from the code on; in "temporary failure (#4.4.3)" it comes last. */
static void set_words(struct bounce *bounce, const char *line, size_t n, const char *code)
{
    char words[400];
    const char *from = code > line && strchr("(#", code[-1]) ? line : code;
    snprintf(words, sizeof(words), "%.*s", (int)(n - (size_t)(from - line)), from);
    set_text(bounce, words);
}

/* The first code, and the address nearest above it or on its line. Returns the code's first digit; 0: there is none. */
static char take_plain(struct bounce *bounce, const struct email_self *self, const char *text)
{
    char digit = 0;
    for (const char *p = text; *p && p < text + LOOK_MOST;) {
        size_t n = strcspn(p, "\n");
        const char *code = digit ? NULL : code_in(p, n);
        if (!*bounce->address)
            address_in(bounce, self, p, n);
        if (code) {
            digit = *code;
            set_words(bounce, p, n, code);
        }
        p += n + (p[n] == '\n');
    }
    return digit;
}

static bool find_token(const struct email_self *self, const char *text, struct email_token *ret)
{
    for (const char *p = text; (p = strchr(p, '<')) && p < text + LOOK_MOST; p++) {
        char id[EMAIL_ID];
        size_t n = strcspn(p + 1, "> \n");
        if (p[1 + n] != '>' || n >= sizeof(id))
            continue;
        memcpy(id, p + 1, n);
        id[n] = '\0';
        if (email_token_of_id(self, id, ret) || email_token_of_address(self, id, ret))
            return true;
    }
    return false;
}

/* ---- both ---- */

static bool is_from(const struct mail *mail, const char *begin)
{
    return strncmp(mail->from, begin, strlen(begin)) == 0;
}

static bool is_from_a_machine(const struct mail *mail)
{
    char *path = mail_header(mail, "Return-Path", 0);
    bool empty = path && strcmp(path, "<>") == 0;
    free(path);
    return empty || !*mail->from || is_from(mail, "mailer-daemon@") || is_from(mail, "postmaster@") ||
           is_from(mail, "microsoftexchange");
}

static bool subject_says_so(const char *subject)
{
    for (const char *const *phrase = phrases_bounced; *phrase; phrase++) {
        if (strcasestr(subject, *phrase))
            return true;
    }
    return false;
}

/* It was tried for days: then the last code is one that asks to come again. */
static bool says_over(const char *text)
{
    return strcasestr(text, "permanent error") || strcasestr(text, "given up") ||
           strcasestr(text, "giving up") || strcasestr(text, "not going to try again") ||
           strcasestr(text, "retry timeout exceeded");
}

static bool says_later(const struct mail *mail)
{
    return strcasestr(mail->subject, "delay") || strcasestr(mail->subject, "warning") ||
           strcasestr(mail->text, "will keep trying") || strcasestr(mail->text, "will continue to try") ||
           strcasestr(mail->text, "do not need to resend");
}

static bool is_bounce_address(const struct email_self *self, const char *address, struct email_token *ret)
{
    return email_token_of_address(self, address, ret) &&
           (ret->kind == EMAIL_FOR_BOUNCE || ret->kind == EMAIL_FOR_SUBSCRIBER);
}

/* What the mail was about: the signed address that it came back to, else the Message-ID that it quotes. */
static void set_token(const struct mail *mail, const struct email_self *self, struct bounce *bounce)
{
    for (size_t i = 0; i < mail->recipients.n; i++) {
        if (is_bounce_address(self, mail->recipients.v[i], &bounce->token))
            return;
    }
    bool found = mail->original && email_token_of_id(self, mail->original, &bounce->token);
    for (size_t i = mail->references.n; i-- > 0 && !found;)
        found = email_token_of_id(self, mail->references.v[i], &bounce->token);
    if (!found && !find_token(self, mail->text, &bounce->token) &&
        !(mail->report && find_token(self, mail->report, &bounce->token)))
        bounce->token = (struct email_token){EMAIL_FOR_NOTHING, "", 0, ""};
}

static bool comes_back(const struct mail *mail, const struct email_self *self)
{
    struct email_token token;
    for (size_t i = 0; i < mail->recipients.n; i++) {
        if (is_bounce_address(self, mail->recipients.v[i], &token))
            return true;
    }
    return false;
}

/* What a mail server answers to a mail of ours is about its delivery, in whatever language. */
static bool is_answer_of_daemon(const struct mail *mail, const struct email_self *self)
{
    struct email_token token;
    bool ours = false;
    for (size_t i = 0; i < mail->references.n && !ours; i++)
        ours = email_token_of_id(self, mail->references.v[i], &token);
    return ours && is_from(mail, "mailer-daemon@");
}

static bool is_plain_bounce(const struct mail *mail, const struct email_self *self)
{
    return is_from_a_machine(mail) &&
           (subject_says_so(mail->subject) || mail_count(mail, "X-Failed-Recipients") ||
            comes_back(mail, self) || is_answer_of_daemon(mail, self));
}

static void read_plain(const struct mail *mail, const struct email_self *self, struct bounce *ret)
{
    char *failed = mail_header(mail, "X-Failed-Recipients", 0);
    if (failed)
        set_address(ret, failed);
    free(failed);
    bool temporary = take_plain(ret, self, mail->text) == '4' && !says_over(mail->text);
    ret->kind = temporary || says_later(mail) ? BOUNCE_DELAYED : BOUNCE_FAILED;
}

void bounce_read(const struct mail *mail, const struct email_self *self, struct bounce *ret)
{
    *ret = (struct bounce){.kind = NOT_A_BOUNCE};
    if (mail_has(mail, "Content-Type", "feedback-report"))
        ret->kind = BOUNCE_ABUSE;
    else if (mail_has(mail, "Content-Type", "disposition-notification"))
        ret->kind = BOUNCE_FINE;
    else if (mail->report)
        take_report(ret, mail->report);
    if (ret->kind == NOT_A_BOUNCE && is_plain_bounce(mail, self))
        read_plain(mail, self, ret);
    if (ret->kind != NOT_A_BOUNCE)
        set_token(mail, self, ret);
}
