#include "customers/record.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "base/json.h"
#include "engine/state_parts.h"

static const char *const wishes[] = {
    [WISH_NONE] = NULL, [WISH_NO_CONTACT] = "no-contact", [WISH_SECURITY_ONLY] = "security-only"};

const char *wish_name(enum customer_wish wish)
{
    return wishes[wish];
}

int wish_parse(const char *word, enum customer_wish *ret, struct error *err)
{
    for (size_t i = 1; i < ARRAY_SIZE(wishes); i++) {
        if (text_equal_nocase(word, wishes[i])) {
            *ret = (enum customer_wish)i;
            return 0;
        }
    }
    return error_set(err, ERR_INVALID, "Unknown wish '%.40s'. Choose no-contact or security-only.", word);
}

bool customer_is_everybody(const char *typed)
{
    static const char *const words[] = {EVERY_CUSTOMER, "everybody", "affected", "*"};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (text_equal_nocase(typed, words[i]))
            return true;
    }
    return false;
}

bool customer_hears(const struct customer *record, bool security)
{
    return record->wish == WISH_NONE || (record->wish == WISH_SECURITY_ONLY && security);
}

const char *customer_name(const struct customer *customer)
{
    return customer->name ? customer->name : customer->key;
}

/* ---- memory ---- */

void customer_finish(struct customer *c)
{
    for (size_t i = 0; i < c->contacts.n; i++) {
        free(c->contacts.v[i].name);
        free(c->contacts.v[i].email);
        free(c->contacts.v[i].role);
    }
    for (size_t i = 0; i < c->routes.n; i++) {
        free(c->routes.v[i].connector);
        free(c->routes.v[i].address);
    }
    for (size_t i = 0; i < c->aliases.n; i++)
        free(c->aliases.v[i]);
    for (size_t i = 0; i < c->domains.n; i++)
        free(c->domains.v[i]);
    array_free(&c->contacts);
    array_free(&c->routes);
    array_free(&c->aliases);
    array_free(&c->domains);
    free(c->key);
    free(c->name);
    free(c->tier);
    free(c->owner);
    free(c->language);
    *c = (struct customer){0};
}

void customer_add_word(customer_words *words, const char *word)
{
    for (size_t i = 0; i < words->n; i++) {
        if (text_equal_nocase(words->v[i], word))
            return;
    }
    *array_add(words) = xstrdup(word); /* NOLINT(bugprone-sizeof-expression): an array of texts */
}

void customer_copy(struct customer *to, const struct customer *from)
{
    *to = (struct customer){
        .key = xstrdup(from->key),
        .name = xstrdup(from->name),
        .tier = xstrdup(from->tier),
        .owner = xstrdup(from->owner),
        .language = xstrdup(from->language),
        .cares = from->cares,
        .wish = from->wish,
    };
    for (size_t i = 0; i < from->contacts.n; i++) {
        const struct contact *c = &from->contacts.v[i];
        *array_add(&to->contacts) = (struct contact){xstrdup(c->name), xstrdup(c->email), xstrdup(c->role)};
    }
    for (size_t i = 0; i < from->routes.n; i++) {
        const struct customer_route *r = &from->routes.v[i];
        *array_add(&to->routes) = (struct customer_route){xstrdup(r->connector), xstrdup(r->address)};
    }
    for (size_t i = 0; i < from->aliases.n; i++)
        *array_add(&to->aliases) = xstrdup(from->aliases.v[i]);
    for (size_t i = 0; i < from->domains.n; i++)
        *array_add(&to->domains) = xstrdup(from->domains.v[i]);
}

/* ---- to JSON ---- */

static void put_texts(struct json_out *j, const char *name, char *const *texts, size_t n)
{
    if (n)
        json_put_texts(j, name, texts, n);
}

static void put_contacts(struct json_out *j, const struct customer *c)
{
    if (!c->contacts.n)
        return;
    json_key(j, "contacts");
    json_begin_array(j);
    for (size_t i = 0; i < c->contacts.n; i++) {
        json_begin_object(j);
        json_put_text_if(j, "name", c->contacts.v[i].name);
        json_put_text_if(j, "email", c->contacts.v[i].email);
        json_put_text_if(j, "role", c->contacts.v[i].role);
        json_end_object(j);
    }
    json_end_array(j);
}

static void put_routes(struct json_out *j, const struct customer *c)
{
    if (!c->routes.n)
        return;
    json_key(j, "routes");
    json_begin_array(j);
    for (size_t i = 0; i < c->routes.n; i++) {
        json_begin_object(j);
        json_put_text(j, "connector", c->routes.v[i].connector);
        json_put_text(j, "address", c->routes.v[i].address);
        json_end_object(j);
    }
    json_end_array(j);
}

