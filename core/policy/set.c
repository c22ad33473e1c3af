#include "policy/set.h"

#include <lauxlib.h>
#include <string.h>

struct policy_set *set_create(struct policy *policy)
{
    struct policy_set *set = xcalloc(1, sizeof(*set));
    set->policy = policy;
    return set;
}

static void free_texts(char **texts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(texts[i]);
    free(texts);
}

void set_destroy(struct policy_set *set)
{
    if (!set)
        return;
    set_finish_rules(set);
    set_finish_declared(set);
    free_texts((char **)(uintptr_t)set->severities.v, set->severities.n);
    free_texts((char **)(uintptr_t)set->roles.v, set->roles.n);
    free_texts(set->important.v, set->important.n);
    for (size_t i = 0; i < set->scripts.n; i++) {
        sandbox_destroy(set->scripts.v[i]->sandbox);
        free(set->scripts.v[i]->name);
        free(set->scripts.v[i]);
    }
    array_free(&set->scripts);
    free(set);
}

static int bind_all(lua_State *L)
{
    bind_rules(L);
    bind_obligations(L);
    bind_incident(L);
    bind_time(L);
    return 0;
}

int set_run(struct policy_set *set, const char *name, const char *text, size_t n, struct error *err)
{
    struct script *script = xcalloc(1, sizeof(*script));
    script->set = set;
    script->name = xstrdup(name);
    script->sandbox = sandbox_create(script);
    *array_add(&set->scripts) = script;
    int rc = sandbox_protect(script->sandbox, bind_all, NULL, err);
    return rc ? rc : sandbox_run(script->sandbox, name, text, n, 0, err);
}

/* The greater priority first, then what was declared later: a team's file comes before the defaults. */
static int by_precedence(const void *a, const void *b)
{
    const struct rule *x = a, *y = b;
    if (x->priority != y->priority)
        return x->priority > y->priority ? -1 : 1;
    bool x_default = text_starts(x->where, "default/"), y_default = text_starts(y->where, "default/");
    if (x_default != y_default)
        return x_default ? 1 : -1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static int check_words(const char *what, const char *const *words, size_t n, struct error *err)
{
    if (n == 0)
        return error_set(err, ERR_INVALID, "the policy has no %s: %s{ … } must name at least one", what, what);
    for (size_t i = 0; i < n; i++) {
        if (text_empty(words[i]) || strpbrk(words[i], " \t\n"))
            return error_set(err, ERR_INVALID, "%s '%s' must be one word", what, words[i]);
    }
    return 0;
}

int set_seal(struct policy_set *set, struct error *err)
{
    int rc = check_words("severity", set->severities.v, set->severities.n, err);
    rc = rc ? rc : check_words("role", set->roles.v, set->roles.n, err);
    if (rc)
        return rc;
    if (set->rules.n)
        qsort(set->rules.v, set->rules.n, sizeof(*set->rules.v), by_precedence);
    *array_add(&set->severities) = NULL;
    *array_add(&set->roles) = NULL;
    set->book = (struct rulebook){set->severities.v, set->roles.v};
    return 0;
}
