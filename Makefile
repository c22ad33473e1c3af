# make             build everything into build/debug
# make run         install the packages it needs, build, start Tocsin with a guided first incident
# make check       install the packages the tests need, build, run all tests
# VARIANT=         debug release asan tsan fuzz cov; each has its own build folder. V=1 shows the commands.
VARIANT ?= debug
B       ?= build/$(VARIANT)
PREFIX  ?= /usr/local
VERSION := $(shell sed -n 's/^\#\# \([0-9][0-9.]*\).*/\1/p' CHANGELOG.md | head -n 1)
PKGS     = libuv libwebsockets lua5.4 sqlite3 libcjson libcrypto libsodium libical libzstd libbrotlidec libbrotlienc zlib yaml-0.1 md4c libcurl cjose
LIBS_tocsin = libedit ncursesw
LIBS_tocsin-runner = libseccomp
LIBS_tocsin-fetch = libseccomp
LIBS_tocsin-draw = libseccomp librsvg-2.0
LIBS_cli_test = $(LIBS_tocsin)
LIBS_init_test = $(LIBS_tocsin)
LIBS_top_test = $(LIBS_tocsin)

FLAGS_debug   = -Og -g3
FLAGS_release = -O2 -g -DNDEBUG -D_FORTIFY_SOURCE=2
FLAGS_asan    = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_tsan    = -O1 -g -fsanitize=thread
FLAGS_fuzz    = -O1 -g -fsanitize=fuzzer-no-link -fsanitize=address,undefined -fno-sanitize-recover=all
FLAGS_cov     = -O0 -g --coverage -DUNCONFINED
ifeq ($(VARIANT),fuzz)
CC = clang
CXX = clang++
endif
WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wpointer-arith \
       $(if $(filter 0,$(WERROR)),,-Werror)
CPPFLAGS += -D_GNU_SOURCE -DTOCSIN_VERSION='"$(VERSION)"' -Iinclude -Icore -Iplugins
CFLAGS   += -std=gnu17 -fPIC -fvisibility=hidden -ffunction-sections $(WARN) $(FLAGS_$(VARIANT)) \
            $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
comma     = ,
CXXFLAGS += $(filter-out -std=% -Wstrict-prototypes -Wmissing-prototypes,$(CFLAGS)) -std=gnu++17 \
            $(if $(findstring undefined,$(FLAGS_$(VARIANT))),-fno-sanitize=vptr$(if $(filter fuzz,$(VARIANT)),$(comma)function))
sanitize  = $(filter-out -fsanitize=fuzzer-no-link,$(filter -fsanitize% --coverage,$(FLAGS_$(VARIANT))))
LDFLAGS  += -Wl,--gc-sections -Wl,--as-needed $(sanitize)
LDLIBS   += $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lstdc++ -lpthread -ldl -lm
Q         = $(if $(V),,@)
say       = $(if $(V),,@printf '%-5s %s\n' $1 '$2';)

