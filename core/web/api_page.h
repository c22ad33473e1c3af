/*
 * api_page - one page of a list of the API: how many rows, behind which one it begins, and where the next one begins.
 *
 * A cursor names the last row that its reader has seen, by what the list is sorted by, and nothing else. So a page stays what it is
 * while rows come and go, and nothing in it follows from rows that its reader may not see. It is opaque: nobody should make one. Where a
 * page looks at a bounded number of rows and few of them fit, it ends with one that its reader may not see: that cursor is sealed.
 * Loop's thread only.
 */
#ifndef TOCSIN_WEB_API_PAGE_H
#define TOCSIN_WEB_API_PAGE_H

#include <stdint.h>

#include "base/json.h"
#include "web/request.h"

#define PAGE_KEY 24 /* bytes of a number as a key */

struct api_page {
    const char *list; /* static: whose cursors these are */
    size_t limit;     /* rows, at most; set it to the default */
    bool descending;  /* the rows come from the greatest key to the least */
    char *after;      /* the key of the row before; NULL: from the start */
    char *last;       /* the key of the last row on it */
    char *looked;     /* the key of the last row that was looked at, if more may follow though it is not full */
    const uint8_t *place_key; /* that seals it (web/place.h); NULL: all rows are looked at */
    size_t n;
    bool more; /* there is a row behind it */
};

/* Reads `cursor` and `limit` of the request. False: one of them is wrong, and 400 has been answered. */
bool api_page_begin(struct http_request *request, struct api_page *page);
/* Is this row on the page? Asked for each row that the reader may see, in order. When page->more is true, it is full, and no further one
   will be. */
bool api_page_takes(struct api_page *page, const char *key);
/* The same for a list that is sorted by a number. */
bool api_page_takes_number(struct api_page *page, uint64_t number);
/* The row that was looked at last; 0: there are no others. */
void api_page_looked(struct api_page *page, uint64_t number);
uint64_t api_page_after_number(const struct api_page *page); /* 0: from the start */
/* Adds `next` to the open object, and the header Link, if there is a next page. */
void api_page_end(struct http_request *request, const struct api_page *page, struct json_out *j);
void api_page_finish(struct api_page *page);
#define CLEANUP_PAGE CLEANUP(api_page_finish)

#endif
