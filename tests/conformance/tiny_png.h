/* tiny_png - eight by eight pixels in two colours: a PNG in base 64. */
#ifndef TOCSIN_CONFORMANCE_TINY_PNG_H
#define TOCSIN_CONFORMANCE_TINY_PNG_H

#define TINY_PNG                                                                                               \
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAG0lEQVR4"                                                 \
    "2mOQz9/0HwzQGAxYRaESWDUxDKRRACHXmsCNmL8pAAAAAElFTkSuQmCC"
#define TINY_PNG_BYTES 84

#endif
