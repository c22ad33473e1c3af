#include "address.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/signature.h>

/* ---- what is an address ---- */

/* RFC 5322 atext, of ASCII only. */
static bool is_atom(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

/* Words of `is_word` characters with single dots between them. */
static bool is_dotted(const char *text, size_t n, bool (*is_word)(char))
{
    for (size_t i = 0; i < n; i++) {
        bool dot = text[i] == '.';
        if (!dot && !is_word(text[i]))
            return false;
        if (dot && (i == 0 || i + 1 == n || text[i - 1] == '.'))
            return false;
    }
    return n > 0;
}

static bool is_label(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_';
}

static bool is_domain(const char *text, size_t n)
{
    if (n > 253 || !is_dotted(text, n, is_label))
        return false;
    for (size_t i = 0, from = 0; i <= n; i++) {
        if (i < n && text[i] != '.')
            continue;
        if (i - from > 63 || text[from] == '-' || text[i - 1] == '-')
            return false;
        from = i + 1;
    }
    return true;
}

bool email_address_valid(const char *text)
{
    size_t n = strlen(text);
    const char *at = strchr(text, '@');
    if (!at || n > 254 || at - text > 64)
        return false;
    return is_dotted(text, (size_t)(at - text), is_atom) && is_domain(at + 1, n - (size_t)(at - text) - 1);
}

bool email_id_valid(const char *text)
{
    size_t n = strlen(text), ats = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] <= ' ' || text[i] >= 127 || strchr("<>\"(),;:\\", text[i]))
            return false;
        ats += text[i] == '@';
    }
    return n > 2 && n < EMAIL_ID && ats == 1 && text[0] != '@' && text[n - 1] != '@';
}

const char *email_domain(const char *address)
{
    const char *at = strrchr(address, '@');
    return at ? at + 1 : "";
}

bool email_address_same(const char *a, const char *b)
{
    return *a && strcasecmp(a, b) == 0;
}

bool email_domain_within(const char *domain, const char *of)
{
    size_t n = strlen(domain), m = strlen(of);
    if (!m || n < m || strcasecmp(domain + n - m, of) != 0)
        return false;
    return n == m || domain[n - m - 1] == '.';
}

/* ---- tokens ---- */

const char *email_self_init(struct email_self *self, const char *address, char separator, const char *secret,
                            const char *earlier)
{
    *self = (struct email_self){.separator = separator, .secret = secret, .earlier = earlier};
    if (!email_address_valid(address))
        return "`address` must be one mail address, such as incidents@example.com";
    size_t n = strcspn(address, "@");
    if (n > EMAIL_LOCAL)
        return "the part of `address` before the @ must have at most 15 characters, because answers come back "
               "to a "
               "longer one";
    if (strlen(address) - n - 1 > 150)
        return "the domain of `address` is longer than 150 characters";
    snprintf(self->address, sizeof(self->address), "%s", address);
    snprintf(self->local, sizeof(self->local), "%.*s", (int)n, address);
    self->domain = self->address + n + 1;
    return NULL;
}

/* The first characters of an HMAC in base 32; `size` includes the terminator. */
static void sign(const char *secret, const char *what, const char *text, size_t size, char *out)
{
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
    uint8_t mac[KIT_HMAC_BYTES] = {0};
    struct kit_part parts[] = {{what, strlen(what)}, {text, strlen(text)}};
    uint32_t bits = 0, held = 0;
    size_t at = 0, n = 0;
    if (!kit_hmac(secret, parts, 2, mac))
        abort(); /* without signatures every address would be valid */
    while (n + 1 < size) {
        if (held < 5) {
            bits = bits << 8 | mac[at++];
            held += 8;
        }
        held -= 5;
        out[n++] = digits[bits >> held & 31];
    }
    out[n] = '\0';
}

void email_key(const struct email_self *self, const char *action, char key[EMAIL_KEY])
{
    sign(self->secret, "v1|action|", action, EMAIL_KEY, key);
}

void email_party(const struct email_self *self, const char *address, char party[EMAIL_PARTY])
{
    char lower[EMAIL_ADDRESS];
    size_t n = 0;
    for (; address[n] && n + 1 < sizeof(lower); n++)
        lower[n] = (char)tolower((unsigned char)address[n]);
    lower[n] = '\0';
    sign(self->secret, "v1|party|", lower, EMAIL_PARTY, party);
}

