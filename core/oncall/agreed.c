/* What was agreed about a rotation: covers and absences. */
#include "oncall/inside.h"

struct covers agreed_on(const struct core *core, const struct rotation *rotation, instant from, instant until,
                        struct agreed *agreed)
{
    const struct oncall *oncall = oncall_of(core);
    for (size_t i = 0; i < oncall->covers.n; i++) {
        const struct oncall_cover *cover = &oncall->covers.v[i];
        if (cover->from <= until && cover->until > from && text_equal_nocase(cover->rotation, rotation->name))
            *array_add(&agreed->covers) = (struct cover){cover->out, cover->in, cover->from, cover->until};
    }
    absences_add(core, from, until, agreed);
    return (struct covers){agreed->covers.v, agreed->covers.n, agreed->absences.v, agreed->absences.n};
}

void agreed_finish(struct agreed *agreed)
{
    array_free(&agreed->covers);
    array_free(&agreed->absences);
}
