/* One chart, with all of its table. */
#include <stdint.h>

#include "app/insights/shown.h"

static int show(struct visit *visit, struct view *view, struct error *err)
{
    enum review_chart chart = review_chart_parse(http_parameter(visit->request, "chart"));
    struct review_figures figures;
    if (chart == REVIEW_CHARTS)
        return error_set(err, ERR_NOT_FOUND, "There is no such chart. `/app/insights` has all of them.");
    int rc = insights_read(visit, chart, &figures, err);
    if (!rc) {
        view_text(view, "heading", review_chart_title(chart));
        insights_show_asked(visit, &figures, view);
        insights_show_chart(&figures, chart, SIZE_MAX, view);
    }
    review_figures_finish(&figures);
    return rc;
}

const struct app_page app_page_insights_chart = {.name = "insights_chart",
                                                 .title = "Insights",
                                                 .path = "/app/insights/{chart}",
                                                 .needs = ACCESS_SEE,
                                                 .show = show};