void customer_encode(const struct customer *c, struct str *out)
{
    struct json_out j = {out, false};
    json_begin_object(&j);
    json_put_text(&j, "key", c->key);
    json_put_text_if(&j, "name", c->name);
    json_put_text_if(&j, "tier", c->tier);
    if (c->cares)
        json_put_bool(&j, "cares", true);
    json_put_text_if(&j, "owner", c->owner);
    json_put_text_if(&j, "language", c->language);
    put_contacts(&j, c);
    put_routes(&j, c);
    json_put_text_if(&j, "wish", wish_name(c->wish));
    put_texts(&j, "aliases", c->aliases.v, c->aliases.n);
    put_texts(&j, "domains", c->domains.v, c->domains.n);
    json_end_object(&j);
}

/* ---- checks ---- */

int customer_check_text(const char *field, const char *text, size_t most, struct error *err)
{
    size_t n = strlen(text);
    if (text_empty(text))
        return error_set(err, ERR_INVALID, "%s is empty.", field);
    if (n > most)
        return error_set(err, ERR_TOO_BIG, "%s has %zu bytes; at most %zu are allowed.", field, n, most);
    if (!utf8_valid(text, n))
        return error_set(err, ERR_INVALID, "%s is not UTF-8.", field);
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
            return error_set(err, ERR_INVALID, "%s contains a line break or another control character.", field);
    }
    return 0;
}

bool email_is_valid(const char *text)
{
    const char *at = strchr(text, '@');
    size_t n = strlen(text);
    if (!at || at == text || !at[1] || strchr(at + 1, '@') || n > CUSTOMER_EMAIL || !utf8_valid(text, n))
        return false;
    for (const char *p = text; *p; p++) {
        if ((unsigned char)*p <= ' ' || *p == 0x7f || strchr("<>()[],;:\\\"", *p))
            return false;
    }
    return at[1] != '.' && text[n - 1] != '.';
}

static int check_email(const char *field, const char *text, struct error *err)
{
    if (email_is_valid(text))
        return 0;
    return error_set(err, ERR_INVALID, "%s '%.80s' is not an e-mail address such as jo@acme.example.", field,
                     text);
}

/* As in BCP 47: "de", "pt-BR", "zh-Hans-TW". */
int customer_check_language(const char *text, struct error *err)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    bool good = n == 2 || n == 3;
    for (const char *p = text + n; good && *p; p += n) {
        for (n = 1; isalnum((unsigned char)p[n]); n++)
            ;
        good = *p == '-' && n > 2 && n <= 9;
    }
    if (good && strlen(text) <= 35)
        return 0;
    return error_set(err, ERR_INVALID, "Unknown language '%.40s'. Write a code such as en, de or pt-BR.", text);
}

int customer_check_domain(const char *text, struct error *err)
{
    size_t n = strlen(text);
    bool good = n >= 3 && n <= 253 && strchr(text, '.') && *text != '.' && text[n - 1] != '.';
    for (const char *p = text; *p && good; p++)
        good = isalnum((unsigned char)*p) || *p == '-' || (*p == '.' && p[1] != '.');
    if (good)
        return 0;
    return error_set(err, ERR_INVALID, "'%.80s' is not a domain such as acme.example.", text);
}

/* ---- from JSON ---- */

static const char *const members[] = {"key",      "name",   "tier", "cares",   "owner",  "language",
                                      "contacts", "routes", "wish", "aliases", "domains"};

static int check_members(const cJSON *object, const char *const *known, size_t n, struct error *err)
{
    const cJSON *member;
    cJSON_ArrayForEach(member, object)
    {
        size_t i = 0;
        while (i < n && strcmp(known[i], member->string) != 0)
            i++;
        if (i == n)
            return error_set(err, ERR_INVALID, "Unknown field '%.40s'.", member->string);
    }
    return 0;
}

/* NULL where the member is absent or empty. */
static int take_text(const cJSON *object, const char *name, size_t most, char **ret, struct error *err)
{
    const cJSON *member = json_member(object, name);
    if (!member)
        return 0;
    if (!cJSON_IsString(member))
        return error_set(err, ERR_INVALID, "%s must be text.", name);
    if (text_empty(member->valuestring))
        return 0;
    *ret = xstrdup(member->valuestring);
    return customer_check_text(name, *ret, most, err);
}

/* Calls `take` for each entry of a list, as long as it returns 0. */
static int take_each(const cJSON *object, const char *name, struct customer *c,
                     int (*take)(const cJSON *item, struct customer *c, struct error *err), struct error *err)
{
    int rc = 0;
    const cJSON *item, *list = json_member(object, name);
    if (list && !cJSON_IsArray(list))
        return error_set(err, ERR_INVALID, "%s must be a list.", name);
    if (cJSON_GetArraySize(list) > CUSTOMER_ROWS)
        return error_set(err, ERR_TOO_BIG, "%s has more than %d entries.", name, CUSTOMER_ROWS);
    cJSON_ArrayForEach(item, list)
    {
        if (!rc)
            rc = take(item, c, err);
    }
    return rc;
}

