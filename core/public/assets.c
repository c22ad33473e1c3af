#include "public/assets.h"

#include "base/str.h"

const char *public_asset(const char *name)
{
    for (const struct public_asset *asset = public_assets; asset->name; asset++) {
        if (text_equal(asset->name, name))
            return asset->text;
    }
    return "";
}
