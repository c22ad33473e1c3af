/*
 * bucket - a status page as objects of an S3-compatible store: each is PUT with a signature (AWS, version 4), its type and how long caches
 * may keep it; only what changed is, and what the page no longer has is deleted.
 *
 * An object has the name of its path ("history/2026-11"), and the page itself is index.html, so the store serves it as a web site. What
 * each object holds is kept in a list beside them, and an object that is about to change stands there as unknown: so another process, or
 * this one after a crash, finds what there is. Nothing else in the bucket is read, and nothing else is deleted.
 *
 * Blocking; any thread, but one at a time for a bucket.
 */
#ifndef TOCSIN_PUBLISH_BUCKET_H
#define TOCSIN_PUBLISH_BUCKET_H

#include <cjson/cJSON.h>

#include "publish/source.h"

struct bucket;

/* That of these settings of tocsin.lua, which are copied: status_bucket (the URL under which the objects are, without letters that need an
   escape), and its _region, _key and _secret, of which the last two are in no error. It remembers what it has put until it is destroyed. */
struct bucket *bucket_create(const cJSON *settings);
void bucket_destroy(struct bucket *bucket); /* NULL is allowed */

/* ERR_IO: what the store answered, or did not; what was put until then is not put again. */
int publish_bucket(struct bucket *bucket, const struct publish_source *source, struct published *ret,
                   struct error *err);
/* What runs ends soon, with an error, and so does all that comes. Any thread. */
void bucket_stop(struct bucket *bucket);

#endif