static int take_contact(const cJSON *item, struct customer *c, struct error *err)
{
    struct contact *contact = array_add(&c->contacts);
    static const char *const known[] = {"name", "email", "role"};
    int rc = cJSON_IsObject(item) ? check_members(item, known, ARRAY_SIZE(known), err)
                                  : error_set(err, ERR_INVALID, "A contact must be an object.");
    if (!rc)
        rc = take_text(item, "name", CUSTOMER_TEXT, &contact->name, err);
    if (!rc)
        rc = take_text(item, "email", CUSTOMER_EMAIL, &contact->email, err);
    if (!rc)
        rc = take_text(item, "role", CUSTOMER_TEXT, &contact->role, err);
    if (!rc && contact->email)
        rc = check_email("The contact's address", contact->email, err);
    if (!rc && !contact->email && !contact->name)
        rc = error_set(err, ERR_INVALID, "A contact needs a name or an email.");
    return rc;
}

static int take_route(const cJSON *item, struct customer *c, struct error *err)
{
    struct customer_route *route = array_add(&c->routes);
    static const char *const known[] = {"connector", "address"};
    int rc = cJSON_IsObject(item) ? check_members(item, known, ARRAY_SIZE(known), err)
                                  : error_set(err, ERR_INVALID, "A route must be an object.");
    if (!rc)
        rc = take_text(item, "connector", CUSTOMER_TEXT, &route->connector, err);
    if (!rc)
        rc = take_text(item, "address", CUSTOMER_EMAIL, &route->address, err);
    if (!rc && (!route->connector || !route->address))
        rc = error_set(err, ERR_INVALID, "A route needs a connector and an address.");
    return rc;
}

static int take_alias(const cJSON *item, struct customer *c, struct error *err)
{
    if (!cJSON_IsString(item))
        return error_set(err, ERR_INVALID, "An alias must be text.");
    if (!text_equal_nocase(c->key, item->valuestring))
        customer_add_word(&c->aliases, item->valuestring);
    return customer_check_text("An alias", item->valuestring, CUSTOMER_TEXT, err);
}

static int take_domain(const cJSON *item, struct customer *c, struct error *err)
{
    if (!cJSON_IsString(item))
        return error_set(err, ERR_INVALID, "A domain must be text.");
    CLEANUP_FREE char *domain = text_lower(item->valuestring);
    customer_add_word(&c->domains, domain);
    return customer_check_domain(domain, err);
}

static int take_switches(const cJSON *object, struct customer *c, struct error *err)
{
    const cJSON *cares = json_member(object, "cares"), *wish = json_member(object, "wish");
    if (cares && !cJSON_IsBool(cares))
        return error_set(err, ERR_INVALID, "cares must be true or false.");
    if (wish && !cJSON_IsString(wish))
        return error_set(err, ERR_INVALID, "wish must be text: no-contact or security-only.");
    c->cares = cJSON_IsTrue(cares);
    return wish && *wish->valuestring ? wish_parse(wish->valuestring, &c->wish, err) : 0;
}

static int take_all(const cJSON *object, struct customer *c, struct error *err)
{
    const struct {
        const char *name;
        size_t most;
        char **at;
    } texts[] = {
        {"key", CUSTOMER_TEXT, &c->key},           {"name", CUSTOMER_TEXT, &c->name},
        {"tier", CUSTOMER_TEXT, &c->tier},         {"owner", CUSTOMER_TEXT, &c->owner},
        {"language", CUSTOMER_TEXT, &c->language},
    };
    int rc = check_members(object, members, ARRAY_SIZE(members), err);
    for (size_t i = 0; !rc && i < ARRAY_SIZE(texts); i++)
        rc = take_text(object, texts[i].name, texts[i].most, texts[i].at, err);
    if (!rc && !c->key)
        rc = error_set(err, ERR_INVALID, "key is missing: the name that alerts give the customer.");
    if (!rc && c->language)
        rc = customer_check_language(c->language, err);
    if (!rc)
        rc = take_switches(object, c, err);
    if (!rc)
        rc = take_each(object, "contacts", c, take_contact, err);
    if (!rc)
        rc = take_each(object, "routes", c, take_route, err);
    if (!rc)
        rc = take_each(object, "aliases", c, take_alias, err);
    return rc ? rc : take_each(object, "domains", c, take_domain, err);
}

int customer_decode(const cJSON *object, struct customer *ret, struct error *err)
{
    struct customer c = {0};
    int rc = cJSON_IsObject(object) ? take_all(object, &c, err)
                                    : error_set(err, ERR_INVALID, "A customer must be a JSON object.");
    if (rc)
        customer_finish(&c);
    *ret = c;
    return rc;
}
