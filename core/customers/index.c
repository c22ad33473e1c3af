#include "customers/index.h"

#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "engine/state_parts.h"

const struct customer index_several = {0};

static char *word_of(char kind, const char *text)
{
    CLEANUP_FREE char *lower = text_lower(text);
    return xasprintf("%c%s", kind, lower);
}

static const struct customer *look_up(const struct customer_index *index, char kind, const char *text)
{
    CLEANUP_FREE char *word = word_of(kind, text);
    return map_get(&index->words, word);
}

/* ---- the words of a record ---- */

static char *route_word(const char *connector, const char *address)
{
    return xasprintf("%s/%s", connector, address);
}

typedef void on_word(void *ctx, char kind, const char *text);

static void each_word(const struct customer *c, on_word *on, void *ctx)
{
    for (size_t i = 0; i < c->aliases.n; i++)
        on(ctx, 'a', c->aliases.v[i]);
    for (size_t i = 0; i < c->domains.n; i++)
        on(ctx, 'd', c->domains.v[i]);
    for (size_t i = 0; i < c->contacts.n; i++) {
        if (c->contacts.v[i].email)
            on(ctx, 'e', c->contacts.v[i].email);
    }
    for (size_t i = 0; i < c->routes.n; i++) {
        CLEANUP_FREE char *route = route_word(c->routes.v[i].connector, c->routes.v[i].address);
        on(ctx, 'r', route);
        if (email_is_valid(c->routes.v[i].address))
            on(ctx, 'e', c->routes.v[i].address);
    }
    if (c->name)
        on(ctx, 'n', c->name);
}

struct indexing {
    struct customer_index *index;
    struct customer *row;
};

/* The customers who share a word: two or more. */
struct holders {
    ARRAY(struct customer *) rows;
};

static void holders_destroy(struct holders *holders)
{
    array_free(&holders->rows);
    free(holders);
}

static void share(struct customer_index *index, const char *word, struct customer *holder, struct customer *row)
{
    struct holders *holders = map_get(&index->shared, word);
    if (!holders) {
        holders = xcalloc(1, sizeof(*holders));
        *array_add(&holders->rows) = holder; /* NOLINT(bugprone-sizeof-expression): an array of pointers */
        map_put(&index->shared, word, holders);
        map_put(&index->words, word, (void *)(uintptr_t)&index_several);
    }
    if (holders->rows.v[holders->rows.n - 1] != row) /* else a route and a contact have the same address */
        *array_add(&holders->rows) = row;            /* NOLINT(bugprone-sizeof-expression) */
}

static void add_word(void *ctx, char kind, const char *text)
{
    const struct indexing *at = ctx;
    CLEANUP_FREE char *word = word_of(kind, text);
    struct customer *holder = map_get(&at->index->words, word);
    if (holder && holder != at->row)
        share(at->index, word, holder, at->row);
    else
        map_put(&at->index->words, word, at->row);
}

/* The last one who has the word has it alone again. */
static void unshare(struct customer_index *index, const char *word, const struct customer *row)
{
    struct holders *holders = map_get(&index->shared, word);
    for (size_t i = holders->rows.n; i-- > 0;) {
        if (holders->rows.v[i] == row)
            array_remove(&holders->rows, i);
    }
    if (holders->rows.n > 1)
        return;
    map_put(&index->words, word, holders->rows.v[0]);
    map_remove(&index->shared, word);
    holders_destroy(holders);
}

static void remove_word(void *ctx, char kind, const char *text)
{
    const struct indexing *at = ctx;
    CLEANUP_FREE char *word = word_of(kind, text);
    const struct customer *holder = map_get(&at->index->words, word);
    if (holder == at->row)
        map_remove(&at->index->words, word);
    else if (holder == &index_several)
        unshare(at->index, word, at->row);
}

/* ---- changes ---- */

static void destroy(struct customer *row)
{
    if (row)
        customer_finish(row);
    free(row);
}

void index_drop(struct customer_index *index, const char *folded_key)
{
    struct customer *row = map_remove(&index->rows, folded_key);
    if (row)
        each_word(row, remove_word, &(struct indexing){index, row});
    destroy(row);
}

void index_put(struct customer_index *index, struct customer *record)
{
    CLEANUP_FREE char *key = text_lower(record->key);
    struct customer *row = xmalloc(sizeof(*row));
    index_drop(index, key);
    *row = *record;
    *record = (struct customer){0};
    map_put(&index->rows, key, row);
    each_word(row, add_word, &(struct indexing){index, row});
}

void index_finish(struct customer_index *index)
{
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&index->rows, &position));)
        destroy(slot->value);
    position = 0;
    for (struct map_slot *slot; (slot = map_next(&index->shared, &position));)
        holders_destroy(slot->value);
    map_finish(&index->rows);
    map_finish(&index->words);
    map_finish(&index->shared);
    *index = (struct customer_index){0};
}

/* ---- reading ---- */

const struct customer *index_row(const struct customer_index *index, const char *folded_key)
{
    return map_get(&index->rows, folded_key);
}

const struct customer *index_get(const struct customer_index *index, const char *key)
{
    CLEANUP_FREE char *folded = text_lower(key);
    const struct customer *row = map_get(&index->rows, folded);
    return row ? row : look_up(index, 'a', key);
}

