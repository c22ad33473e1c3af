extern "C" {
#include "template/mustache.h"
}

#include <cstring>
#include <exception>
#include <kainjow/mustache.hpp>
#include <map>
#include <string>
#include <vector>

namespace mustache = kainjow::mustache;

static const size_t most_bytes = 256 * 1024, most_depth = 32;

struct view {
    mustache::data data; /* an object */
    std::map<std::string, std::vector<view>> lists;
};

extern "C" struct view *view_create(void)
{
    return new view;
}

extern "C" void view_destroy(struct view *v)
{
    delete v;
}

extern "C" void cleanup_view(struct view **v)
{
    delete *v;
}

extern "C" void view_html(struct view *v, const char *name, const char *html)
{
    v->data[name] = html && *html ? mustache::data(html) : mustache::data(false);
}

extern "C" void view_flag(struct view *v, const char *name, bool set)
{
    v->data[name] = mustache::data(set);
}

extern "C" struct view *view_item(struct view *v, const char *list)
{
    auto &items = v->lists[list];
    items.emplace_back();
    return &items.back();
}

/* Moves the items to the data, the innermost first. */
static mustache::data &finish(view &v)
{
    for (auto &list : v.lists) {
        mustache::list items;
        items.reserve(list.second.size());
        for (auto &item : list.second)
            items.push_back(std::move(finish(item)));
        v.data[list.first] = mustache::data(items);
    }
    v.lists.clear();
    return v.data;
}

/* The parser says "… at BYTE". */
static int fault_at_line(const std::string &fault, const char *text, struct error *err)
{
    size_t at = fault.rfind(" at ");
    size_t byte = at == std::string::npos ? 0 : std::stoul(fault.substr(at + 4)), line = 1;
    for (size_t i = 0; i < byte && text[i]; i++)
        line += text[i] == '\n';
    return error_set(err, ERR_INVALID, "line %zu of the template: %.200s", line, fault.substr(0, at).c_str());
}

/* What the library would take, but a page should not depend on: its own delimiters, and sections without end. */
static int check_limits(const char *text, struct error *err)
{
    size_t depth = 0, deepest = 0;
    if (strlen(text) > most_bytes)
        return error_set(err, ERR_TOO_BIG, "The template has %zu bytes; at most %zu.", strlen(text), most_bytes);
    for (const char *at = strstr(text, "{{"); at; at = strstr(at + 2, "{{")) {
        char kind = at[2 + strspn(at + 2, " \t\r\n{")];
        depth += kind == '#' || kind == '^';
        depth -= kind == '/' && depth > 0;
        deepest = depth > deepest ? depth : deepest;
        if (kind == '=')
            return fault_at_line("the delimiters stay {{ and }} at " + std::to_string(at - text), text, err);
    }
    if (deepest > most_depth)
        return error_set(err, ERR_INVALID, "The template has sections in sections %zu deep; at most %zu.", deepest, most_depth);
    return 0;
}

static int check(const char *text, struct error *err)
{
    int rc = check_limits(text, err);
    if (rc)
        return rc;
    mustache::mustache parsed{text};
    return parsed.is_valid() ? 0 : fault_at_line(parsed.error_message(), text, err);
}

static int render(view &v, const char *text, const struct view_part *parts, size_t n, struct str *out,
                  struct error *err)
{
    int rc = check_limits(text, err);
    if (rc)
        return rc;
    for (size_t i = 0; i < n; i++)
        v.data[parts[i].name] = mustache::data(mustache::partial([&parts, i]() { return parts[i].text; }));
    mustache::mustache parsed{text};
    if (!parsed.is_valid())
        return fault_at_line(parsed.error_message(), text, err);
    parsed.set_custom_escape([](const std::string &html) { return html; });
    parsed.render(finish(v), [out](const std::string &piece) { str_addn(out, piece.data(), piece.size()); });
    return parsed.is_valid() ? 0 : fault_at_line(parsed.error_message(), text, err);
}

extern "C" int view_render(struct view *v, const char *text, const struct view_part *parts, size_t n,
                           struct str *out, struct error *err)
{
    try {
        return render(*v, text, parts, n, out, err);
    } catch (const std::exception &fault) {
        return error_set(err, ERR_INVALID, "The template is wrong: %.200s", fault.what());
    }
}

extern "C" int view_check(const char *text, struct error *err)
{
    try {
        return check(text, err);
    } catch (const std::exception &fault) {
        return error_set(err, ERR_INVALID, "The template is wrong: %.200s", fault.what());
    }
}
