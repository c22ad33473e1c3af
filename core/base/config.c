#include "base/config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/time.h"

#define SECRET_FILE_MOST 65536

static const char *const type_words[] = {
    [SETTING_TEXT] = "text",           [SETTING_INT] = "a whole number",
    [SETTING_BOOL] = "true or false",  [SETTING_DURATION] = "a duration such as \"30s\" or \"2h\"",
    [SETTING_LIST] = "a list of text", [SETTING_TABLE] = "a table",
};

static const struct setting *find(const struct setting *table, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

static int check_names(const struct setting *table, size_t n, const cJSON *given, struct error *err)
{
    const cJSON *member;
    cJSON_ArrayForEach(member, given)
    {
        if (find(table, n, member->string))
            continue;
        ARRAY(const char *) names = {0};
        for (size_t i = 0; i < n; i++)
            *array_add(&names) = table[i].name;
        const char *meant = nearest_word(member->string, names.v, names.n);
        array_free(&names);
        return error_set(err, ERR_INVALID, "unknown setting '%.64s'%s%s%s", member->string,
                         meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
    }
    return 0;
}

static int wrong_type(const struct setting *s, struct error *err)
{
    return error_set(err, ERR_INVALID, "'%s' must be %s", s->name, type_words[s->type]);
}

static int check_range(const struct setting *s, int64_t value, struct error *err)
{
    if ((s->least == 0 && s->most == 0) || (value >= s->least && value <= s->most))
        return 0;
    if (s->type == SETTING_INT)
        return error_set(err, ERR_INVALID, "'%s' must be from %lld to %lld", s->name, (long long)s->least,
                         (long long)s->most);
    CLEANUP_STR struct str least = {0}, most = {0};
    duration_format(s->least, &least);
    duration_format(s->most, &most);
    return error_set(err, ERR_INVALID, "'%s' must be from %s to %s", s->name, str_text(&least),
                     str_text(&most));
}

static int check_text(const struct setting *s, const cJSON *value, cJSON **ret, struct error *err)
{
    if (!cJSON_IsString(value))
        return wrong_type(s, err);
    *ret = cJSON_Duplicate(value, true);
    return 0;
}

static int check_int(const struct setting *s, const cJSON *value, cJSON **ret, struct error *err)
{
    double number = cJSON_IsNumber(value) ? value->valuedouble : 0.5;
    if (number < -0x1p53 || number > 0x1p53 || number != (double)(int64_t)number)
        return wrong_type(s, err);
    int r = check_range(s, (int64_t)number, err);
    if (r == 0)
        *ret = cJSON_CreateNumber(number);
    return r;
}

static int check_bool(const struct setting *s, const cJSON *value, cJSON **ret, struct error *err)
{
    if (!cJSON_IsBool(value))
        return wrong_type(s, err);
    *ret = cJSON_CreateBool(cJSON_IsTrue(value));
    return 0;
}

static int check_duration(const struct setting *s, const cJSON *value, cJSON **ret, struct error *err)
{
    duration d = 0;
    if (!cJSON_IsString(value) ||
        (strcmp(value->valuestring, "0") != 0 && duration_parse(value->valuestring, &d, NULL)))
        return wrong_type(s, err);
    int r = check_range(s, d, err);
    if (r == 0)
        *ret = cJSON_CreateNumber((double)d);
    return r;
}

/* In Lua an empty list and an empty table are the same, so each is accepted for the other. */
static bool is_empty_of_either_kind(const cJSON *value)
{
    return (cJSON_IsArray(value) || cJSON_IsObject(value)) && !value->child;
}

static int check_list(const struct setting *s, const cJSON *value, cJSON **ret, struct error *err)
{
    if (!cJSON_IsArray(value) && !is_empty_of_either_kind(value))
        return wrong_type(s, err);
    const cJSON *element;
    cJSON_ArrayForEach(element, value)
    {
        if (!cJSON_IsString(element))
            return wrong_type(s, err);
    }
    *ret = value->child ? cJSON_Duplicate(value, true) : cJSON_CreateArray();
    return 0;
}

static int check_table(const struct setting *s, const cJSON *value, cJSON **ret, struct error *err)
{
    if (!cJSON_IsObject(value) && !is_empty_of_either_kind(value))
        return wrong_type(s, err);
    *ret = value->child ? cJSON_Duplicate(value, true) : cJSON_CreateObject();
    return 0;
}

static int (*const checks[])(const struct setting *s, const cJSON *value, cJSON **ret, struct error *err) = {
    [SETTING_TEXT] = check_text,         [SETTING_INT] = check_int,   [SETTING_BOOL] = check_bool,
    [SETTING_DURATION] = check_duration, [SETTING_LIST] = check_list, [SETTING_TABLE] = check_table,
};

static cJSON *list_from_text(const char *text)
{
    cJSON *list = cJSON_CreateArray();
    while (*(text += strspn(text, ", "))) {
        size_t n = strcspn(text, ",");
        CLEANUP_FREE char *element = xstrndup(text, n);
        cJSON_AddItemToArray(list, cJSON_CreateString(element));
        text += n;
    }
    return list;
}

/* The fallback, as the value that a person would have written. */
static cJSON *fallback_value(const struct setting *s)
{
    switch (s->type) {
    case SETTING_INT:
        return cJSON_CreateNumber(strtod(s->fallback, NULL));
    case SETTING_BOOL:
        return cJSON_CreateBool(strcmp(s->fallback, "true") == 0);
    case SETTING_LIST:
        return list_from_text(s->fallback);
    case SETTING_TABLE:
        return cJSON_Parse(s->fallback);
    default:
        return cJSON_CreateString(s->fallback);
    }
}

static int secret_from_environment(const struct setting *s, const char *name, cJSON **ret, struct error *err)
{
    const char *value = getenv(name);
    if (!value || text_empty(value))
        return error_set(err, ERR_INVALID, "'%s': the environment variable %.64s is not set for %s", s->name,
                         name, program_invocation_short_name);
    if (!utf8_valid(value, strlen(value)))
        return error_set(err, ERR_INVALID, "'%s': the environment variable %.64s is not UTF-8", s->name, name);
    *ret = cJSON_CreateString(value);
    return 0;
}

static ssize_t read_start(const char *path, char *buffer, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t n = read(fd, buffer, size);
    int saved = errno;
    close(fd);
    errno = saved;
    return n;
}

static int secret_from_file(const struct setting *s, const char *path, cJSON **ret, struct error *err)
{
    CLEANUP_FREE char *text = xcalloc(1, SECRET_FILE_MOST + 1);
    ssize_t n = read_start(path, text, SECRET_FILE_MOST);
    if (n < 0)
        return error_set(err, ERR_IO, "'%s': cannot read %.200s: %s", s->name, path, strerror(errno));
    while (n > 0 && isspace((unsigned char)text[n - 1]))
        text[--n] = '\0';
    if (n == 0 || n == SECRET_FILE_MOST || strlen(text) < (size_t)n || !utf8_valid(text, (size_t)n))
        return error_set(err, ERR_INVALID, "'%s': %.200s is empty, too large, or not text", s->name, path);
    *ret = cJSON_CreateString(text);
    return 0;
}

/* {"env": "NAME"} or {"file": "path"}: *ret is the value found there. Any other value leaves it NULL. */
static int follow_secret(const struct setting *s, const cJSON *value, cJSON **ret, struct error *err)
{
    bool single = cJSON_IsObject(value) && value->child && !value->child->next;
    if (s->type != SETTING_TEXT || !(s->flags & SETTING_SECRET) || !single || !cJSON_IsString(value->child))
        return 0;
    if (strcmp(value->child->string, "env") == 0)
        return secret_from_environment(s, value->child->valuestring, ret, err);
    if (strcmp(value->child->string, "file") == 0)
        return secret_from_file(s, value->child->valuestring, ret, err);
    return 0;
}

static void hide(const cJSON *value)
{
    const cJSON *member;
    if (cJSON_IsString(value))
        log_secret(value->valuestring);
    cJSON_ArrayForEach(member, value)
    {
        hide(member);
    }
}

static int check_value(const struct setting *s, const cJSON *value, cJSON **ret, struct error *err)
{
    CLEANUP_JSON cJSON *followed = NULL;
    int r = follow_secret(s, value, &followed, err);
    if (r < 0)
        return r;
    value = followed ? followed : value;
    if (s->flags & SETTING_SECRET)
        hide(value);
    if (s->flags & SETTING_REQUIRED && cJSON_IsString(value) && text_empty(value->valuestring))
        return error_set(err, ERR_INVALID, "'%s' must not be empty (%s)", s->name, s->help);
    return checks[s->type](s, value, ret, err);
}

static int check_setting(const struct setting *s, const cJSON *given, cJSON **ret, struct error *err)
{
    const cJSON *value = json_member(given, s->name);
    if (value)
        return check_value(s, value, ret, err);
    if (s->flags & SETTING_REQUIRED)
        return error_set(err, ERR_INVALID, "'%s' is missing (%s)", s->name, s->help);
    if (!s->fallback) {
        *ret = cJSON_CreateNull();
        return 0;
    }
    CLEANUP_JSON cJSON *fallback = fallback_value(s);
    return check_value(s, fallback, ret, err);
}

static int check_all(const struct setting *table, size_t n, const cJSON *given, cJSON *checked,
                     struct error *err)
{
    if (given && !cJSON_IsObject(given) && !is_empty_of_either_kind(given))
        return error_set(err, ERR_INVALID, "must be a table of settings");
    int r = check_names(table, n, given, err);
    for (size_t i = 0; i < n && r == 0; i++) {
        cJSON *value = NULL;
        r = check_setting(&table[i], given, &value, err);
        if (r == 0)
            cJSON_AddItemToObject(checked, table[i].name, value);
    }
    return r;
}

int config_check(const struct setting *table, size_t n, const cJSON *given, const char *where, cJSON **ret,
                 struct error *err)
{
    struct error inner;
    CLEANUP_JSON cJSON *checked = cJSON_CreateObject();
    int r = check_all(table, n, given, checked, &inner);
    if (r < 0)
        return error_set(err, r, "%s: %s", where, inner.text);
    *ret = steal(checked);
    return 0;
}
