/*
 * tocsin-draw - makes a PNG of one SVG for tocsind, and ends.
 *
 * It is confined as runners are, makes no connection, and reads no file but the system's own and its fonts. The SVG comes as a frame on
 * descriptor 3, and so does the picture leave.
 */
#include <fcntl.h>
#include <librsvg/rsvg.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "draw/exchange.h"
#include "host/confine.h"
#include "host/frame.h"

#define CHANNEL 3
#define MEMORY  ((int64_t)256 << 20)

static cairo_status_t on_bytes(void *png, const unsigned char *bytes, unsigned n)
{
    str_addn(png, (const char *)bytes, n);
    return CAIRO_STATUS_SUCCESS;
}

/* Of a picture that is so wide, by its viewBox; 0: it has none, or is too high. */
static int height_of(RsvgHandle *handle, int width)
{
    gboolean has_width, has_height, has_box;
    RsvgLength w, h;
    RsvgRectangle box;
    rsvg_handle_get_intrinsic_dimensions(handle, &has_width, &w, &has_height, &h, &has_box, &box);
    double height = has_box && box.width > 0 ? round(width * box.height / box.width) : 0;
    return height >= 1 && height <= DRAW_HEIGHT_MOST ? (int)height : 0;
}

static int render(RsvgHandle *handle, int width, int height, struct str *png, struct error *err)
{
    const RsvgRectangle all = {0, 0, width, height};
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    gboolean good = rsvg_handle_render_document(handle, cairo, &all, NULL);
    cairo_status_t status = cairo_surface_write_to_png_stream(surface, on_bytes, png);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    if (good && status == CAIRO_STATUS_SUCCESS && png->len <= DRAW_PNG_MOST)
        return 0;
    return error_set(err, ERR_INVALID, png->len > DRAW_PNG_MOST ? "it is too large" : "it cannot be rendered");
}

static int paint(const struct draw_request *request, struct str *png, struct error *err)
{
    GError *why = NULL;
    RsvgHandle *handle = rsvg_handle_new_from_data((const guint8 *)request->svg, strlen(request->svg), &why);
    if (!handle) {
        error_set(err, ERR_INVALID, "%s", why->message);
        g_error_free(why);
        return ERR_INVALID;
    }
    int height = height_of(handle, request->width);
    int rc = height ? render(handle, request->width, height, png, err)
                    : error_set(err, ERR_INVALID, "it has no viewBox, or is too high");
    g_object_unref(handle);
    return rc;
}

static void serve(const struct draw_request *request)
{
    CLEANUP_STR struct str json = {0};
    struct draw_answer answer = {0};
    struct error err;
    if (paint(request, &answer.png, &err))
        answer.why = xstrdup(err.text);
    draw_answer_write(&answer, &json);
    frame_send(CHANNEL, json.p, json.len);
    draw_answer_finish(&answer);
}

static void confine(void)
{
    static const struct confine_path fonts[] = {{"/etc/fonts", CONFINE_READ},
                                                {"/var/cache/fontconfig", CONFINE_READ}};
    close_range(CHANNEL + 1, ~0U, 0);
    confine_process();
    confine_network();
    confine_memory(MEMORY);
    confine_files(fonts, ARRAY_SIZE(fonts));
}

int main(void)
{
    struct frames frames = {0};
    struct draw_request request = {0};
    const char *json;
    size_t n;
    signal(SIGPIPE, SIG_IGN);
    if (fcntl(CHANNEL, F_GETFD) < 0) {
        fprintf(stderr, "tocsin-draw is started by tocsind, to draw a picture.\n");
        return 2;
    }
    confine();
    if (frame_receive(CHANNEL, &frames, &json, &n) && draw_request_parse(json, n, &request, NULL) == 0)
        serve(&request);
    draw_request_finish(&request);
    frames_finish(&frames);
    return 0;
}