const struct customer *index_of_route(const struct customer_index *index, const char *connector,
                                      const char *address)
{
    CLEANUP_FREE char *word = route_word(connector, address);
    const struct customer *found = look_up(index, 'r', word);
    return found == &index_several ? NULL : found;
}

const struct customer *index_of_email(const struct customer_index *index, const char *email)
{
    const char *at = strrchr(email, '@');
    const struct customer *row = look_up(index, 'e', email);
    for (const char *domain = at ? at + 1 : NULL; !row && domain; domain = strchr(domain, '.')) {
        domain += *domain == '.'; /* mail.acme.example is of acme.example */
        row = look_up(index, 'd', domain);
    }
    return row == &index_several ? NULL : row;
}

static int by_key(const void *a, const void *b)
{
    return strcmp((*(const struct customer *const *)a)->key, (*(const struct customer *const *)b)->key);
}

static int refuse_several(const struct customer_index *index, char kind, const char *typed, struct error *err)
{
    CLEANUP_FREE char *word = word_of(kind, typed);
    CLEANUP_STR struct str keys = {0};
    const struct holders *holders = map_get(&index->shared, word);
    const struct customer **rows =
        xcalloc(holders->rows.n, sizeof(*rows)); /* NOLINT(bugprone-sizeof-expression) */
    for (size_t i = 0; i < holders->rows.n; i++)
        rows[i] = holders->rows.v[i];
    qsort(rows, holders->rows.n, sizeof(*rows), by_key); /* NOLINT(bugprone-sizeof-expression) */
    for (size_t i = 0; i < holders->rows.n && i < 5; i++)
        str_addf(&keys, "%s%s", i ? ", " : "", rows[i]->key);
    free(rows);
    return error_markup(err, ERR_REFUSED, "'%.60s' is more than one customer: %s. Use a key.", typed,
                        str_text(&keys));
}

int index_find(const struct customer_index *index, const char *typed, const struct customer **ret,
               struct error *err)
{
    const struct customer *row = index_get(index, typed);
    char kind = 'n';
    if (!row)
        row = look_up(index, kind, typed);
    if (!row && strchr(typed, '@'))
        row = look_up(index, kind = 'e', typed);
    if (!row && strchr(typed, '@'))
        row = index_of_email(index, typed);
    if (row == &index_several)
        return refuse_several(index, kind, typed, err);
    if (!row)
        return error_markup(
            err, ERR_NOT_FOUND,
            "No customer is called '%.60s'. `customer` lists them; `customer KEY name …` adds one.", typed);
    *ret = row;
    return 0;
}

void index_each(const struct customer_index *index, bool (*on)(void *ctx, const struct customer *customer),
                void *ctx)
{
    ARRAY(const struct customer *) rows = {0};
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&index->rows, &position));)
        *array_add(&rows) = slot->value; /* NOLINT(bugprone-sizeof-expression): an array of pointers */
    if (rows.n)
        qsort(rows.v, rows.n, sizeof(*rows.v), by_key); /* NOLINT(bugprone-sizeof-expression) */
    for (size_t i = 0; i < rows.n && on(ctx, rows.v[i]); i++)
        ;
    array_free(&rows);
}

/* ---- checks ---- */

struct checking {
    const struct customer_index *index;
    const struct customer *old; /* the record that is replaced; NULL: it is new */
    struct error *err;
    int rc;
};

/* Aliases and domains lead to one customer; names and addresses may be of several. */
static void check_word(void *ctx, char kind, const char *text)
{
    struct checking *checking = ctx;
    if (checking->rc || (kind != 'a' && kind != 'd'))
        return;
    const struct customer *holder =
        kind == 'a' ? index_get(checking->index, text) : look_up(checking->index, 'd', text);
    if (holder && holder != checking->old)
        checking->rc = error_set(checking->err, ERR_REFUSED, "The %s '%.100s' belongs to %.100s.",
                                 kind == 'a' ? "alias" : "domain", text, holder->key);
}

/* `tell all …` and `tell tier:gold …` are for many: a customer of that name could not be told alone. */
static int check_many(const char *text, struct error *err)
{
    if (!customer_is_everybody(text) && !text_equal_nocase(text, STATUS_PAGE) &&
        strncasecmp(text, CUSTOMERS_OF_TIER, strlen(CUSTOMERS_OF_TIER)) != 0)
        return 0;
    return error_set(err, ERR_REFUSED, "'%.100s' stands for several customers. Choose another key.", text);
}

int index_check(const struct customer_index *index, const struct customer *record, struct error *err)
{
    int rc = check_many(record->key, err);
    for (size_t i = 0; i < record->aliases.n && !rc; i++)
        rc = check_many(record->aliases.v[i], err);
    if (rc)
        return rc;
    CLEANUP_FREE char *key = text_lower(record->key);
    struct checking checking = {index, index_row(index, key), err, 0};
    const struct customer *holder = index_get(index, record->key);
    if (holder && holder != checking.old)
        return error_set(err, ERR_REFUSED, "'%.100s' is an alias of %.100s.", record->key, holder->key);
    each_word(record, check_word, &checking);
    return checking.rc;
}
