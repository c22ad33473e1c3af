# Targets that use a build: run, check, fuzz, simulate, bench, install, package, clean.

packages_build = build-essential pkg-config libuv1-dev libwebsockets-dev libcurl4-openssl-dev libcjson-dev \
  liblua5.4-dev libsqlite3-dev libssl-dev libmd4c-dev libsodium-dev zlib1g-dev libzstd-dev libbrotli-dev \
  libical-dev libseccomp-dev libedit-dev libncurses-dev libgmime-3.0-dev librsvg2-dev fonts-dejavu-core libyaml-dev libkainjow-mustache-dev libcjose-dev libjansson-dev tzdata
packages_check = nginx-light python3 libcmocka-dev clang libclang-rt-14-dev clang-format clang-tidy universal-ctags prometheus-alertmanager \
  chromium tmux ngircd opensmtpd dovecot-imapd dovecot-lmtpd dovecot-submissiond openssl spamassassin \
  request-tracker5 rt5-standalone rt5-db-sqlite rt5-clients libdbd-sqlite3-perl

deps:                                            ## install the Debian packages that a build needs
	@scripts/deps.sh $(packages_build)
deps-check: deps                                 ## install the Debian packages that the tests need, too
	@scripts/deps.sh $(packages_check)

run: deps                                        ## install packages, build, start Tocsin with a guided first incident
	@$(MAKE) --no-print-directory all
	@$(B)/tocsin run build/first
# Campaigns of hours: SEEDS, FUZZ_SECONDS (for each fuzzer), WORLDS, FLIPS, POWER_LOSSES, FAULTS, MANY_KILLS, KILLS, FIRST_WORD_KILLS, RT_WORD_KILLS and CALENDARS set how much.
check-long: deps-check                           ## long campaigns: kills, losses of power, flipped bits, private worlds, simulator, fuzzers
	@$(MAKE) --no-print-directory $(B)/tests/unit/journal/kill_test $(B)/tests/unit/sight/privacy_test $(B)/tests/unit/sight/recall_test \
	  $(B)/tests/unit/turn/flips_test $(B)/tests/unit/journal/power_test
	FLIPS=$${FLIPS:-10000} $(B)/tests/unit/turn/flips_test
	POWER_LOSSES=$${POWER_LOSSES:-100000} $(B)/tests/unit/journal/power_test
	KILLS=$${KILLS:-10000} $(B)/tests/unit/journal/kill_test
	WORLDS=$${WORLDS:-3000} $(B)/tests/unit/sight/privacy_test
	PAST=$${PAST:-100000} $(B)/tests/unit/sight/recall_test
	$(MAKE) --no-print-directory all && scripts/e2e_modules.sh
	$(MAKE) --no-print-directory $(B)/tests/unit/rotation/calendar_test $(B)/tests/unit/review/months_test
	INCIDENTS=$${INCIDENTS:-10000} TOCSIN_BUILD=$(abspath $(B)) node --test tests/e2e/insights.test.mjs
	CALENDARS=$${CALENDARS:-100000} TOCSIN_BUILD=$(abspath $(B)) TOCSIN_E2E=$(abspath build/e2e) node --test tests/e2e/calendars.test.mjs
	FAULTS=$${FAULTS:-100000} TOCSIN_BUILD=$(abspath $(B)) TOCSIN_E2E=$(abspath build/e2e) node --test tests/e2e/faults.test.mjs
	MANY_KILLS=$${MANY_KILLS:-1000} TOCSIN_BUILD=$(abspath $(B)) TOCSIN_E2E=$(abspath build/e2e) \
	  node --test tests/e2e/many_kills.test.mjs
	$(MAKE) --no-print-directory VARIANT=tsan check-threads
	FIRST_WORD_KILLS=$${FIRST_WORD_KILLS:-200} TOCSIN_BUILD=$(abspath $(B)) TOCSIN_E2E=$(abspath build/e2e) \
	  node --test tests/e2e/first_word.test.mjs
	RT_WORD_KILLS=$${RT_WORD_KILLS:-100} TOCSIN_BUILD=$(abspath $(B)) TOCSIN_E2E=$(abspath build/e2e) node --test tests/e2e/rt_word.test.mjs
	STAGES="simulate fuzz" TIME_MOST=1000000 SEEDS=$${SEEDS:-20000} FUZZ_SECONDS=$${FUZZ_SECONDS:-900} scripts/check.sh