/* Everything but the tag, with the dot before it. */
static int write_head(const struct email_token *token, char text[EMAIL_TOKEN])
{
    return snprintf(text, EMAIL_TOKEN, "%c%s.%" PRIu64 ".%s.", (char)token->kind, token->key, token->incident,
                    token->party);
}

void email_token_write(const struct email_self *self, const struct email_token *token, char text[EMAIL_TOKEN])
{
    char head[EMAIL_TOKEN], tag[EMAIL_TAG];
    write_head(token, head);
    sign(self->secret, "v1|token|", head, EMAIL_TAG, tag);
    snprintf(text, EMAIL_TOKEN, "%.60s%s", head, tag);
}

/* Copies lower-case letters and digits up to a dot. Returns what follows the dot; NULL: the text is something else. */
static const char *take_word(const char *text, char *word, size_t size)
{
    size_t n = strcspn(text, ".");
    if (text[n] != '.' || n >= size)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        if (!isdigit((unsigned char)text[i]) && !islower((unsigned char)text[i]))
            return NULL;
        word[i] = text[i];
    }
    word[n] = '\0';
    return text + n + 1;
}

static bool is_signed(const char *secret, const char *head, const char *given)
{
    char tag[EMAIL_TAG];
    if (!*secret)
        return false;
    sign(secret, "v1|token|", head, EMAIL_TAG, tag);
    return kit_same(tag, given);
}

bool email_token_read(const struct email_self *self, const char *text, size_t n, struct email_token *ret)
{
    char lower[EMAIL_TOKEN] = "", head[EMAIL_TOKEN], number[21] = "";
    if (n == 0 || n >= sizeof(lower))
        return false;
    for (size_t i = 0; i < n; i++)
        lower[i] = (char)tolower((unsigned char)text[i]); /* relays change the case of addresses */
    lower[n] = '\0';
    if (!strchr("mrbcuts", lower[0]))
        return false;
    *ret = (struct email_token){.kind = (enum email_kind)lower[0]};
    const char *rest = take_word(lower + 1, ret->key, sizeof(ret->key));
    rest = rest ? take_word(rest, number, sizeof(number)) : NULL;
    rest = rest ? take_word(rest, ret->party, sizeof(ret->party)) : NULL;
    if (!rest || number[strspn(number, "0123456789")] || !*number)
        return false;
    ret->incident = strtoull(number, NULL, 10);
    write_head(ret, head);
    return is_signed(self->secret, head, rest) || is_signed(self->earlier, head, rest);
}

void email_token_address(const struct email_self *self, const struct email_token *token,
                         char address[EMAIL_ADDRESS])
{
    char text[EMAIL_TOKEN];
    email_token_write(self, token, text);
    snprintf(address, EMAIL_ADDRESS, "%s%c%s@%.150s", self->local, self->separator, text, self->domain);
}

void email_token_id(const struct email_self *self, const struct email_token *token, char id[EMAIL_ID])
{
    char text[EMAIL_TOKEN];
    email_token_write(self, token, text);
    snprintf(id, EMAIL_ID, "%s@%.150s", text, self->domain);
}

/* What stands behind local and separator in an address of ours. NULL: it is somebody else's, or has nothing there. */
static const char *detail_of(const struct email_self *self, const char *address, size_t *ret_n)
{
    size_t n = strlen(self->local);
    const char *at = strrchr(address, '@');
    if (!at || strcasecmp(at + 1, self->domain) != 0 || strncasecmp(address, self->local, n) != 0 ||
        address[n] != self->separator || at <= address + n)
        return NULL;
    *ret_n = (size_t)(at - address) - n - 1;
    return address + n + 1;
}

bool email_token_of_address(const struct email_self *self, const char *address, struct email_token *ret)
{
    size_t n;
    const char *detail = detail_of(self, address, &n);
    return detail && email_token_read(self, detail, n, ret);
}

bool email_token_of_id(const struct email_self *self, const char *id, struct email_token *ret)
{
    const char *at = strrchr(id, '@');
    return at && strcasecmp(at + 1, self->domain) == 0 && email_token_read(self, id, (size_t)(at - id), ret) &&
           (ret->kind == EMAIL_FOR_MESSAGE || ret->kind == EMAIL_FOR_TOPIC ||
            ret->kind == EMAIL_FOR_SUBSCRIBER);
}

bool email_is_self(const struct email_self *self, const char *address)
{
    size_t n;
    return email_address_same(self->address, address) || detail_of(self, address, &n);
}
