#include "public/subscribing.h"

#include "public/html.h"
#include "public/post_view.h"

/* What a step shows: labels. NULL: it has none. */
static const struct step_row {
    const char *heading, *text, *button;
    bool chooses; /* components */
} rows[SUBSCRIBING_STEPS] = {
    [SUBSCRIBING_FORM] = {"subscribe", "subscribe_text", "subscribe", true},
    [SUBSCRIBING_SENT] = {"subscribe", "subscribe_sent", NULL, false},
    [SUBSCRIBING_CONFIRM] = {"subscribe", "subscribe_confirm", "confirm", false},
    [SUBSCRIBING_MANAGE] = {"manage", NULL, "save", true},
    [SUBSCRIBING_LEAVE] = {"unsubscribe", "unsubscribe_text", "unsubscribe", false},
    [SUBSCRIBING_LEFT] = {"unsubscribe", "unsubscribed", NULL, false},
    [SUBSCRIBING_VOID] = {"subscribe", "link_void", NULL, false},
};

struct filling {
    const struct subscribing *subscribing;
    const struct step_row *row;
};

static bool is_chosen(const struct subscribing *subscribing, const char *id)
{
    for (size_t i = 0; i < subscribing->chosen_n; i++) {
        if (text_equal(subscribing->chosen[i], id))
            return true;
    }
    return false;
}

static void add_choices(const struct filling *filling, const struct public_page *page, struct view *form)
{
    view_flag(form, "chooses", page->components.n > 0);
    for (size_t i = 0; i < page->components.n; i++) {
        struct view *item = view_item(form, "choices");
        view_text(item, "choice", page->components.v[i].id);
        view_text(item, "component", page->components.v[i].name);
        view_flag(item, "is_chosen", is_chosen(filling->subscribing, page->components.v[i].id));
    }
}

/* `field`: what is asked for, and its label. */
static struct view *add_form(const struct filling *filling, const struct viewing *viewing, struct view *view,
                             const char *field, const char *type)
{
    struct view *form = view_item(view, "forms");
    view_text(form, "button", labels_get(&viewing->labels, filling->row->button));
    view_text(form, "in", viewing->asked->language);
    view_text(form, "field", field);
    view_text(form, "field_type", type);
    view_text(form, "field_label", field ? labels_get(&viewing->labels, field) : NULL);
    if (filling->row->chooses)
        add_choices(filling, viewing->asked->page, form);
    return form;
}

static void add_forms(const struct filling *filling, const struct viewing *viewing, struct view *view)
{
    const struct subscribing *s = filling->subscribing;
    bool form = s->step == SUBSCRIBING_FORM;
    if (form && s->mail)
        add_form(filling, viewing, view, "email", "email");
    if (form && s->hook)
        add_form(filling, viewing, view, "webhook", "url");
    if (!form && filling->row->button)
        add_form(filling, viewing, view, NULL, NULL);
}

static void fill(void *ctx, const struct viewing *viewing, struct view *view)
{
    const struct filling *filling = ctx;
    const struct subscribing *s = filling->subscribing;
    const struct labels *labels = &viewing->labels;
    view_flag(view, "is_subscribe", true);
    view_flag(view, "is_void", s->step == SUBSCRIBING_VOID);
    view_flag(view, "is_form", s->step == SUBSCRIBING_FORM);
    view_text(view, "heading", labels_get(labels, filling->row->heading));
    view_text(view, "problem", s->problem ? labels_get(labels, s->problem) : NULL);
    view_text(view, "said", s->said ? labels_get(labels, s->said) : NULL);
    view_text(view, "explained", filling->row->text ? labels_get(labels, filling->row->text) : NULL);
    view_text(view, "address", s->address);
    view_text(view, "secret", s->secret);
    view_text(view, "leave", s->step == SUBSCRIBING_MANAGE ? s->token : NULL);
    add_forms(filling, viewing, view);
}

int public_html_subscribing(const struct public_asked *asked, const struct subscribing *subscribing,
                            struct str *out, struct error *err)
{
    struct filling filling = {subscribing, &rows[subscribing->step]};
    return public_html_framed(asked, fill, &filling, out, err);
}