mains   = core/main.c core/host/runner.c core/fetch/fetch.c core/draw/paint.c core/cli/tocsin.c
suite   = $(wildcard tests/conformance/*.c)
core    = $(filter-out $(mains),$(wildcard core/*.c core/*/*.c core/app/*/*.c)) $(suite)
kit     = $(wildcard plugins/kit/*.c)
plugins = $(filter-out kit,$(patsubst plugins/%/,%,$(wildcard plugins/*/)))
-include $(wildcard plugins/*/plugin.mk)
obj     = $(patsubst %.c,$(B)/%.o,$1)
tests   = $(patsubst %.c,$(B)/%,$(wildcard tests/unit/*/*_test.c))
fuzzers = $(patsubst %.c,$(B)/%,$(wildcard tests/fuzz/*_fuzz.c))
benches = $(patsubst %.c,$(B)/%,$(wildcard tests/bench/*_bench.c))
benched = $(patsubst %,$(B)/tests/bench/%,fill latency floor mails others rooms status) # what bench.sh runs
support = $(filter-out tests/support/small_site.c,$(wildcard tests/support/*.c))
sos     = $(plugins:%=$(B)/plugins/%.so) $(patsubst tests/connectors/%.c,$(B)/connectors/%.so,$(wildcard tests/connectors/*.c)) $(B)/faults.so
bins    = $(B)/tocsind $(B)/tocsin $(B)/tocsin-runner $(B)/tocsin-fetch $(B)/tocsin-draw
all_src = $(mains) $(core) $(wildcard plugins/*/*.c tests/*/*.c tests/unit/*/*.c)

all: $(bins) $(sos)                              ## build daemon, command line, runner and connectors

# This stamp changes only when flags change, so that a new flag rebuilds everything.
$(B)/flags: FORCE
	@mkdir -p $(@D); echo '$(CC) $(CXX) $(CPPFLAGS) $(CFLAGS) $(CXXFLAGS) $(LDFLAGS)' | cmp -s - $@ || \
	  echo '$(CC) $(CXX) $(CPPFLAGS) $(CFLAGS) $(CXXFLAGS) $(LDFLAGS)' > $@

$(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,cc,$<)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@
	@printf '{"directory":"%s","file":"%s","command":"%s"},\n' '$(CURDIR)' '$<' \
	  '$(subst ','\'',$(subst ",\",$(CC) $(CPPFLAGS) $(CFLAGS) -c $<))' > $@.json

# The library of templates is C++: core/template/mustache.cc is all of it here.
$(B)/%.o: %.cc $(B)/flags
	@mkdir -p $(@D)
	$(call say,c++,$<)$(CXX) $(CPPFLAGS) -DNDEBUG $(CXXFLAGS) -MMD -MP -c $< -o $@

# The conformance suite is part of the command line.
$(call obj,$(suite) core/cli/conform.c): private CPPFLAGS += -Itests

# What is compiled in as bytes.
bytes    = default_policy openapi documents assets app
to_bytes = od -An -v -tx1 $1 | sed 's/ \(..\)/0x\1,/g'
$(bytes:%=$(B)/%.o): %.o: %.c $(B)/flags
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

# The default policy.
$(B)/default_policy.c: scripts/policy.lua Makefile
	@mkdir -p $(@D)
	@{ echo '#include "policy/load.h"'; echo 'const char default_policy[] = {'; $(call to_bytes,$<); \
	  echo '0};'; echo 'const size_t default_policy_size = sizeof(default_policy) - 1;'; } > $@

# The description of the API.
$(B)/openapi.c: docs/openapi.json Makefile
	@mkdir -p $(@D)
	@{ echo '#include "web/openapi.h"'; echo 'const char openapi_json[] = {'; $(call to_bytes,$<); \
	  echo '0};'; echo 'const size_t openapi_json_size = sizeof(openapi_json) - 1;'; } > $@

# The pages of docs/ that agents can read.
mcp_pages = policy.md commands.md agents.md
$(B)/documents.c: $(mcp_pages:%=docs/%) Makefile
	@mkdir -p $(@D)
	@{ echo '#include "mcp/documents.h"'; n=0; for f in $(mcp_pages); do \
	  echo "static const char page_$$((n += 1))[] = {"; $(call to_bytes,docs/$$f); echo '0};'; done; \
	  echo 'const struct mcp_document mcp_documents[] = {'; n=0; for f in $(mcp_pages); do \
	  echo "{\"$$f\", page_$$((n += 1))},"; done; echo '{0}};'; } > $@

# The templates, the style and the scripts of status pages.
assets = $(wildcard web/status/*)
$(B)/assets.c: $(assets) Makefile
	@mkdir -p $(@D)
	@{ echo '#include "public/assets.h"'; n=0; for f in $(assets); do \
	  echo "static const char file_$$((n += 1))[] = {"; $(call to_bytes,$$f); echo '0};'; done; \
	  echo 'const struct public_asset public_assets[] = {'; n=0; for f in $(assets); do \
	  echo "{\"$${f#web/status/}\", file_$$((n += 1))},"; done; echo '{0}};'; } > $@

# The pages of the app: each is a folder, which this finds. The style is that of the frame with those of all pages.
app_pages = $(patsubst core/app/%/page.c,%,$(wildcard core/app/*/page.c))
app_files = $(wildcard core/app/*.mustache core/app/*/*.mustache core/app/*.js)
app_style = $(wildcard core/app/*.css core/app/*/*.css)
$(B)/app.c: $(app_files) $(app_style) $(wildcard core/app/*/page.c) Makefile
	@mkdir -p $(@D)
	@{ echo '#include "app/page.h"'; for p in $(app_pages); do echo "extern const struct app_page app_page_$$p;"; done; \
	  echo 'const struct app_page *const app_pages[] = {'; for p in $(app_pages); do echo "&app_page_$$p,"; done; echo 'NULL};'; \
	  echo 'static const char file_0[] = {'; $(call to_bytes,$(app_style)); echo '0};'; n=0; for f in $(app_files); do \
	  echo "static const char file_$$((n += 1))[] = {"; $(call to_bytes,$$f); echo '0};'; done; \
	  echo 'const struct app_file app_files[] = {{"style.css", file_0},'; n=0; for f in $(app_files); do \
	  echo "{\"$${f#core/app/}\", file_$$((n += 1))},"; done; echo '{0}};'; } > $@

$(B)/libcore.a: $(call obj,$(core)) $(B)/core/template/mustache.o $(bytes:%=$(B)/%.o)
	@rm -f $@; $(AR) rcs $@ $^
$(B)/libtocsin-kit.a: $(call obj,$(kit))
	@rm -f $@; $(AR) rcs $@ $^
$(B)/libsupport.a: $(call obj,$(support))
	@rm -f $@; $(AR) rcs $@ $^
libs_of = $(if $(LIBS_$1),$(shell pkg-config --libs $(LIBS_$1)))
$(B)/tocsind: $(B)/core/main.o $(B)/libcore.a $(B)/libtocsin-kit.a
	$(call say,ld,$@)$(CC) $(LDFLAGS) $^ $(LDLIBS) -o $@
$(B)/tocsin-runner: $(B)/core/host/runner.o $(B)/libcore.a
	$(call say,ld,$@)$(CC) $(LDFLAGS) $^ $(LDLIBS) $(call libs_of,tocsin-runner) -o $@
$(B)/tocsin-fetch: $(B)/core/fetch/fetch.o $(B)/libcore.a $(B)/libtocsin-kit.a
	$(call say,ld,$@)$(CC) $(LDFLAGS) $^ $(LDLIBS) $(call libs_of,tocsin-fetch) -o $@
$(B)/core/draw/paint.o: private CFLAGS += $(shell pkg-config --cflags librsvg-2.0 2>/dev/null)
$(B)/tocsin-draw: $(B)/core/draw/paint.o $(B)/libcore.a
	$(call say,ld,$@)$(CC) $(LDFLAGS) $^ $(LDLIBS) $(call libs_of,tocsin-draw) -o $@
$(B)/tocsin: $(B)/core/cli/tocsin.o $(B)/libcore.a $(B)/libtocsin-kit.a
	$(call say,ld,$@)$(CC) $(LDFLAGS) $^ $(LDLIBS) $(call libs_of,tocsin) -o $@
$(tests): %: %.o $(B)/libsupport.a $(B)/libcore.a $(B)/libtocsin-kit.a
	$(call say,ld,$@)$(CC) $(LDFLAGS) $^ $(LDLIBS) -lcmocka $(call libs_of,$(notdir $@)) -o $@
$(benches) $(benched): %: %.o $(B)/libsupport.a $(B)/libcore.a
	$(call say,ld,$@)$(CC) $(LDFLAGS) $^ $(LDLIBS) $(call libs_of,$(notdir $@)) -o $@
$(fuzzers): %: %.o $(B)/libsupport.a $(B)/libcore.a $(B)/libtocsin-kit.a
	$(call say,ld,$@)$(CC) $(LDFLAGS) -fsanitize=fuzzer $^ $(LDLIBS) $(call libs_of,$(notdir $@)) -o $@

# A connector is every .c file of its folder, the kit, and the libraries in its plugin.mk. The tests' connectors have one file each.
no_undefined = $(if $(sanitize),,-Wl,-z,defs)
.SECONDEXPANSION:
$(B)/plugins/%.so: $$(call obj,$$(wildcard plugins/$$*/*.c)) $(B)/libtocsin-kit.a
	$(call say,so,$@)$(CC) -shared $(no_undefined) $(LDFLAGS) $^ $(call libs_of,$*) -lpthread -o $@
$(B)/connectors/%.so: $(B)/tests/connectors/%.o $(B)/libtocsin-kit.a
	@mkdir -p $(@D)
	$(call say,so,$@)$(CC) -shared $(no_undefined) $(LDFLAGS) $^ $(call libs_of,kit) -lpthread -o $@

# What end-to-end tests preload, so that system calls fail.
$(B)/faults.so: $(B)/tests/faults/faults.o
	$(call say,so,$@)$(CC) -shared $(no_undefined) $(LDFLAGS) $^ -ldl -o $@

include rules.mk
-include $(patsubst %.c,$(B)/%.d,$(all_src)) $(B)/core/template/mustache.d
