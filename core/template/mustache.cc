extern "C" {
#include "template/mustache.h"
}

#include <algorithm>
#include <cstring>
#include <exception>
#include <kainjow/mustache.hpp>
#include <list>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

namespace mustache = kainjow::mustache;

static const size_t most_bytes = 256 * 1024, most_depth = 32;
static const size_t most_whole = 2 * most_bytes; /* with its parts */
#define BLANKS " \t\n\v\f\r" /* which the library skips in a tag */

struct view {
    mustache::data data; /* an object */
    std::map<std::string, std::list<view>> lists;
};

struct view_template {
    mustache::mustache parsed;
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

/* Moves the items to the data, the innermost first. A list of the library can only be given copies, so its own is filled. */
static mustache::data &finish(view &v)
{
    for (auto &list : v.lists) {
        mustache::data &data = v.data[list.first] = mustache::data(mustache::data::type::list);
        auto &items = const_cast<mustache::list &>(data.list_value());
        items.reserve(list.second.size());
        for (auto &item : list.second)
            items.push_back(std::move(finish(item)));
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
        char kind = at[2 + strspn(at + 2, BLANKS "{")];
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

/* Puts the parts in their places, and those within them in theirs: the library would read each of them whenever it is rendered. */
static void put_parts(const std::string &text, const struct view_part *parts, size_t n, size_t depth, std::string &out)
{
    if (depth > most_depth || out.size() > most_whole)
        throw std::length_error("its parts have parts without end, or are too many");
    size_t from = 0;
    for (size_t at; (at = text.find("{{", from)) != std::string::npos;) {
        size_t end = std::min(text.find("}}", at), text.size()), kind = text.find_first_not_of(BLANKS, at + 2);
        bool part = kind < end && text[kind] == '>';
        out.append(text, from, (part ? at : end) - from);
        std::string name = part ? mustache::trim(text.substr(kind + 1, end - kind - 1)) : "";
        for (size_t i = 0; part && i < n; i++) {
            if (name == parts[i].name)
                put_parts(parts[i].text, parts, n, depth + 1, out);
        }
        from = std::min(part ? end + 2 : end, text.size());
    }
    out.append(text, from, std::string::npos);
}

static int create(const char *text, const struct view_part *parts, size_t n, struct view_template **ret,
                  struct error *err)
{
    int rc = check(text, err);
    if (rc)
        return rc;
    std::string whole;
    put_parts(text, parts, n, 0, whole);
    std::unique_ptr<struct view_template> made{new view_template{mustache::mustache(whole)}};
    if (!made->parsed.is_valid())
        return error_set(err, ERR_INVALID, "a part of the template: %.200s", made->parsed.error_message().c_str());
    made->parsed.set_custom_escape([](const std::string &html) { return html; });
    *ret = made.release();
    return 0;
}

extern "C" int view_template_create(const char *text, const struct view_part *parts, size_t n,
                                    struct view_template **ret, struct error *err)
{
    try {
        return create(text, parts, n, ret, err);
    } catch (const std::exception &fault) {
        return error_set(err, ERR_INVALID, "The template is wrong: %.200s", fault.what());
    }
}

extern "C" void view_template_destroy(struct view_template *t)
{
    delete t;
}

extern "C" void view_template_render(struct view_template *t, struct view *v, struct str *out)
{
    t->parsed.render(finish(*v), [out](const std::string &piece) { str_addn(out, piece.data(), piece.size()); });
}

extern "C" int view_render(struct view *v, const char *text, const struct view_part *parts, size_t n,
                           struct str *out, struct error *err)
{
    struct view_template *t = NULL;
    int rc = view_template_create(text, parts, n, &t, err);
    if (!rc)
        view_template_render(t, v, out);
    view_template_destroy(t);
    return rc;
}

extern "C" int view_check(const char *text, struct error *err)
{
    try {
        return check(text, err);
    } catch (const std::exception &fault) {
        return error_set(err, ERR_INVALID, "The template is wrong: %.200s", fault.what());
    }
}
