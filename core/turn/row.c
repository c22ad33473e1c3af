/* Events, as they stand in rows of the journal. */
#include "base/mem.h"
#include "turn/turn.h"

int turn_event_of_row(const struct journal_event *row, struct event *ret, struct error *err)
{
    int rc = event_decode(row->stream, row->type, row->data, ret, err);
    if (rc)
        return rc;
    ret->seq = row->seq;
    ret->version = row->version;
    ret->at = row->at;
    ret->by = xstrdup(row->by);
    return 0;
}
