#include "intake/sentry_stack.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "intake/text.h"

#define SHOWN_FRAMES 6

/* The name, or "" for the placeholders that SDKs write for an unknown one. */
static const char *known_name(const char *name)
{
    static const char *const unknown[] = {"?", "??", "<anonymous>", "<unknown>", "unknown"};
    for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
        if (strcmp(name, unknown[i]) == 0)
            return "";
    }
    return name;
}

const char *frame_function(const cJSON *frame)
{
    return known_name(json_text_or(frame, "function", ""));
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/'), *backslash = strrchr(path, '\\');
    const char *last = !slash || (backslash && backslash > slash) ? backslash : slash;
    return last ? last + 1 : path;
}

const char *frame_module(const cJSON *frame)
{
    const char *module = known_name(json_text_or(frame, "module", ""));
    const char *file = json_text_or(frame, "filename", json_text_or(frame, "abs_path", ""));
    return *module ? module : known_name(base_name(file));
}

const char *frame_file(const cJSON *frame)
{
    const char *file = known_name(json_text_or(frame, "filename", json_text_or(frame, "abs_path", "")));
    return *file ? file : frame_module(frame);
}

/* {"values":[…]}, a bare array, or a single exception. */
static const cJSON *values_of(const cJSON *exception)
{
    const cJSON *values = json_member(exception, "values");
    return cJSON_IsArray(values) ? values : exception;
}

static const cJSON *frames_of(const cJSON *exception)
{
    const cJSON *trace = json_member(exception, "stacktrace");
    const cJSON *frames = json_member(trace ? trace : json_member(exception, "raw_stacktrace"), "frames");
    return cJSON_IsArray(frames) ? frames : NULL;
}

static bool same_place(const cJSON *a, const cJSON *b)
{
    return strcmp(frame_function(a), frame_function(b)) == 0 && strcmp(frame_module(a), frame_module(b)) == 0;
}

static const cJSON *last_of(const cJSON *list)
{
    return list && list->child ? list->child->prev : NULL; /* cJSON's first child points to the last */
}

static const cJSON *before(const cJSON *list, const cJSON *item)
{
    return item == list->child ? NULL : item->prev;
}

static void take_frames(const cJSON *frames, bool in_app_only, struct stack_exception *ret)
{
    for (const cJSON *f = last_of(frames); f && ret->n_frames < STACK_FRAMES; f = before(frames, f)) {
        if (!cJSON_IsObject(f) || (in_app_only && !json_bool_or(f, "in_app", false)))
            continue;
        if (!*frame_function(f) && !*frame_module(f))
            continue;
        if (ret->n_frames > 0 && same_place(ret->frames[ret->n_frames - 1], f))
            continue;
        ret->frames[ret->n_frames++] = f;
    }
}

static void take_exception(const cJSON *exception, struct stack_exception *ret)
{
    const cJSON *mechanism = json_member(exception, "mechanism"), *frames = frames_of(exception);
    *ret = (struct stack_exception){
        .type = text_some(json_text_or(exception, "type", "")),
        .value = text_some(json_text_or(exception, "value", "")),
        .handled = json_bool_or(mechanism, "handled", true),
        .says_handled = cJSON_IsBool(json_member(mechanism, "handled")),
        .synthetic = json_bool_or(mechanism, "synthetic", false),
    };
    take_frames(frames, true, ret);
    if (ret->n_frames == 0)
        take_frames(frames, false, ret);
}

void stack_read(const cJSON *event, struct stack *ret)
{
    const cJSON *values = values_of(json_member(event, "exception"));
    ret->n = 0;
    if (cJSON_IsObject(values)) {
        take_exception(values, &ret->exceptions[ret->n++]);
        return;
    }
    for (const cJSON *e = last_of(values); e && ret->n < STACK_EXCEPTIONS; e = before(values, e))
        if (cJSON_IsObject(e))
            take_exception(e, &ret->exceptions[ret->n++]);
}

bool stack_identify(const struct stack *stack, struct fingerprint *f)
{
    size_t frames = 0;
    for (size_t i = 0; i < stack->n; i++)
        frames += stack->exceptions[i].n_frames;
    for (size_t i = 0; i < stack->n; i++) {
        const struct stack_exception *e = &stack->exceptions[i];
        fingerprint_add(f, e->synthetic ? "" : e->type);
        if (frames == 0)
            fingerprint_add_message(f, e->value);
        for (size_t k = 0; k < e->n_frames; k++) {
            fingerprint_add_code(f, frame_module(e->frames[k]));
            fingerprint_add_code(f, frame_function(e->frames[k]));
        }
    }
    return stack->n > 0;
}

bool stack_says_nothing(const struct stack *stack)
{
    for (size_t i = 0; i < stack->n; i++) {
        const struct stack_exception *e = &stack->exceptions[i];
        if ((*e->type && !e->synthetic) || *e->value || e->n_frames > 0)
            return false;
    }
    return true;
}

const char *stack_culprit(const struct stack *stack, struct arena *arena)
{
    if (stack->n == 0 || stack->exceptions[0].n_frames == 0)
        return "";
    const cJSON *frame = stack->exceptions[0].frames[0];
    const char *function = frame_function(frame), *module = frame_module(frame);
    const char *text = *function && *module ? text_format(arena, "%.150s in %.150s", function, module)
                       : *function          ? function
                                            : module;
    return text_line(arena, text, ALERT_CULPRIT);
}

static void add_cut(struct str *out, const char *text, size_t most)
{
    str_addn(out, text, utf8_cut(text, strlen(text), most));
}

static void describe_frame(const cJSON *frame, struct str *out)
{
    int64_t line = json_int_or(frame, "lineno", 0);
    str_add(out, "  ");
    add_cut(out, *frame_function(frame) ? frame_function(frame) : "?", 100);
    str_add(out, " in ");
    add_cut(out, frame_module(frame), 100);
    if (line > 0)
        str_addf(out, ":%lld", (long long)line);
    str_addc(out, '\n');
}

void stack_describe(const struct stack *stack, struct str *out)
{
    for (size_t i = 0; i < stack->n; i++) {
        const struct stack_exception *e = &stack->exceptions[i];
        str_add(out, i ? "caused by " : "");
        add_cut(out, e->type, ALERT_NAME);
        str_add(out, ": ");
        add_cut(out, e->value, 300);
        str_addc(out, '\n');
        for (size_t k = 0; k < e->n_frames && k < SHOWN_FRAMES; k++)
            describe_frame(e->frames[k], out);
    }
}