# Races are found by VARIANT=tsan: in the commit thread, the pool, and what connectors run beside each other.
threaded = $(filter-out %/kill_test.c %/power_test.c,$(wildcard $(patsubst %,tests/unit/%/*_test.c,journal host web publish)))
check-threads: $(patsubst %.c,$(B)/%.ok,$(threaded)) ## run the unit tests of what has threads; use VARIANT=tsan

check: deps-check                                ## run every check; the last line counts them
	@scripts/check.sh

test: $(tests:=.ok)                              ## run the unit tests that changed; parallel with -j
$(tests:=.ok): %.ok: % $(bins) $(sos)
	@TOCSIN_BUILD=$(abspath $(B)) timeout 120 $< > $*.log 2>&1 && touch $@ && echo "ok    $(<F)" || \
	  { cat $*.log; echo "FAIL  $(<F)"; exit 1; }

# Tests of a connector are linked with its code. Some replace what it calls: tests/support/slack.h, teams.h, answers.h.
define connector_tests
$1_tests = $$(patsubst %.c,$$(B)/%,$$(wildcard tests/unit/$1/*_test.c tests/fuzz/$1_fuzz.c tests/fuzz/$1_*_fuzz.c))
$$(B)/lib$1.a: $$(call obj,$$(wildcard plugins/$1/*.c))
	@rm -f $$@; $$(AR) rcs $$@ $$^
$$($1_tests): $$(B)/lib$1.a
$$($1_tests): private LDLIBS := $$(B)/lib$1.a $$(B)/libsupport.a $$(B)/lib$1.a $$(B)/libtocsin-kit.a \
  $$(if $$(LIBS_$1),$$(shell pkg-config --libs $$(LIBS_$1) 2>/dev/null)) $$(LDLIBS)
endef
$(foreach name,console email github intercom irc jira push rt slack sms teams webhook zendesk,$(eval $(call connector_tests,$(name))))
$(slack_tests): private LDFLAGS += -Wl,--wrap=slack_call
$(teams_tests): private LDFLAGS += -Wl,--wrap=teams_call -Wl,--wrap=trust_check
$(patsubst %,$(B)/tests/unit/%_test,journal/power base/durable): private LDFLAGS += -Wl,--wrap=fsync
$(B)/tests/fuzz/sms_fuzz: private LDFLAGS += -Wl,--wrap=signature_is_good
$(B)/tests/fuzz/webhook_fuzz: private LDFLAGS += -Wl,--wrap=standard_is_signed
$(patsubst %,$(B)/tests/fuzz/%_fuzz,github intercom jira rt zendesk): private LDFLAGS += -Wl,--wrap=kit_http_call

# What these test is the way of a file, so a small site takes the place of core/public/site.c there, and only there.
small_site = $(patsubst %,$(B)/tests/unit/%_test,web/status publish/directory)
$(small_site): | $(B)/tests/support/small_site.o
$(small_site): private LDFLAGS += $(B)/tests/support/small_site.o

# Pages in docs/ that are written from tables; a test compares each with its table.
paged = command/table engine/events_doc journal/documents
docs: $(paged:%=$(B)/tests/unit/%_test)          ## write docs/commands.md, events.md, documents.md and the reference of policy.md
	@for t in $^; do TOCSIN_WRITE=1 $$t > /dev/null 2>&1 || { echo "$$t failed"; exit 1; }; done
	@scripts/lua_reference.sh --write

fuzzers: $(fuzzers)                              ## build the fuzzers; use VARIANT=fuzz

compile_commands.json: all $(tests)              ## write the compilation database for clangd and clang-tidy
	@{ echo '['; cat $$(find $(B) -name '*.o.json') | sed '$$s/,$$//'; echo ']'; } > $@

check-style:                                     ## check sizes, layers, banned functions, format, and circles in what was built
	@scripts/style.sh && scripts/circles.sh $(B)

# Each header must compile alone; those that are installed must also compile as strict C99 and as C++.
public  = $(wildcard include/tocsin/*.h include/tocsin/kit/*.h)
headers = $(wildcard core/*/*.h core/app/*/*.h plugins/*/*.h tests/conformance/*.h tests/support/*.h) $(public)
strict  = -pedantic-errors -Wall -Wextra -Werror -fsyntax-only -Iinclude
check-headers:                                   ## check that each header compiles alone
	@printf '%s\n' $(headers) | xargs -P 2 -I {} $(CC) $(CPPFLAGS) -Itests $(CFLAGS) -fsyntax-only -include {} -x c /dev/null
	@printf '%s\n' $(public) | xargs -P 2 -I {} $(CC) -std=c99 $(strict) -include {} -x c /dev/null
	@printf '%s\n' $(public) | xargs -P 2 -I {} $(CXX) -std=c++11 $(strict) -include {} -x c++ /dev/null

tidy: compile_commands.json                      ## run clang-tidy on core and connectors
	@printf '%s\n' $(wildcard core/*.c core/*/*.c core/app/*/*.c tests/conformance/*.c plugins/*/*.c) | \
	  xargs -P 2 -n 4 clang-tidy --quiet -p . > $(B)/tidy.log 2> $(B)/tidy.err || \
	  { grep -E '(error|warning):' $(B)/tidy.log $(B)/tidy.err; echo 'details: $(B)/tidy.log'; exit 1; }

simulator = $(call obj,$(wildcard tests/simulate/*.c))
$(B)/simulate: $(simulator) $(B)/libsupport.a $(B)/libcore.a
	$(call say,ld,$@)$(CC) $(LDFLAGS) $^ $(LDLIBS) -o $@
simulate: $(B)/simulate                          ## run the core on a virtual clock: SEEDS=100 FIRST=1 VERBOSE=
	@VERBOSE=$(VERBOSE) $< $(or $(FIRST),1) $(or $(SEEDS),100)

# Manual pages: their lists come from the tables that the programs read.
manuals = $(patsubst man/%.in,$(B)/man/%,$(wildcard man/*.in))
$(manuals): $(B)/man/%: man/%.in $(B)/tocsin
	@mkdir -p $(@D)
	@$(B)/tocsin manual < $< > $@
man: $(manuals)                                  ## build the manual pages

install:                                         ## install the release build: DESTDIR= PREFIX=
	@$(MAKE) --no-print-directory VARIANT=release do-install
at = $(DESTDIR)$(PREFIX)
do-install: all man $(B)/libtocsin-kit.a
	install -D -t $(at)/bin $(B)/tocsind $(B)/tocsin
	install -D -t $(at)/libexec $(B)/tocsin-runner $(B)/tocsin-fetch $(B)/tocsin-draw
	install -D -m 644 -t $(at)/lib/tocsin $(plugins:%=$(B)/plugins/%.so)
	install -D -m 644 -t $(at)/lib $(B)/libtocsin-kit.a
	install -D -m 644 -t $(at)/include/tocsin include/tocsin/*.h
	install -D -m 644 -t $(at)/include/tocsin/kit include/tocsin/kit/*.h
	install -D -m 644 -t $(at)/share/man/man1 $(B)/man/tocsin.1
	install -D -m 644 -t $(at)/share/man/man5 $(B)/man/tocsin.lua.5
	install -D -m 644 -t $(at)/share/man/man8 $(B)/man/tocsind.8
	install -d $(at)/lib/pkgconfig $(at)/lib/systemd/system $(at)/share/bash-completion/completions
	for name in tocsin tocsin-kit; do sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|; s|@LIBS_KIT@|$(LIBS_kit)|' \
	  etc/$$name.pc.in > $(at)/lib/pkgconfig/$$name.pc || exit 1; done
	sed 's|@BINDIR@|$(PREFIX)/bin|' etc/tocsin.service > $(at)/lib/systemd/system/tocsin.service
	$(B)/tocsin completion bash > $(at)/share/bash-completion/completions/tocsin
deb:                                             ## build a Debian package in build/
	@scripts/deb.sh $(VERSION)

packages_bench = libcmocka-dev wrk prometheus-alertmanager curl python3-minimal python3-flask procps nginx-light
bench: deps                                      ## compare with Alertmanager and a no-op server; release build
	@scripts/deps.sh $(packages_bench)
	@$(MAKE) --no-print-directory VARIANT=release all run-benches
	@scripts/bench.sh build/release build/bench.txt
run-benches: $(benches) $(benched)
	@for b in $(benches); do $$b; done | tee build/bench.txt

clean:                                           ## remove everything that was built
	rm -rf build compile_commands.json
help:                                            ## show this list
	@sed -n 's/^\([a-z_.-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 24
FORCE:
.PHONY: docs bench run-benches man install do-install deb run check check-long check-threads fuzzers simulate all deps deps-check test check-style check-headers tidy clean help FORCE
.SECONDARY:
